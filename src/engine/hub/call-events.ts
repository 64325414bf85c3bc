import { randomUUID } from 'node:crypto';
import type { Json } from '../../base/json.js';
import { callRecord, type CallFacts } from '../../twin/call-record.js';

/**
 * A call of a twin as EventBridge delivers CloudTrail's record of it; undefined for reads, which it does not deliver.
 *
 * Source: EventBridge user guide, "AWS service events delivered via AWS CloudTrail".
 */
export function callEvent(call: CallFacts): Json | undefined {
  const record = callRecord(call, randomUUID());
  if (record.readOnly) return undefined;
  return {
    version: '0',
    id: record.eventID,
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${call.service}`,
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: JSON.parse(JSON.stringify(record)) as Json,
  };
}

/** The rule that puts trails back: Hikeshi's own canonical answer, and the pattern for all others. */
export const restoreTrails = {
  name: 'restore-trails',
  description: 'Somebody stops, deletes or narrows a trail: it is put back as the last scan saw it',
  enabled: true,
  pattern: {
    source: ['aws.cloudtrail'],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['cloudtrail.amazonaws.com'],
      eventName: ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors'],
      errorCode: [{ exists: false }],
    },
  },
  targets: [{ kind: 'respond', mode: 'automatic' }],
} as const;
