import { arnName } from '../../base/arn.js';
import { apiCall } from '../../reference/api-call.js';
import { itemWith } from '../check.js';
import { is, notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Step, Subject } from '../playbook.js';

const REBOOTS = ['NoReboot', 'RebootIfNeeded'] as const;

/** How long a scan and an installation may take. */
const SCAN_SECONDS = 30 * 60;
const INSTALL_SECONDS = 2 * 60 * 60;

export const playbook: Playbook = {
  id: 'patch-instance',
  title: 'Install missing patches on an instance',
  description:
    'Scans the instance against its patch baseline, waits, then installs what is missing and waits again. Does not reboot unless `reboot=RebootIfNeeded`. A patch cannot be taken back: take a snapshot first.',
  controls: ['SSM.2'],
  risk: 'H',
  calls: [
    'ssm:DescribeInstancePatchStates',
    'ssm:DescribeInstanceInformation',
    'ssm:SendCommand',
    'ssm:GetCommandInvocation',
  ],
  parameters: [{ name: 'reboot', description: 'NoReboot or RebootIfNeeded', default: 'NoReboot' }],
  plan(subject, estate, parameters) {
    const state = estate.get('AWS::SSM::PatchCompliance', subject.resourceArn, subject.accountId);
    if (state === undefined) return notFound(subject);
    const reboot = REBOOTS.find((option) => option === (parameters['reboot'] ?? 'NoReboot'));
    if (reboot === undefined)
      return refuse(`\`${parameters['reboot']}\` is not a choice`, `give one of ${REBOOTS.join(', ')}`);
    const { MissingCount = 0, FailedCount = 0, InstalledPendingRebootCount = 0 } = state.configuration;
    if (MissingCount + FailedCount === 0 && InstalledPendingRebootCount > 0 && reboot === 'NoReboot') {
      return refuse('what is missing is only a reboot', 'pass --set reboot=RebootIfNeeded');
    }
    const steps = [commandStep(subject, 'Scan', 'NoReboot'), commandStep(subject, 'Install', reboot)];
    return planOf(playbook, subject, steps, {
      warnings: [
        { code: 'notRestorable', text: 'installed patches cannot be taken back: take an image or snapshots first' },
        ...(reboot === 'NoReboot' ? [] : [{ code: 'reboot', text: 'the instance reboots if a patch asks for it' }]),
      ],
      outsideModel: ['whether the workload bears the patches', 'which patches wait for a reboot before they count'],
    });
  },
};

function commandStep(subject: Subject, operation: 'Scan' | 'Install', reboot: (typeof REBOOTS)[number]): Step {
  const InstanceId = arnName(subject.resourceArn);
  const id = operation.toLowerCase();
  const managed = apiCall('ssm', 'DescribeInstanceInformation', subject, {
    Filters: [{ Key: 'InstanceIds', Values: [InstanceId] }],
  });
  const status = apiCall('ssm', 'GetCommandInvocation', subject, {
    CommandId: { $output: { step: id, path: 'Command.CommandId' } },
    InstanceId,
  });
  return {
    id,
    title:
      operation === 'Scan'
        ? `scan ${InstanceId} for missing patches`
        : `install what is missing on ${InstanceId} (${reboot})`,
    call: apiCall('ssm', 'SendCommand', subject, {
      DocumentName: 'AWS-RunPatchBaseline',
      InstanceIds: [InstanceId],
      Comment: 'Hikeshi patch-instance',
      Parameters: { Operation: [operation], RebootOption: [reboot] },
    }),
    before: [is(managed, `InstanceInformationList.${itemWith('InstanceId', InstanceId)}.PingStatus`, 'Online')],
    after: [{ read: status, path: 'Status', expect: { equals: 'Success' }, absent: ['InvocationDoesNotExist'] }],
    settleSeconds: operation === 'Scan' ? SCAN_SECONDS : INSTALL_SECONDS,
    undo: { impossible: 'a patch that was installed cannot be taken back by Systems Manager' },
  };
}
