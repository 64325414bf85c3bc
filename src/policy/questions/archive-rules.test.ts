import { describe, expect, it, test } from 'vitest';
import { parsePolicy } from '../document/parse-policy.js';
import { pathOfResource } from '../evaluate/access-path.js';
import { archivingRule, isFilterKey, matchesFilter, type ArchiveRule, type Filter } from './archive-rules.js';
import { externalAccess, type ExternalAccess } from './external-access.js';

const now = new Date('2026-03-01T00:00:00.000Z');
const zone = {
  accountIds: new Set(['111122223333']),
  canonicalIds: new Set<string>(),
  networkIds: new Set<string>(),
  uniqueIds: new Set<string>(),
};

/** The finding on a bucket whose policy has this one statement. */
function findingOf(statement: object): ExternalAccess {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  const parsed = parsePolicy(text, 'resource', 'bucket policy of data');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { resource: side } = pathOfResource('111122223333', [parsed.policy]);
  const resource = { arn: 'arn:aws:s3:::data', type: 'AWS::S3::Bucket', accountId: '111122223333' } as const;
  const scope = ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'];
  const [finding] = externalAccess({ resource, side, scope, facts: new Map() }, zone).findings;
  if (finding === undefined) throw new Error('there is no finding');
  return finding;
}

const partner = {
  Sid: 'Partner',
  Effect: 'Allow',
  Principal: { AWS: '444455556666' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::data/*',
  Condition: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '198.51.100.0/24'] } },
};
const finding = findingOf(partner);
const rule = (filter: Filter, more: Partial<ArchiveRule> = {}): ArchiveRule => ({ name: 'known', filter, ...more });

describe('a filter', () => {
  test.each<[Filter, boolean]>([
    [{}, true],
    [{ resource: { eq: ['arn:aws:s3:::data'] } }, true],
    [{ resource: { eq: ['arn:aws:s3:::other', 'arn:aws:s3:::data'] } }, true],
    [{ resource: { neq: ['arn:aws:s3:::data'] } }, false],
    [{ resource: { contains: [':dat'] } }, true],
    [{ resourceType: { eq: ['AWS::S3::Bucket'] }, isPublic: { eq: ['true'] } }, false],
    [{ resourceOwnerAccount: { eq: ['111122223333'] } }, true],
    [{ 'principal.AWS': { eq: ['444455556666'] } }, true],
    [{ 'principal.Federated': { exists: false } }, true],
    [{ 'principal.Federated': { exists: true } }, false],
    [{ 'condition.aws:SourceIp': { eq: ['198.51.100.0/24'] } }, true],
    [{ 'condition.AWS:sourceip': { contains: ['203.'] } }, true],
    [{ 'condition.aws:PrincipalOrgID': { exists: true } }, false],
    [{ error: { exists: false } }, true],
    [{ status: { eq: ['ACTIVE'] }, findingType: { eq: ['ExternalAccess'] } }, true],
  ])('%j: %s', (filter, expected) => {
    expect(matchesFilter(finding, filter)).toBe(expected);
  });

  it('knows the keys that AWS knows', () => {
    expect(['resource', 'condition.aws:SourceIp', 'status'].every(isFilterKey)).toBe(true);
    expect(['resources', 'condition.', 'constructor'].some(isFilterKey)).toBe(false);
  });
});

describe('an archive rule', () => {
  const known = rule({ id: { eq: [finding.id] } }, { reason: 'a partner', owner: 'data team' });

  it('archives the finding it names, and tells which rule did', () => {
    expect(archivingRule(finding, [rule({ isPublic: { eq: ['true'] } }), known], now)).toBe(known);
  });

  it('archives nothing once it has expired, nor when its expiry is no date', () => {
    const at = (expiresAt: string) => archivingRule(finding, [{ ...known, expiresAt }], now);
    expect(at('2026-03-02T00:00:00.000Z')).toBeDefined();
    expect(at('2026-03-01T00:00:00.000Z')).toBeUndefined();
    expect(at('next year')).toBeUndefined();
  });

  it('still holds when the text of the policy changes and not its meaning', () => {
    const reworded = findingOf({ ...partner, Sid: 'Renamed', Principal: { AWS: ['arn:aws:iam::444455556666:root'] } });
    expect(archivingRule(reworded, [known], now)).toBe(known);
  });

  it('no longer holds when the meaning changes: more actions, other conditions, somebody else', () => {
    const changes = [
      { Action: ['s3:GetObject', 's3:PutObject'] },
      { Condition: {} },
      { Principal: { AWS: '777788889999' } },
    ];
    for (const change of changes) {
      expect(archivingRule(findingOf({ ...partner, ...change }), [known], now)).toBeUndefined();
    }
  });
});
