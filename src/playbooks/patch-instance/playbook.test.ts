import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const state = (given: object = {}) =>
  resource('AWS::SSM::PatchCompliance', `arn:aws:ssm:${REGION}:${ACCOUNT}:patch-compliance/i-0123456789abcdef0`, {
    InstanceId: 'i-0123456789abcdef0',
    PatchGroup: 'prod',
    BaselineId: 'pb-1',
    OperationStartTime: '2026-02-01T00:00:00.000Z',
    OperationEndTime: '2026-02-01T00:00:00.000Z',
    Operation: 'Scan',
    MissingCount: 3,
    FailedCount: 1,
    ...given,
  });
const managed = (PingStatus: 'Online' | 'ConnectionLost') =>
  resource(
    'AWS::SSM::ManagedInstanceInventory',
    `arn:aws:ssm:${REGION}:${ACCOUNT}:managed-instance-inventory/i-0123456789abcdef0`,
    {
      InstanceId: 'i-0123456789abcdef0',
      PingStatus,
    },
  );

describe('patching an instance', () => {
  it('scans first, then installs, without a reboot unless told', async () => {
    const result = await rehearsed(playbook, subjectOf('SSM.2', state()), {}, estateOf(state(), managed('Online')));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => call.input['Parameters'])).toEqual([
      { Operation: ['Scan'], RebootOption: ['NoReboot'] },
      { Operation: ['Install'], RebootOption: ['NoReboot'] },
    ]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'impossible' } });
  });

  it('told to reboot, says so to the approver', async () => {
    const result = await rehearsed(
      playbook,
      subjectOf('SSM.2', state()),
      { reboot: 'RebootIfNeeded' },
      estateOf(state(), managed('Online')),
    );
    expect((result as { plan: Plan }).plan.warnings.map(({ code }) => code)).toContain('reboot');
  });

  it('stops before anything is done when the agent does not answer', async () => {
    const result = await rehearsed(
      playbook,
      subjectOf('SSM.2', state()),
      {},
      estateOf(state(), managed('ConnectionLost')),
    );
    expect(result).toMatchObject({
      rehearsal: { summary: { closes: false, outcome: { status: 'conflict', step: 'scan' } } },
    });
  });

  it.each([
    { name: 'an unknown choice', given: {}, parameters: { reboot: 'Maybe' } },
    {
      name: 'an instance that lacks only a reboot',
      given: { MissingCount: 0, FailedCount: 0, InstalledPendingRebootCount: 2 },
      parameters: {},
    },
  ])('refuses $name', async ({ given, parameters }) => {
    const subject = state(given);
    expect(
      await rehearsed(playbook, subjectOf('SSM.2', subject), parameters, estateOf(subject, managed('Online'))),
    ).toHaveProperty('refused');
  });
});
