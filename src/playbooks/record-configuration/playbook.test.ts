import { describe, expect, it } from 'vitest';
import type { Resource } from '../../estate/estate.js';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const account = resource('AWS::::Account', `AWS::::Account:${ACCOUNT}`, { AccountId: ACCOUNT }, 'global');
const bucket = resource('AWS::S3::Bucket', 'arn:aws:s3:::config', { Name: 'config', BucketRegion: REGION });
const name = 'default';
const roleARN = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`;
const recorder = (given: object) =>
  resource('AWS::Config::ConfigurationRecorder', `arn:aws:config:${REGION}:${ACCOUNT}:config-recorder/default`, {
    name,
    roleARN,
    recordingGroup: { allSupported: true, includeGlobalResourceTypes: true, resourceTypes: [] },
    Status: { name, recording: true },
    ...given,
  });
const channel = resource(
  'AWS::Config::DeliveryChannel',
  `arn:aws:config:${REGION}:${ACCOUNT}:delivery-channel/default`,
  { name, s3BucketName: 'config' },
);

describe('recording with AWS Config', () => {
  const cases: readonly {
    name: string;
    resources: readonly Resource[];
    parameters: Record<string, string>;
    steps: readonly string[];
  }[] = [
    {
      name: 'nothing there: role, recorder, channel, start',
      resources: [account, bucket],
      parameters: { 'delivery-bucket': 'config' },
      steps: ['create-service-linked-role', `recorder-${REGION}`, `channel-${REGION}`, `start-${REGION}`],
    },
    {
      name: 'a stopped recorder is started',
      resources: [account, bucket, channel, recorder({ Status: { name, recording: false } })],
      parameters: {},
      steps: [`recorder-${REGION}`, `start-${REGION}`],
    },
    {
      name: 'a recorder of a few types records all',
      resources: [
        account,
        bucket,
        channel,
        recorder({ recordingGroup: { allSupported: false, resourceTypes: ['AWS::EC2::VPC'] } }),
      ],
      parameters: {},
      steps: [`recorder-${REGION}`],
    },
  ];
  it.each(cases)('$name', async ({ resources, parameters, steps }) => {
    const result = await rehearsed(playbook, subjectOf('Config.1', account), parameters, estateOf(...resources));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ id }) => id)).toEqual(steps);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('refuses an account without a bucket for it, and says what to name', async () => {
    expect(await rehearsed(playbook, subjectOf('Config.1', account), {}, estateOf(account))).toHaveProperty('refused');
  });
});
