import { parseArn } from '../../base/arn.js';
import { partitionOf } from '../../reference/partitions.js';
import type { Origin } from '../respond/responses.js';
import type { HubEvent } from './hub-event.js';

/** What an API call of somebody has done something to: the subject of a response. */
export interface Tampering {
  readonly controlId: string;
  readonly resourceType: 'Hikeshi::CloudTrail::TrailBaseline';
  readonly resourceArn: string;
  readonly accountId: string;
  readonly region: string;
  /** Who did what, from where, when: for the record. */
  readonly event: NonNullable<Origin['event']>;
}

/** Calls that take something away from what a trail records, with the member that names the trail. */
const TRAIL_CALLS: Readonly<Record<string, string>> = {
  StopLogging: 'name',
  DeleteTrail: 'name',
  UpdateTrail: 'name',
  PutEventSelectors: 'trailName',
};

/** A call as CloudTrail tells of it; every member may be missing or of another kind. */
interface CallDetail {
  readonly eventID?: unknown;
  readonly eventName?: unknown;
  readonly eventSource?: unknown;
  readonly eventTime?: unknown;
  readonly errorCode?: unknown;
  readonly awsRegion?: unknown;
  readonly sourceIPAddress?: unknown;
  readonly recipientAccountId?: unknown;
  readonly userIdentity?: { readonly arn?: unknown; readonly invokedBy?: unknown; readonly principalId?: unknown };
  readonly requestParameters?: Readonly<Record<string, unknown>> | null;
}

/**
 * What an event of CloudTrail says was tampered with: `undefined` when it is no such event, a text when it is one but does
 * not say enough to act on.
 *
 * A call that was refused has done nothing. Source: CloudTrail user guide, "CloudTrail record contents"; EventBridge user
 * guide, "AWS service events delivered via AWS CloudTrail".
 */
export function tamperingOf(event: HubEvent): Tampering | string | undefined {
  if (event['detail-type'] !== 'AWS API Call via CloudTrail') return undefined;
  const call = event.detail as CallDetail;
  if (call.eventSource !== 'cloudtrail.amazonaws.com' || typeof call.eventName !== 'string') return undefined;
  const member = Object.hasOwn(TRAIL_CALLS, call.eventName) ? TRAIL_CALLS[call.eventName] : undefined;
  if (member === undefined || call.errorCode !== undefined) return undefined;
  const named = call.requestParameters?.[member];
  if (typeof named !== 'string' || named === '') return `detail.requestParameters.${member} does not name a trail`;
  const arn = named.startsWith('arn:') ? named : arnOf(named, event);
  const parts = parseArn(arn);
  if (parts?.service !== 'cloudtrail') return `detail.requestParameters.${member} is not the ARN of a trail`;
  return {
    controlId: 'Hikeshi.CloudTrail.1',
    resourceType: 'Hikeshi::CloudTrail::TrailBaseline',
    resourceArn: arn,
    accountId: parts.accountId,
    region: parts.region,
    event: {
      id: typeof call.eventID === 'string' ? call.eventID : event.id,
      name: call.eventName,
      by: whoOf(call),
      ...(typeof call.sourceIPAddress === 'string' ? { sourceIp: call.sourceIPAddress } : {}),
      at: typeof call.eventTime === 'string' ? call.eventTime : event.time,
    },
  };
}

/** A trail is called by its name in its home region only, by its own account. */
function arnOf(name: string, { account, region }: HubEvent): string {
  return `arn:${partitionOf(region)}:cloudtrail:${region}:${account}:trail/${name}`;
}

function whoOf({ userIdentity }: CallDetail): string {
  for (const known of [userIdentity?.arn, userIdentity?.invokedBy, userIdentity?.principalId]) {
    if (typeof known === 'string' && known !== '') return known;
  }
  return 'unknown';
}
