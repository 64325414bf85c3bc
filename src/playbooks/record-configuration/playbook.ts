import type { Json } from '../../base/json.js';
import { recordingOf, usesServiceLinkedRole } from '../../controls/config/recording.js';
import { GLOBAL, type Estate, type Resource } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { is, isMissing, notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Step, Subject } from '../playbook.js';
import { NO_ENTITY } from '../role-steps.js';

type Recorder = Resource<'AWS::Config::ConfigurationRecorder'>;

export const playbook: Playbook = {
  id: 'record-configuration',
  title: 'Record every resource with AWS Config, in every region',
  description:
    'In each region that is not recorded as AWS asks: makes the recorder (with the service-linked role), its delivery channel, and starts it; a recorder that exists keeps its name. IAM’s global types are recorded in the first region only. Deliveries go to the bucket the account uses for AWS Config already, or to the one named.',
  controls: ['Config.1'],
  risk: 'M',
  calls: [
    'config:DescribeConfigurationRecorders',
    'config:DescribeConfigurationRecorderStatus',
    'config:DescribeDeliveryChannels',
    'config:PutConfigurationRecorder',
    'config:PutDeliveryChannel',
    'config:StartConfigurationRecorder',
    'config:StopConfigurationRecorder',
    'config:DeleteConfigurationRecorder',
    'config:DeleteDeliveryChannel',
    'iam:GetRole',
    'iam:CreateServiceLinkedRole',
    'iam:DeleteServiceLinkedRole',
  ],
  extraActions: ['iam:PassRole'],
  parameters: [{ name: 'delivery-bucket', description: 'the bucket that takes what AWS Config records' }],
  plan(subject, estate, parameters) {
    const { accountId } = subject;
    const account = estate.header.accounts.find((each) => each.accountId === accountId);
    if (account === undefined) return notFound(subject);
    const recorders = [...estate.list('AWS::Config::ConfigurationRecorder', { accountId })];
    const [firstChannel] = estate.list('AWS::Config::DeliveryChannel', { accountId });
    const bucket = parameters['delivery-bucket'] ?? firstChannel?.configuration.s3BucketName;
    if (bucket === undefined) {
      return refuse(
        'the account has no bucket for AWS Config yet',
        'name one whose policy lets AWS Config in with --set delivery-bucket=NAME',
      );
    }
    const good = (region: string) => recorders.some((recorder) => recorder.region === region && isGood(recorder));
    const globalsKept = recorders.some(
      (recorder) => isGood(recorder) && recordingOf(recorder.configuration)?.globals === true,
    );
    const [home] = account.regions;
    const wrong = account.regions.filter((region) => !good(region) || (region === home && !globalsKept));
    if (wrong.length === 0) return refuse('every region is recorded already', 'scan again');
    const role = `arn:${estate.header.partition}:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`;
    const steps = wrong.flatMap((region) => {
      const recorder = recorders.find(
        (each) => each.region === region && each.configuration.servicePrincipal === undefined,
      );
      return regionSteps({ estate, subject, region, recorder, role, bucket, globals: region === home && !globalsKept });
    });
    return planOf(playbook, subject, [...roleStep(subject, estate, role), ...steps], {
      warnings: [{ code: 'cost', text: 'AWS Config charges for each item it records' }],
      outsideModel: [`whether the policy of ${bucket} lets AWS Config write to it`],
    });
  },
};

function isGood({ configuration }: Recorder): boolean {
  const recording = recordingOf(configuration);
  return (
    configuration.Status?.recording === true &&
    recording?.missing.length === 0 &&
    usesServiceLinkedRole(configuration) === true
  );
}

function roleStep({ accountId }: Subject, estate: Estate, arn: string): Step[] {
  if (estate.get('AWS::IAM::Role', arn, accountId) !== undefined) return [];
  // A recorder that runs with the role proves that it is there, whether roles were read or not.
  const used = [...estate.list('AWS::Config::ConfigurationRecorder', { accountId })].some(
    ({ configuration }) => configuration.roleARN === arn,
  );
  if (used) return [];
  const target = { accountId, region: GLOBAL };
  const RoleName = 'AWSServiceRoleForConfig';
  const read = apiCall('iam', 'GetRole', target, { RoleName });
  const step: Step = {
    id: 'create-service-linked-role',
    title: `create the service-linked role ${RoleName}`,
    call: apiCall('iam', 'CreateServiceLinkedRole', target, { AWSServiceName: 'config.amazonaws.com' }),
    before: [isMissing(read, 'Role', NO_ENTITY)],
    after: [is(read, 'Role.RoleName', RoleName, NO_ENTITY)],
    undo: [apiCall('iam', 'DeleteServiceLinkedRole', target, { RoleName })],
  };
  return [step];
}

interface RegionWork {
  readonly estate: Estate;
  readonly subject: Subject;
  readonly region: string;
  readonly recorder: Recorder | undefined;
  readonly role: string;
  readonly bucket: string;
  readonly globals: boolean;
}

function regionSteps(work: RegionWork): Step[] {
  const { estate, subject, region, recorder } = work;
  const target = { accountId: subject.accountId, region };
  const name = recorder?.configuration.name ?? 'default';
  const steps = [recorderStep(work, target, name)];
  const channels = [...estate.list('AWS::Config::DeliveryChannel', target)];
  if (channels.length === 0) steps.push(channelStep(work, target));
  if (recorder?.configuration.Status?.recording !== true) {
    const status = apiCall('config', 'DescribeConfigurationRecorderStatus', target, {});
    const path = `ConfigurationRecordersStatus.name=${name}.recording`;
    steps.push({
      id: `start-${region}`,
      title: `start recording in ${region}`,
      call: apiCall('config', 'StartConfigurationRecorder', target, { ConfigurationRecorderName: name }),
      before: [is(status, path, false)],
      after: [is(status, path, true)],
      undo: [apiCall('config', 'StopConfigurationRecorder', target, { ConfigurationRecorderName: name })],
    });
  }
  return steps;
}

function recorderStep(
  { recorder, role, globals, region }: RegionWork,
  target: { accountId: string; region: string },
  name: string,
): Step {
  const read = apiCall('config', 'DescribeConfigurationRecorders', target, {});
  const path = `ConfigurationRecorders.name=${name}`;
  const kept = recorder !== undefined && recordingOf(recorder.configuration)?.globals === true;
  const recordingGroup = { allSupported: true, includeGlobalResourceTypes: globals || kept, resourceTypes: [] };
  const put = (ConfigurationRecorder: object) =>
    apiCall('config', 'PutConfigurationRecorder', target, {
      ConfigurationRecorder: ConfigurationRecorder as { name: string },
    });
  const had =
    recorder === undefined
      ? undefined
      : { roleARN: recorder.configuration.roleARN, recordingGroup: recorder.configuration.recordingGroup };
  return {
    id: `recorder-${region}`,
    title: `record all resources in ${region}${recordingGroup.includeGlobalResourceTypes ? ', IAM’s too' : ''}`,
    call: put({ name, roleARN: role, recordingGroup }),
    before: [
      had === undefined
        ? isMissing(read, 'ConfigurationRecorders.0')
        : is(read, `${path}.recordingGroup`, had.recordingGroup as Json),
    ],
    after: [is(read, `${path}.recordingGroup.allSupported`, true), is(read, `${path}.roleARN`, role)],
    undo: [
      had === undefined
        ? apiCall('config', 'DeleteConfigurationRecorder', target, { ConfigurationRecorderName: name })
        : put({ name, ...had }),
    ],
  };
}

function channelStep({ bucket, region }: RegionWork, target: { accountId: string; region: string }): Step {
  const read = apiCall('config', 'DescribeDeliveryChannels', target, {});
  return {
    id: `channel-${region}`,
    title: `deliver what is recorded in ${region} to ${bucket}`,
    call: apiCall('config', 'PutDeliveryChannel', target, {
      DeliveryChannel: { name: 'default', s3BucketName: bucket },
    }),
    before: [isMissing(read, 'DeliveryChannels.0')],
    after: [is(read, 'DeliveryChannels.0.s3BucketName', bucket)],
    undo: [apiCall('config', 'DeleteDeliveryChannel', target, { DeliveryChannelName: 'default' })],
  };
}
