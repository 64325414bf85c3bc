import { createHash } from 'node:crypto';
import { GLOBAL } from '../estate/estate.js';
import { homeRegion } from '../reference/partitions.js';

/** What makes a finding the same finding in every scan. */
export interface FindingIdentity {
  readonly partition: string;
  readonly controlId: string;
  readonly accountId: string;
  readonly region: string;
  readonly resourceArn: string;
}

/**
 * A finding's Id in Security Hub's consolidated form,
 * `arn:aws:securityhub:<region>:<account>:security-control/<control>/finding/<uuid>`. The UUID is a hash of the
 * identity (RFC 9562 version 8), so the same resource and control have the same Id in every scan, on every machine.
 */
export function findingId(of: FindingIdentity): string {
  const digest = createHash('sha256')
    .update([of.partition, of.controlId, of.accountId, of.region, of.resourceArn].join('\n'))
    .digest('hex');
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const uuid = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
  const region = of.region === GLOBAL || of.region === '*' ? homeRegion(of.partition) : of.region;
  return `arn:${of.partition}:securityhub:${region}:${of.accountId}:security-control/${of.controlId}/finding/${uuid}`;
}
