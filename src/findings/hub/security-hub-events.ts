import { createHash } from 'node:crypto';
import { parseArn } from '../../base/arn.js';
import type { AsffFinding } from './finding-hub.js';

/** An event as EventBridge delivers Security Hub's. */
export interface SecurityHubEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'aws.securityhub';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly now: Date;
}

/** Insight results in one event. Source: Security Hub user guide, "EventBridge event formats for Security Hub". */
const INSIGHT_RESULTS_MAX = 100;

function event(
  type: string,
  id: string,
  resource: string,
  { account, region, now }: Place,
  detail: SecurityHubEvent['detail'],
): SecurityHubEvent {
  return {
    version: '0',
    id,
    'detail-type': type,
    source: 'aws.securityhub',
    account,
    // EventBridge's times are whole seconds.
    time: now.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region,
    resources: [resource],
    detail,
  };
}

/** A UUID that is made of what it is about (RFC 9562 version 8): the same thing has the same event. */
function uuidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What is the same in the event of every finding that is imported or updated. */
export const importedEnvelope = {
  version: '0',
  source: 'aws.securityhub',
  'detail-type': 'Security Hub Findings - Imported',
} as const;

/** `Security Hub Findings - Imported`: every import or update of a finding, one finding an event. */
export function importedEvent(
  finding: AsffFinding,
  place: Omit<Place, 'account' | 'region'>,
  cause = '',
): SecurityHubEvent {
  const { ProductArn = '', Id = '', UpdatedAt = '', AwsAccountId: account = '', Region } = finding;
  const region = Region ?? parseArn(ProductArn)?.region ?? 'us-east-1';
  const id = uuidOf('imported', ProductArn, Id, UpdatedAt, cause);
  return event(
    importedEnvelope['detail-type'],
    id,
    `${ProductArn}/${Id}`,
    { account, region, ...place },
    { findings: [finding] },
  );
}

/** A custom action of a person. `actionArn` says whose hub it is. */
export interface CustomAction {
  readonly actionArn: string;
  readonly name: string;
  readonly description: string;
}

/** `Security Hub Findings - Custom Action`: each selected finding is an event of its own. */
export function customActionEvent(
  action: CustomAction,
  finding: AsffFinding,
  now: Date,
  run: string,
): SecurityHubEvent {
  const { accountId = '', region = '' } = parseArn(action.actionArn) ?? {};
  const id = uuidOf('custom-action', action.actionArn, finding.ProductArn ?? '', finding.Id ?? '', run);
  const detail = { actionName: action.name, actionDescription: action.description, findings: [finding] };
  return event(
    'Security Hub Findings - Custom Action',
    id,
    action.actionArn,
    { account: accountId, region, now },
    detail,
  );
}

/** `Security Hub Insight Results`: a custom action on the results of an insight. */
export function insightResultsEvent(
  action: CustomAction,
  insight: { readonly arn: string; readonly name: string; readonly attribute: string },
  results: readonly { readonly value: string; readonly count: number }[],
  now: Date,
  run: string,
): SecurityHubEvent {
  const { accountId = '', region = '' } = parseArn(action.actionArn) ?? {};
  const sent = results.slice(0, INSIGHT_RESULTS_MAX);
  return event(
    'Security Hub Insight Results',
    uuidOf('insight', action.actionArn, insight.arn, run),
    action.actionArn,
    { account: accountId, region, now },
    {
      actionName: action.name,
      actionDescription: action.description,
      insightArn: insight.arn,
      insightName: insight.name,
      resultType: insight.attribute,
      'number of results': String(sent.length),
      insightResults: sent.map(({ value, count }) => ({ [value]: count })),
    },
  );
}
