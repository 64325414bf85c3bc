import { describe, expect, it, test } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Resource } from '../../estate/estate.js';
import { AccessGatherer } from '../gather/access-gatherer.js';
import { closeExternal, type CloseExternal } from './close-external.js';
import { analyzedResources, estateExternalAccess } from './estate-access.js';
import { zoneOf } from './zone-of-trust.js';

const ACCOUNT = '111122223333';
const ORGANIZATION = 'o-edoya00001';
const ARN = 'arn:aws:s3:::data';
const header = { ...demoOrganization({ accounts: 3, now: new Date('2026-06-01T00:00:00.000Z') }).header };

/** What closes the way in of a principal on the bucket `data`, whose policy has these statements. */
function closingOf(principal: string, statements: readonly object[], more: object = {}): CloseExternal {
  const Policy = statements.length === 0 ? null : JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const configuration = { Name: 'data', BucketRegion: 'eu-west-1', Policy, ...more };
  return closed(principal, {
    type: 'AWS::S3::Bucket',
    arn: ARN,
    accountId: ACCOUNT,
    region: 'eu-west-1',
    configuration,
  } as never);
}

function closed(principal: string, resource: Resource): CloseExternal {
  const accounts = [{ ...header.accounts[0]!, accountId: ACCOUNT }];
  const estate = new MemoryEstate({ ...header, accounts, organizationId: ORGANIZATION }, [resource]);
  const finding = estateExternalAccess(estate).findings.find((one) => one.principal.value === principal);
  if (finding === undefined) throw new Error('there is no such finding');
  const gatherer = new AccessGatherer(estate);
  const [analyzed] = [...analyzedResources(estate, gatherer)];
  const names = new Set(finding.statements.map(({ index }) => index));
  const own = analyzed!.side.policies.flatMap((policy) => policy.statements);
  const statements = own.filter(
    ({ index, policy }) => names.has(index) && policy.name === finding.statements[0]?.policy.name,
  );
  return closeExternal({ ...finding, statements }, analyzed!, zoneOf(estate, gatherer.organization));
}

const allow = (Principal: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal,
  Action: 's3:GetObject',
  Resource: `${ARN}/*`,
  ...more,
});
const statementsOf = (answer: CloseExternal): unknown[] => {
  if (!('closing' in answer)) throw new Error(answer.none);
  const { document } = answer.closing;
  return document === undefined ? [] : (JSON.parse(document) as { Statement: unknown[] }).Statement;
};

describe('the smallest change that closes a way in', () => {
  it('takes the outsider out of a list, and leaves the others', () => {
    const answer = closingOf('999900001111', [allow({ AWS: [ACCOUNT, '999900001111', '999900002222'] })]);
    expect(statementsOf(answer)).toEqual([allow({ AWS: [ACCOUNT, '999900002222'] })]);
  });

  it('keeps for the organization what was for everyone', () => {
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } };
    expect(statementsOf(closingOf('*', [allow('*')]))).toEqual([allow('*', { Condition })]);
  });

  it('keeps conditions that are there', () => {
    const Condition = { StringEquals: { 's3:prefix': 'a' }, Bool: { 'aws:SecureTransport': 'true' } };
    const closing = statementsOf(closingOf('*', [allow('*', { Condition })]));
    expect(closing).toEqual([
      allow('*', {
        Condition: { ...Condition, StringEquals: { 's3:prefix': 'a', 'aws:PrincipalOrgID': ORGANIZATION } },
      }),
    ]);
  });

  it('removes a statement that is for the outsider alone, and the policy when nothing is left', () => {
    const own = allow({ AWS: ACCOUNT });
    expect(statementsOf(closingOf('999900001111', [own, allow({ AWS: '999900001111' })]))).toEqual([own]);
    const answer = closingOf('999900001111', [allow({ AWS: '999900001111' })]);
    expect(answer).toMatchObject({ closing: { change: 'the statement removed', document: undefined } });
  });

  it('changes all statements that give the access together', () => {
    const put = { Action: 's3:PutObject' };
    const given = [allow({ AWS: ['999900001111', ACCOUNT] }), allow({ AWS: ['999900001111', ACCOUNT] }, put)];
    expect(statementsOf(closingOf('999900001111', given))).toEqual([
      allow({ AWS: ACCOUNT }),
      allow({ AWS: ACCOUNT }, put),
    ]);
  });

  it('takes nothing from a service that the policy names', () => {
    const service = allow({ Service: 'cloudfront.amazonaws.com' });
    expect(statementsOf(closingOf('*', [allow('*'), service]))).toContainEqual(service);
  });

  it('is none where members would lose what only everyone has', () => {
    const Condition = {
      StringNotEquals: { 'aws:PrincipalOrgID': 'o-other00001' },
      StringEquals: { 'aws:PrincipalOrgID': 'o-third00001' },
    };
    expect(closingOf('*', [allow('*', { Condition })])).toMatchObject({ closing: { change: 'the statement removed' } });
    const NotOthers = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-other00001' }, StringEquals: {} };
    const answer = closingOf('*', [
      { ...allow('*', { Condition: NotOthers }), Principal: undefined, NotPrincipal: { AWS: '999900001111' } },
    ]);
    expect(statementsOf(answer)).toMatchObject([
      { Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } } },
    ]);
  });

  it('takes an ACL back with the call that does it, and says what members lose', () => {
    const own = { Grantee: { Type: 'CanonicalUser', ID: 'a'.repeat(64) }, Permission: 'FULL_CONTROL' };
    const open = {
      Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
      Permission: 'READ',
    };
    const Owner = { ID: 'a'.repeat(64) };
    expect(closingOf('*', [], { Acl: { Owner, Grants: [own, open] } })).toMatchObject({
      closing: {
        alsoTakes: 'from members',
        calls: [
          { operation: 's3:PutBucketAcl', input: { Bucket: 'data', AccessControlPolicy: { Owner, Grants: [own] } } },
        ],
      },
    });
  });

  test.each<[string, string, string, object, object]>([
    [
      'AWS::EC2::Snapshot',
      `arn:aws:ec2:eu-west-1:${ACCOUNT}:snapshot/snap-1`,
      '999900001111',
      { CreateVolumePermissions: [{ UserId: '999900001111' }] },
      { operation: 'ec2:ModifySnapshotAttribute', input: { SnapshotId: 'snap-1', UserIds: ['999900001111'] } },
    ],
    [
      'AWS::EC2::Image',
      `arn:aws:ec2:eu-west-1:${ACCOUNT}:image/ami-1`,
      '*',
      { LaunchPermissions: [{ Group: 'all' }] },
      { operation: 'ec2:ModifyImageAttribute', input: { ImageId: 'ami-1', GroupNames: ['all'] } },
    ],
    [
      'AWS::RDS::DBSnapshot',
      `arn:aws:rds:eu-west-1:${ACCOUNT}:snapshot:daily`,
      '*',
      { DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: ['all'] }] },
      { operation: 'rds:ModifyDBSnapshotAttribute', input: { DBSnapshotIdentifier: 'daily', ValuesToRemove: ['all'] } },
    ],
    [
      'AWS::KMS::Key',
      `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`,
      'arn:aws:iam::999900001111:role/r',
      {
        Grants: [
          { GrantId: 'g'.repeat(64), GranteePrincipal: 'arn:aws:iam::999900001111:role/r', Operations: ['Decrypt'] },
        ],
      },
      { operation: 'kms:RevokeGrant', input: { GrantId: 'g'.repeat(64) } },
    ],
  ])('takes back a share of %s', (type, arn, principal, configuration, call) => {
    const resource = { type, arn, accountId: ACCOUNT, region: 'eu-west-1', configuration } as never;
    expect(closed(principal, resource)).toMatchObject({ closing: { calls: [call] } });
  });
});

it('there is a proven change for every way into the demo organization', () => {
  const estate = demoOrganization({ accounts: 12, seed: 1, now: new Date('2026-06-01T00:00:00.000Z') });
  const gatherer = new AccessGatherer(estate);
  const zone = zoneOf(estate, gatherer.organization);
  const { findings, shared } = estateExternalAccess(estate);
  const left = findings.flatMap((finding) => {
    const answer = closeExternal(finding, shared.get(finding.resourceArn)!, zone);
    return 'none' in answer ? [`${finding.resourceArn}: ${answer.none}`] : [];
  });
  expect(findings.length).toBeGreaterThan(0);
  expect(left).toEqual([]);
});
