import type { ServiceName } from '../reference/services.js';

/** Something a service did by itself, without a call: a waiting period was over, imported material expired. */
export interface ServiceEvent {
  readonly service: ServiceName;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** When it was due: the twin notices it at the next call, which may be later. */
  readonly at: Date;
  readonly resource: { readonly arn: string; readonly type: string };
  readonly details: Readonly<Record<string, string>>;
}

const BY = 'AWS Internal';

/**
 * The record CloudTrail would write of it.
 *
 * Source: CloudTrail user guide, "CloudTrail record contents"; KMS developer guide, "DeleteKey" and
 * "DeleteExpiredKeyMaterial" among its log entries.
 *
 * @param eventId a new UUID.
 */
export function serviceEventRecord(event: ServiceEvent, eventId: string) {
  const { service, name, accountId, region, at, resource, details } = event;
  return {
    eventVersion: '1.11',
    userIdentity: { accountId, invokedBy: BY },
    eventTime: at.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: region,
    sourceIPAddress: BY,
    userAgent: BY,
    requestParameters: null,
    responseElements: null,
    eventID: eventId,
    readOnly: false,
    resources: [{ accountId, type: resource.type, ARN: resource.arn }],
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
    serviceEventDetails: details,
  } as const;
}
