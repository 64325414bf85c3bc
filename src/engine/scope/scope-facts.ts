import type { Estate, Resource } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import type { ScopeFacts } from './scope.js';

/** What an estate knows of a finding's account and resource. Without an estate nothing is known beyond the finding. */
export function scopeFacts(finding: Finding, estate: Estate | undefined): ScopeFacts {
  const { controlId, accountId, region, severity } = finding;
  const account = estate?.header.accounts.find((each) => each.accountId === accountId);
  const resource = estate?.get(finding.resourceType, finding.resourceArn, accountId);
  return {
    controlId,
    accountId,
    region,
    severity,
    path: account?.path,
    tags: resource === undefined ? undefined : tagsOf(resource),
  };
}

/**
 * A resource's tags; undefined where they were not read. EC2's listings bring them along and leave the member out where there
 * are none; other services are asked for them, and the member is then there.
 */
function tagsOf({ type, configuration }: Resource): Readonly<Record<string, string>> | undefined {
  const members = configuration as Readonly<Record<string, unknown>>;
  const tags = members['Tags'] ?? members['TagSet'] ?? members['TagList'] ?? members['tags'];
  if (tags === undefined) return type.startsWith('AWS::EC2::') ? {} : undefined;
  if (!Array.isArray(tags))
    return typeof tags === 'object' && tags !== null ? (tags as Record<string, string>) : undefined;
  const read: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const tag of tags as readonly Readonly<Record<string, unknown>>[]) {
    const key = tag['Key'] ?? tag['TagKey'];
    const value = tag['Value'] ?? tag['TagValue'] ?? '';
    if (typeof key !== 'string' || typeof value !== 'string') return undefined;
    read[key] = value;
  }
  return read;
}
