import type { Estate, Resource } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { homeRegion } from '../../reference/partitions.js';
import { is, isMissing, notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Step, Subject } from '../playbook.js';

type Trail = Resource<'AWS::CloudTrail::Trail'>;

const NO_BUCKET = ['NoSuchBucket', 'NotFound', '404'];
const NO_TRAIL = ['TrailNotFoundException'];

export const playbook: Playbook = {
  id: 'create-multi-region-trail',
  title: 'Record management events in every region',
  description:
    'Widens the account’s own trail to all regions and starts it, if there is one; else makes a trail with a bucket of its own that lets only this trail write. Never touches an organization trail.',
  controls: ['CloudTrail.1'],
  risk: 'M',
  calls: [
    'cloudtrail:GetTrail',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:GetEventSelectors',
    'cloudtrail:UpdateTrail',
    'cloudtrail:CreateTrail',
    'cloudtrail:DeleteTrail',
    'cloudtrail:PutEventSelectors',
    'cloudtrail:StartLogging',
    'cloudtrail:StopLogging',
    's3:GetBucketLocation',
    's3:CreateBucket',
    's3:DeleteBucket',
    's3:GetBucketPolicy',
    's3:PutBucketPolicy',
    's3:DeleteBucketPolicy',
  ],
  plan(subject, estate) {
    const { accountId } = subject;
    if (!estate.header.accounts.some((account) => account.accountId === accountId)) return notFound(subject);
    const own = [...estate.list('AWS::CloudTrail::Trail', { accountId })].filter(({ arn }) =>
      arn.includes(`:${accountId}:`),
    );
    const usable = own.find(
      ({ configuration }) => configuration.IsOrganizationTrail !== true && configuration.EventSelectors !== undefined,
    );
    const steps = usable === undefined ? newTrail(subject, estate) : widen(subject, usable);
    if (steps.length === 0) return refuse('the trail records every region already', 'scan again');
    return planOf(playbook, subject, steps, {
      warnings: [
        {
          code: 'cost',
          text: 'CloudTrail charges for copies of management events beyond the first, and S3 for keeping them',
        },
      ],
    });
  },
};

const everything = [
  {
    ReadWriteType: 'All' as const,
    IncludeManagementEvents: true,
    DataResources: [],
    ExcludeManagementEventSources: [],
  },
];

function widen(subject: Subject, trail: Trail): Step[] {
  const {
    IsMultiRegionTrail,
    IncludeGlobalServiceEvents,
    HomeRegion,
    Status,
    EventSelectors = [],
  } = trail.configuration;
  const target = { accountId: subject.accountId, region: HomeRegion ?? subject.region };
  const Name = trail.arn;
  const read = apiCall('cloudtrail', 'GetTrail', target, { Name });
  const steps: Step[] = [];
  if (IsMultiRegionTrail !== true) {
    const set = (multi: boolean, global: boolean) =>
      apiCall('cloudtrail', 'UpdateTrail', target, {
        Name,
        IsMultiRegionTrail: multi,
        IncludeGlobalServiceEvents: global,
      });
    steps.push({
      id: 'widen',
      title: `make trail ${trail.configuration.Name} record every region`,
      call: set(true, true),
      before: [is(read, 'Trail.IsMultiRegionTrail', false)],
      after: [is(read, 'Trail.IsMultiRegionTrail', true)],
      undo: [set(false, IncludeGlobalServiceEvents ?? false)],
    });
  }
  const whole = EventSelectors.some(
    ({ ReadWriteType, IncludeManagementEvents, ExcludeManagementEventSources }) =>
      ReadWriteType === 'All' && IncludeManagementEvents === true && (ExcludeManagementEventSources ?? []).length === 0,
  );
  if (!whole) {
    const selectors = apiCall('cloudtrail', 'GetEventSelectors', target, { TrailName: Name });
    const put = (given: typeof EventSelectors) =>
      apiCall('cloudtrail', 'PutEventSelectors', target, { TrailName: Name, EventSelectors: given });
    const next =
      EventSelectors.length === 0
        ? everything
        : EventSelectors.map((each) => ({ ...each, ...everything[0], DataResources: each.DataResources ?? [] }));
    steps.push({
      id: 'select',
      title: `record all management events in trail ${trail.configuration.Name}`,
      call: put(next),
      before: [is(selectors, 'EventSelectors', EventSelectors as never)],
      after: [is(selectors, 'EventSelectors', next as never)],
      undo: [put(EventSelectors)],
    });
  }
  if (Status?.IsLogging !== true) steps.push(startStep(target, Name, trail.configuration.Name ?? Name));
  return steps;
}

function startStep(target: { accountId: string; region: string }, arn: string, name: string): Step {
  const status = apiCall('cloudtrail', 'GetTrailStatus', target, { Name: arn });
  return {
    id: 'start',
    title: `start trail ${name}`,
    call: apiCall('cloudtrail', 'StartLogging', target, { Name: arn }),
    before: [is(status, 'IsLogging', false)],
    after: [is(status, 'IsLogging', true)],
    undo: [apiCall('cloudtrail', 'StopLogging', target, { Name: arn })],
  };
}

function newTrail({ accountId }: Subject, { header }: Estate): Step[] {
  const { partition } = header;
  const regions = header.accounts.find((account) => account.accountId === accountId)?.regions ?? [];
  const region = regions.includes(homeRegion(partition))
    ? homeRegion(partition)
    : (regions[0] ?? homeRegion(partition));
  const target = { accountId, region };
  const Name = 'hikeshi-trail';
  const arn = `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${Name}`;
  const Bucket = `hikeshi-trail-${accountId}-${region}`;
  const place =
    region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
  const location = apiCall('s3', 'GetBucketLocation', target, { Bucket });
  const policyRead = apiCall('s3', 'GetBucketPolicy', target, { Bucket });
  const Policy = bucketPolicy(partition, Bucket, accountId, arn);
  const read = apiCall('cloudtrail', 'GetTrail', target, { Name: arn });
  return [
    {
      id: 'create-bucket',
      title: `create bucket ${Bucket}`,
      call: apiCall('s3', 'CreateBucket', target, { Bucket, ...place }),
      before: [isMissing(location, 'LocationConstraint', NO_BUCKET)],
      after: [
        {
          read: location,
          path: '',
          expect: { oneOf: region === 'us-east-1' ? [{}] : [{ LocationConstraint: region }] },
        },
      ],
      undo: [apiCall('s3', 'DeleteBucket', target, { Bucket })],
    },
    {
      id: 'allow-cloudtrail',
      title: `let only trail ${Name} write to it`,
      call: apiCall('s3', 'PutBucketPolicy', target, { Bucket, Policy }),
      before: [isMissing(policyRead, 'Policy', ['NoSuchBucketPolicy'])],
      after: [is(policyRead, 'Policy', Policy, ['NoSuchBucketPolicy'])],
      undo: [apiCall('s3', 'DeleteBucketPolicy', target, { Bucket })],
    },
    {
      id: 'create-trail',
      title: `create trail ${Name} for every region`,
      call: apiCall('cloudtrail', 'CreateTrail', target, {
        Name,
        S3BucketName: Bucket,
        IsMultiRegionTrail: true,
        IncludeGlobalServiceEvents: true,
        EnableLogFileValidation: true,
      }),
      before: [isMissing(read, 'Trail', NO_TRAIL)],
      after: [is(read, 'Trail.IsMultiRegionTrail', true, NO_TRAIL)],
      undo: [apiCall('cloudtrail', 'DeleteTrail', target, { Name: arn })],
    },
    startStep(target, arn, Name),
  ];
}

/** Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail". */
function bucketPolicy(partition: string, bucket: string, accountId: string, trailArn: string): string {
  const Principal = { Service: 'cloudtrail.amazonaws.com' };
  const own = { 'aws:SourceArn': trailArn };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AWSCloudTrailAclCheck',
        Effect: 'Allow',
        Principal,
        Action: 's3:GetBucketAcl',
        Resource: `arn:${partition}:s3:::${bucket}`,
        Condition: { StringEquals: own },
      },
      {
        Sid: 'AWSCloudTrailWrite',
        Effect: 'Allow',
        Principal,
        Action: 's3:PutObject',
        Resource: `arn:${partition}:s3:::${bucket}/AWSLogs/${accountId}/*`,
        Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...own } },
      },
    ],
  });
}
