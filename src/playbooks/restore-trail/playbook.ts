import type { Json } from '../../base/json.js';
import { TRAIL_SETTINGS, trailDrift } from '../../controls/tamper/trail-drift.js';
import type { ResourceTypes } from '../../estate/resource-types.js';
import { apiCall, type ApiCall, type Target } from '../../reference/api-call.js';
import { asItWas, is, isMissing, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Check, Playbook, Step } from '../playbook.js';

type Trail = ResourceTypes['AWS::CloudTrail::Trail'];
/** A trail, where calls about it go, and the reads its checks use. */
interface Place {
  readonly arn: string;
  readonly name: string;
  readonly target: Target;
  readonly read: ApiCall;
  readonly status: ApiCall;
  readonly selectors: ApiCall;
}

const GONE = ['TrailNotFoundException'];

export const playbook: Playbook = {
  id: 'restore-trail',
  title: 'Put a trail back as it was',
  description:
    'Brings a trail back to what the last scan saw: makes it again if it was deleted, sets what was changed, puts its event selectors back and starts it. Never makes it record less than it does now by any other path than the baseline.',
  controls: ['Hikeshi.CloudTrail.1'],
  risk: 'S',
  calls: [
    'cloudtrail:GetTrail',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:GetEventSelectors',
    'cloudtrail:CreateTrail',
    'cloudtrail:DeleteTrail',
    'cloudtrail:UpdateTrail',
    'cloudtrail:PutEventSelectors',
    'cloudtrail:StartLogging',
    'cloudtrail:StopLogging',
  ],
  extraActions: ['iam:PassRole', 'cloudtrail:AddTags'],
  plan(subject, estate) {
    const { resourceArn: arn, accountId } = subject;
    const baseline = estate.get('Hikeshi::CloudTrail::TrailBaseline', arn, accountId)?.configuration;
    if (baseline === undefined) return notFound(subject);
    const target = { accountId, region: baseline.HomeRegion ?? subject.region };
    const call = (operation: 'GetTrail' | 'GetTrailStatus') => apiCall('cloudtrail', operation, target, { Name: arn });
    const place: Place = {
      arn,
      name: baseline.Name ?? arn,
      target,
      read: call('GetTrail'),
      status: call('GetTrailStatus'),
      selectors: apiCall('cloudtrail', 'GetEventSelectors', target, { TrailName: arn }),
    };
    const now = estate.get('AWS::CloudTrail::Trail', arn, accountId)?.configuration;
    if (now === undefined && baseline.IsOrganizationTrail === true) {
      return refuse(
        'an organization trail is made again only by hand',
        'run `aws cloudtrail create-trail --is-organization-trail` as its owner',
      );
    }
    if (now !== undefined && now.Status === undefined) return notRead('whether the trail is logging');
    const steps = now === undefined ? makeAgain(place, baseline) : restore(place, baseline, now);
    if (steps.length === 0) return refuse('the trail is as it was', 'nothing is to be done');
    return planOf(playbook, subject, steps);
  },
};

/** A trail that is gone: made with all that it had, then its selectors, then started. */
function makeAgain(place: Place, baseline: Trail): Step[] {
  const { arn, name, target, read } = place;
  const { SnsTopicARN, LogFileValidationEnabled, S3BucketName = '', Tags = [] } = baseline;
  const made: Step = {
    id: 'create',
    title: `make trail ${name} again`,
    call: apiCall('cloudtrail', 'CreateTrail', target, {
      Name: name,
      S3BucketName,
      ...given(baseline, ['S3KeyPrefix', 'IncludeGlobalServiceEvents', 'IsMultiRegionTrail']),
      ...given(baseline, ['CloudWatchLogsLogGroupArn', 'CloudWatchLogsRoleArn', 'KmsKeyId']),
      ...(SnsTopicARN === undefined ? {} : { SnsTopicName: SnsTopicARN }),
      EnableLogFileValidation: LogFileValidationEnabled ?? false,
      ...(Tags.length === 0 ? {} : { TagsList: Tags }),
    }),
    before: [isMissing(read, 'Trail', GONE)],
    after: [is(read, 'Trail.S3BucketName', S3BucketName, GONE)],
    undo: [apiCall('cloudtrail', 'DeleteTrail', target, { Name: arn })],
  };
  const fresh: Trail = { EventSelectors: EVERYTHING, Status: { IsLogging: false } };
  return [made, ...selecting(place, baseline, fresh), ...starting(place, baseline, fresh)];
}

/** What CreateTrail gives a trail to record. Source: CloudTrail API reference, CreateTrail. */
const EVERYTHING = [
  {
    ReadWriteType: 'All' as const,
    IncludeManagementEvents: true,
    DataResources: [],
    ExcludeManagementEventSources: [],
  },
];

function restore(place: Place, baseline: Trail, now: Trail): Step[] {
  return [...updating(place, baseline, now), ...selecting(place, baseline, now), ...starting(place, baseline, now)];
}

function updating({ arn, name, target, read }: Place, baseline: Trail, now: Trail): Step[] {
  const settings = new Set<string>(TRAIL_SETTINGS);
  const changed = trailDrift(baseline, now).filter(({ path }) => settings.has(path));
  if (changed.length === 0) return [];
  const checks = (pick: 'was' | 'is'): Check[] =>
    changed.map((drift) => asItWas(read, `Trail.${drift.path}`, drift[pick], GONE));
  const set = (pick: 'was' | 'is') =>
    apiCall('cloudtrail', 'UpdateTrail', target, {
      Name: arn,
      ...Object.fromEntries(changed.map((drift) => [PARAMETER[drift.path] ?? drift.path, valueOf(drift[pick])])),
    });
  return [
    {
      id: 'update',
      title: `set ${changed.map(({ path }) => path).join(', ')} of trail ${name} as before`,
      call: set('was'),
      before: checks('is'),
      after: checks('was'),
      undo: [set('is')],
    },
  ];
}

/** UpdateTrail's names of what GetTrail calls otherwise. */
const PARAMETER: Readonly<Record<string, string>> = {
  LogFileValidationEnabled: 'EnableLogFileValidation',
  SnsTopicARN: 'SnsTopicName',
};

/** UpdateTrail takes a setting away by an empty text. */
function valueOf(value: Json): Json {
  return value ?? '';
}

function selecting({ arn, name, target, selectors }: Place, baseline: Trail, now: Trail): Step[] {
  const [was, is_] = [selectorsOf(baseline), selectorsOf(now)];
  if (
    was === undefined ||
    is_ === undefined ||
    !trailDrift(baseline, now).some(({ path }) => path === 'EventSelectors')
  )
    return [];
  const put = (given: Selectors) => apiCall('cloudtrail', 'PutEventSelectors', target, { TrailName: arn, ...given });
  const check = (given: Selectors) =>
    Object.entries(given).map(([member, value]) => is(selectors, member, value as unknown as Json, GONE));
  return [
    {
      id: 'select',
      title: `put the event selectors of trail ${name} back`,
      call: put(was),
      before: check(is_),
      after: check(was),
      undo: [put(is_)],
    },
  ];
}

type Selectors = Pick<Trail, 'AdvancedEventSelectors'> | Pick<Trail, 'EventSelectors'>;

function selectorsOf({ AdvancedEventSelectors, EventSelectors }: Trail): Selectors | undefined {
  if (AdvancedEventSelectors !== undefined) return { AdvancedEventSelectors };
  return EventSelectors === undefined ? undefined : { EventSelectors };
}

function starting({ arn, name, target, status }: Place, baseline: Trail, now: Trail): Step[] {
  if (baseline.Status?.IsLogging !== true || now.Status?.IsLogging !== false) return [];
  return [
    {
      id: 'start',
      title: `start trail ${name}`,
      call: apiCall('cloudtrail', 'StartLogging', target, { Name: arn }),
      before: [is(status, 'IsLogging', false)],
      after: [is(status, 'IsLogging', true)],
      undo: [apiCall('cloudtrail', 'StopLogging', target, { Name: arn })],
    },
  ];
}

function given<Name extends keyof Trail>(trail: Trail, names: readonly Name[]): Partial<Pick<Trail, Name>> {
  const entries = names.flatMap((name) => (trail[name] === undefined ? [] : [[name, trail[name]] as const]));
  return Object.fromEntries(entries) as Partial<Pick<Trail, Name>>;
}
