import type { AsffFinding } from './hub/finding-hub.js';

/**
 * ASFF and OCSF: findings in the Open Cybersecurity Schema Framework 1.4, classes Compliance Finding (2003) and Detection
 * Finding (2004). What OCSF has no place for travels in `unmapped`, and comes back from there.
 *
 * Source: OCSF schema 1.4.0, classes `compliance_finding` and `detection_finding`, objects `finding_info`, `compliance`,
 * `resource_details`, `cloud`, `metadata`.
 */
export type OcsfFinding = Readonly<Record<string, unknown>>;

const COMPLIANCE = 2003;
const DETECTION = 2004;
/** Account types: an AWS account. */
const AWS_ACCOUNT = 10;
const VERSION = '1.4.0';
/** What a finding needs to be itself again, and OCSF has no place for. */
const KEPT = [
  'ProductArn',
  'GeneratorId',
  'ProductFields',
  'UserDefinedFields',
  'FindingProviderFields',
  'SchemaVersion',
] as const;

const severityIds: Readonly<Record<string, number>> = { INFORMATIONAL: 1, LOW: 2, MEDIUM: 3, HIGH: 4, CRITICAL: 5 };
const severityLabels: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Object.entries(severityIds).map(([label, id]) => [id, label])),
  6: 'CRITICAL',
};
const statusIds: Readonly<Record<string, number>> = { NEW: 1, NOTIFIED: 2, SUPPRESSED: 3, RESOLVED: 4 };
const complianceIds: Readonly<Record<string, number>> = { PASSED: 1, WARNING: 2, FAILED: 3 };
const complianceStatuses: Readonly<Record<number, string>> = { 1: 'PASSED', 2: 'WARNING', 3: 'FAILED' };
const ARCHIVED = 5;
const ACTIVITY = { create: 1, update: 2, close: 3 } as const;

export function ocsfFromAsff(asff: AsffFinding): OcsfFinding {
  const { Compliance, Workflow, RecordState, Severity, AwsAccountId, Region } = asff;
  const classId = Compliance?.Status === undefined ? DETECTION : COMPLIANCE;
  const isArchived = RecordState === 'ARCHIVED';
  const isFirst = asff.CreatedAt === asff.UpdatedAt;
  const activity = isArchived ? ACTIVITY.close : isFirst ? ACTIVITY.create : ACTIVITY.update;
  const kept = Object.fromEntries(KEPT.flatMap((name) => (asff[name] === undefined ? [] : [[name, asff[name]]])));
  return defined({
    class_uid: classId,
    category_uid: 2,
    activity_id: activity,
    type_uid: classId * 100 + activity,
    time: milliseconds(asff.UpdatedAt),
    severity_id: severityIds[Severity?.Label ?? ''] ?? 0,
    status_id: isArchived ? ARCHIVED : (statusIds[Workflow?.Status ?? 'NEW'] ?? 0),
    message: asff.Title,
    metadata: {
      version: VERSION,
      product: defined({ name: asff.ProductName, vendor_name: asff.CompanyName ?? 'unknown', uid: asff.ProductArn }),
    },
    finding_info: defined({
      uid: asff.Id,
      title: asff.Title,
      desc: asff.Description,
      types: asff.Types,
      src_url: asff.SourceUrl,
      created_time: milliseconds(asff.CreatedAt),
      modified_time: milliseconds(asff.UpdatedAt),
      first_seen_time: milliseconds(asff.FirstObservedAt),
      last_seen_time: milliseconds(asff.LastObservedAt),
    }),
    cloud: defined({
      provider: 'AWS',
      region: Region,
      account: defined({ uid: AwsAccountId, name: asff.AwsAccountName, type_id: AWS_ACCOUNT }),
    }),
    resources: (asff.Resources ?? []).map(({ Id, Type, Region: region, Partition, Tags }) =>
      defined({
        uid: Id,
        type: Type,
        region,
        cloud_partition: Partition,
        tags: Tags === undefined ? undefined : Object.entries(Tags).map(([name, value]) => ({ name, value })),
      }),
    ),
    compliance:
      classId === DETECTION
        ? undefined
        : defined({
            status_id: complianceIds[Compliance?.Status ?? ''] ?? 99,
            status: Compliance?.Status,
            control: Compliance?.SecurityControlId,
            requirements: Compliance?.RelatedRequirements,
            standards: Compliance?.AssociatedStandards?.map(({ StandardsId }) => StandardsId),
          }),
    remediation:
      asff.Remediation?.Recommendation === undefined
        ? undefined
        : defined({
            desc: asff.Remediation.Recommendation.Text ?? '',
            references:
              asff.Remediation.Recommendation.Url === undefined ? undefined : [asff.Remediation.Recommendation.Url],
          }),
    comment: asff.Note?.Text,
    unmapped: { asff: kept },
  });
}

/** The ASFF of an OCSF finding, or why it cannot be one. What ASFF requires beyond that is checked where it is imported. */
export function asffFromOcsf(given: unknown): AsffFinding | string {
  const event = new Reader(given);
  const classId = event.number('class_uid');
  if (classId !== COMPLIANCE && classId !== DETECTION) {
    return `its \`class_uid\` is \`${String(classId)}\`; compliance findings (${COMPLIANCE}) and detection findings (${DETECTION}) are taken`;
  }
  const [info, cloud, metadata, compliance] = ['finding_info', 'cloud', 'metadata', 'compliance'].map((name) =>
    event.object(name),
  );
  const [id, account] = [info?.text('uid'), cloud?.object('account').text('uid')];
  if (id === undefined) return 'it has no `finding_info.uid`';
  if (account === undefined) return 'it has no `cloud.account.uid`';
  const travelled = event.object('unmapped').object('asff').all;
  const kept = defined(Object.fromEntries(KEPT.map((name) => [name, travelled[name]])));
  const product = metadata?.object('product');
  const region = cloud?.text('region');
  const updated = time(info?.number('modified_time') ?? event.number('time'));
  const created = time(info?.number('created_time')) ?? updated;
  if (created === undefined || updated === undefined) return 'it has no `time`';
  const status = event.number('status_id');
  const made = defined({
    SchemaVersion: '2018-10-08',
    ProductArn: productArn(product?.text('uid'), account, region),
    GeneratorId: compliance?.text('control') ?? product?.text('name') ?? 'ocsf',
    ...kept,
    Id: id,
    AwsAccountId: account,
    AwsAccountName: cloud?.object('account').text('name'),
    ProductName: product?.text('name'),
    CompanyName: product?.text('vendor_name'),
    Region: region,
    Types: info?.texts('types'),
    SourceUrl: info?.text('src_url'),
    CreatedAt: created,
    UpdatedAt: updated,
    FirstObservedAt: time(info?.number('first_seen_time')),
    LastObservedAt: time(info?.number('last_seen_time')),
    Title: info?.text('title') ?? event.text('message') ?? '',
    Description: info?.text('desc') ?? event.text('message') ?? '',
    Severity: { Label: severityLabels[event.number('severity_id') ?? 0] ?? 'INFORMATIONAL' },
    Resources: event.objects('resources').map((resource) =>
      defined({
        Id: resource.text('uid'),
        Type: resource.text('type') ?? 'Other',
        Region: resource.text('region') ?? region,
        Partition: resource.text('cloud_partition'),
        Tags: tagsOf(resource),
      }),
    ),
    Compliance: classId === DETECTION ? undefined : complianceOf(compliance),
    Remediation: remediationOf(event.object('remediation')),
    Workflow: { Status: workflowOf(status) },
    RecordState: status === ARCHIVED || event.number('activity_id') === ACTIVITY.close ? 'ARCHIVED' : 'ACTIVE',
  });
  return made as unknown as AsffFinding;
}

/** OCSF's product ids are any text; ASFF's are ARNs. */
function productArn(uid: string | undefined, account: string, region: string | undefined): string {
  return uid?.startsWith('arn:') === true
    ? uid
    : `arn:aws:securityhub:${region ?? 'us-east-1'}:${account}:product/${account}/default`;
}

function workflowOf(status: number | undefined): string {
  if (status === undefined || status <= 1 || status === ARCHIVED) return 'NEW';
  return status === 2 ? 'NOTIFIED' : status === 3 ? 'SUPPRESSED' : 'RESOLVED';
}

function complianceOf(compliance: Reader | undefined): unknown {
  const standards = compliance?.texts('standards')?.map((StandardsId) => ({ StandardsId }));
  return defined({
    Status: complianceStatuses[compliance?.number('status_id') ?? 0] ?? 'NOT_AVAILABLE',
    SecurityControlId: compliance?.text('control'),
    RelatedRequirements: compliance?.texts('requirements'),
    AssociatedStandards: standards,
  });
}

function remediationOf(remediation: Reader): unknown {
  const [Text, Url] = [remediation.text('desc'), remediation.texts('references')?.[0]];
  return Text === undefined && Url === undefined ? undefined : { Recommendation: defined({ Text, Url }) };
}

function tagsOf(resource: Reader): Record<string, string> | undefined {
  const tags = resource.objects('tags').flatMap((tag) => {
    const [name, value] = [tag.text('name'), tag.text('value')];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return tags.length === 0 ? undefined : Object.fromEntries(tags);
}

function milliseconds(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** The last moment that a date of JavaScript's can be. */
const TIME_MAX = 8.64e15;

function time(at: number | undefined): string | undefined {
  return at === undefined || Math.abs(at) > TIME_MAX ? undefined : new Date(at).toISOString();
}

function defined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Reads what may be anything: a member of another kind is not there. */
class Reader {
  readonly all: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    this.all =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  }

  text(name: string): string | undefined {
    const value = this.all[name];
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.all[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }

  object(name: string): Reader {
    return new Reader(this.all[name]);
  }

  objects(name: string): Reader[] {
    const value = this.all[name];
    return Array.isArray(value) ? value.map((each) => new Reader(each)) : [];
  }

  texts(name: string): string[] | undefined {
    const value: unknown = this.all[name];
    if (!Array.isArray(value)) return undefined;
    return value.filter((each): each is string => typeof each === 'string');
  }
}
