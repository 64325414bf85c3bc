import type { Estate, Resource } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { is, isMissing, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';

export const playbook: Playbook = {
  id: 'log-trail-bucket-access',
  title: 'Log who touches the bucket of a trail',
  description:
    'Switches server access logging on for the bucket that a trail writes to, into another bucket of the same account and region (never into itself): the one named, else one whose name says that it holds access logs.',
  controls: ['CloudTrail.7'],
  risk: 'S',
  calls: ['s3:GetBucketLogging', 's3:PutBucketLogging'],
  parameters: [{ name: 'target-bucket', description: 'the bucket that takes the access logs' }],
  plan(subject, estate, parameters) {
    const trail = estate.get('AWS::CloudTrail::Trail', subject.resourceArn, subject.accountId);
    if (trail === undefined) return notFound(subject);
    const Bucket = trail.configuration.S3BucketName ?? '';
    const bucket = estate.get('AWS::S3::Bucket', `arn:${estate.header.partition}:s3:::${Bucket}`);
    if (bucket === undefined)
      return refuse(`bucket \`${Bucket}\` is not in the estate`, 'scan the account that owns it too');
    const had = bucket.configuration.LoggingEnabled;
    if (had === undefined) return notRead('the bucket’s logging');
    if (had !== null) return refuse('access is logged already', 'scan again');
    const TargetBucket = parameters['target-bucket'] ?? logBucket(estate, bucket);
    if (TargetBucket === undefined) {
      return refuse(
        'no bucket of the account and region is there for access logs',
        'name one with --set target-bucket=NAME',
      );
    }
    if (TargetBucket === Bucket)
      return refuse('a bucket that logs into itself never stops logging', 'name another bucket');
    const target = { accountId: bucket.accountId, region: bucket.region };
    const read = apiCall('s3', 'GetBucketLogging', target, { Bucket });
    const LoggingEnabled = { TargetBucket, TargetPrefix: `${Bucket}/` };
    const step = {
      id: 'log',
      title: `log access to ${Bucket} into ${TargetBucket}`,
      call: apiCall('s3', 'PutBucketLogging', target, { Bucket, BucketLoggingStatus: { LoggingEnabled } }),
      before: [isMissing(read, 'LoggingEnabled')],
      after: [is(read, 'LoggingEnabled', LoggingEnabled)],
      undo: [apiCall('s3', 'PutBucketLogging', target, { Bucket, BucketLoggingStatus: {} })],
    };
    return planOf(playbook, subject, [step], {
      outsideModel: [`whether the policy of ${TargetBucket} lets logging.s3.amazonaws.com write to it`],
    });
  },
};

function logBucket(estate: Estate, bucket: Resource<'AWS::S3::Bucket'>): string | undefined {
  const scope = { accountId: bucket.accountId, region: bucket.region };
  const names = [...estate.list('AWS::S3::Bucket', scope)].map(({ configuration }) => configuration.Name);
  return names.filter((name) => name !== bucket.configuration.Name).find((name) => /access-?log/.test(name));
}
