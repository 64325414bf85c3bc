import { describe, expect, it } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Resource } from '../../estate/estate.js';
import { parsePolicy } from '../document/parse-policy.js';
import { principalName, principalOf, type Principal } from '../evaluate/principal.js';
import { whatCan } from './what-can.js';
import { whoCan } from './who-can.js';

const OWN = '111122223333';
const OTHER = '444455556666';
const STRANGER = '999900001111';
const MANAGEMENT = '100000000001';
const header = demoOrganization({ accounts: 3, now: new Date('2026-06-01T00:00:00.000Z') }).header;

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, more: object = {}) => ({ Effect: 'Deny', Action, Resource: '*', ...more });
const roleArn = (name: string, account = OWN) => `arn:aws:iam::${account}:role/${name}`;
const trusts = (...AWS: string[]) => policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });

/** A role with an inline policy, whom it trusts, and what else it has. */
function role(name: string, trust: string, own: object[], more: object = {}, account = OWN): Resource {
  const configuration = {
    RoleName: name,
    Arn: roleArn(name, account),
    RoleId: `AROA${name.toUpperCase().padEnd(17, 'X')}`,
    AssumeRolePolicyDocument: encodeURIComponent(trust),
    RolePolicyList: own.length === 0 ? [] : [{ PolicyName: 'own', PolicyDocument: encodeURIComponent(policy(...own)) }],
    ...more,
  };
  return {
    type: 'AWS::IAM::Role',
    arn: roleArn(name, account),
    accountId: account,
    region: 'global',
    configuration,
  } as never;
}

const bucket = (name: string, Policy: string | null, account = OWN): Resource =>
  ({
    type: 'AWS::S3::Bucket',
    arn: `arn:aws:s3:::${name}`,
    accountId: account,
    region: 'eu-west-1',
    configuration: { Name: name, BucketRegion: 'eu-west-1', Policy },
  }) as never;

const managed = (name: string, document: string): Resource =>
  ({
    type: 'AWS::IAM::ManagedPolicy',
    arn: `arn:aws:iam::${OWN}:policy/${name}`,
    accountId: OWN,
    region: 'global',
    configuration: {
      PolicyName: name,
      PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: encodeURIComponent(document) }],
    },
  }) as never;

const control = (Type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY', Content: string): Resource[] => [
  {
    type: 'AWS::Organizations::Root',
    arn: 'arn:aws:organizations::100000000001:root/o-edoya00001/r-1',
    accountId: MANAGEMENT,
    region: 'global',
    configuration: { Id: 'r-1', PolicyTypes: [{ Type, Status: 'ENABLED' }] },
  } as never,
  {
    type: 'AWS::Organizations::Account',
    arn: `arn:aws:organizations::100000000001:account/o-edoya00001/${OWN}`,
    accountId: MANAGEMENT,
    region: 'global',
    configuration: { Id: OWN, ParentId: 'r-1' },
  } as never,
  {
    type: 'AWS::Organizations::Policy',
    arn: 'arn:aws:organizations::100000000001:policy/o-edoya00001/x/p-1',
    accountId: MANAGEMENT,
    region: 'global',
    configuration: { PolicySummary: { Id: 'p-1', Name: 'limit', Type }, Content, TargetIds: ['r-1'] },
  } as never,
];

function estateOf(...resources: Resource[]): MemoryEstate {
  const [account] = header.accounts;
  const accounts = [OWN, OTHER].map((accountId) => ({ ...account!, accountId }));
  return new MemoryEstate(
    { ...header, accounts, organizationId: 'o-edoya00001', managementAccountId: MANAGEMENT },
    resources,
  );
}

const READ = ['s3:GetObject', 'arn:aws:s3:::data/*'] as const;
const namesOf = (estate: MemoryEstate, action: string = READ[0], resource: string = READ[1]) => {
  const { principals } = whoCan(estate, action, resource);
  return principals.map(({ principal }) => principalName(principal).split(':').slice(4).join(':')).sort();
};
const session = (name: string, account = OWN) => `${account}:assumed-role/${name}/session`;
const roots = [`${OWN}:root`];
const reader = allow('s3:GetObject', 'arn:aws:s3:::data/*');

describe('who can', () => {
  it("counts a role by its own policy, and the account's root user", () => {
    expect(
      namesOf(
        estateOf(bucket('data', null), role('reader', trusts(STRANGER), [reader]), role('idle', trusts(OWN), [])),
      ),
    ).toEqual([session('reader'), ...roots].sort());
  });

  it.each([
    [
      'a boundary',
      [managed('edge', policy(allow('ec2:*')))],
      { PermissionsBoundary: { PermissionsBoundaryArn: `arn:aws:iam::${OWN}:policy/edge` } },
    ],
    [
      'a denial in a bucket policy',
      [bucket('data', policy({ ...deny('s3:GetObject'), Principal: { AWS: roleArn('reader') } }))],
      {},
    ],
    [
      'a service control policy',
      control(
        'SERVICE_CONTROL_POLICY',
        policy(deny('s3:*', { Condition: { ArnLike: { 'aws:PrincipalArn': roleArn('read*') } } })),
      ),
      {},
    ],
    [
      'a resource control policy',
      control(
        'RESOURCE_CONTROL_POLICY',
        policy({ ...deny('s3:*'), Principal: '*', Condition: { ArnLike: { 'aws:PrincipalArn': roleArn('read*') } } }),
      ),
      {},
    ],
  ])('%s keeps it out', (_, resources, more) => {
    const other = resources.some(({ type }) => type === 'AWS::S3::Bucket') ? [] : [bucket('data', null)];
    const estate = estateOf(...other, ...resources, role('reader', trusts(OWN), [reader], more));
    expect(namesOf(estate)).toEqual(roots);
  });

  it('follows roles that take on roles, across accounts, to a fixpoint, each step with its request', () => {
    const assume = (name: string, account = OWN) => allow('sts:AssumeRole', roleArn(name, account));
    const estate = estateOf(
      bucket('data', null),
      role('reader', trusts(roleArn('middle', OTHER)), [reader]),
      role('middle', trusts(roleArn('first')), [assume('reader')], {}, OTHER),
      role('first', trusts(roleArn('loop')), [assume('middle', OTHER), assume('loop')]),
      role('loop', trusts(roleArn('first')), [assume('first')]),
      role('trusted-only', trusts(roleArn('reader')), []),
      role('allowed-only', trusts(OWN), [assume('reader')]),
    );
    expect(namesOf(estate)).toEqual(
      [session('reader'), session('middle', OTHER), session('first'), session('loop'), ...roots].sort(),
    );
    const loop = whoCan(estate, ...READ).principals.find(({ principal }) =>
      principalName(principal).includes('/loop/'),
    );
    expect(loop?.through).toEqual([roleArn('first'), roleArn('middle', OTHER), roleArn('reader')]);
    expect(loop?.steps.map(({ action, resource }) => [action.toLowerCase(), resource])).toEqual(
      loop?.through.map((arn) => ['sts:assumerole', arn]),
    );
  });

  it('does not let a root user take on a role', () => {
    const own = role('reader', trusts(`arn:aws:iam::${OWN}:root`), [allow('sqs:SendMessage')]);
    expect(namesOf(estateOf(own), 'sqs:SendMessage', `arn:aws:sqs:eu-west-1:${OTHER}:jobs`)).not.toContain(
      `${OWN}:root`,
    );
  });

  it('tells outsiders who may do it, and those who may take on a role that can', () => {
    const open = policy({ ...allow('s3:GetObject', 'arn:aws:s3:::data/*'), Principal: { AWS: STRANGER } });
    const estate = estateOf(bucket('data', open), role('reader', trusts(STRANGER), [reader]));
    const { outsiders, outsidersThrough } = whoCan(estate, ...READ);
    expect(outsiders.map(({ principal }) => principal.value)).toEqual([STRANGER]);
    expect(outsidersThrough).toMatchObject([
      { through: [roleArn('reader')], entry: { principal: { value: STRANGER } } },
    ]);
    expect(whoCan(estate, 's3:PutObject', 'arn:aws:s3:::data/*').outsidersThrough).toEqual([]);
  });

  it('leaves open who has a policy that was not read, and who is bound by one that cannot be', () => {
    const more = { AttachedManagedPolicies: [{ PolicyArn: `arn:aws:iam::${OWN}:policy/gone` }] };
    const estate = estateOf(bucket('data', null), role('reader', trusts(OWN), [reader], more));
    expect(whoCan(estate, ...READ).undetermined).toMatchObject([
      { reason: expect.stringContaining('policy/gone') as string },
    ]);
    expect(namesOf(estate)).toEqual(roots);
    const broken = estateOf(bucket('data', null), ...control('SERVICE_CONTROL_POLICY', '{"Version":'));
    expect(whoCan(broken, ...READ).undetermined).toMatchObject([{ reason: 'scp/limit cannot be read' }]);
  });
});

describe('what a principal can do', () => {
  const principal = principalOf(roleArn('first')) as Principal;
  const assume = (name: string) => allow('sts:AssumeRole', roleArn(name));
  const estate = estateOf(
    bucket(
      'data',
      policy({ ...allow('s3:GetObjectTorrent', 'arn:aws:s3:::data/*'), Principal: { AWS: roleArn('first') } }),
    ),
    bucket('more', null),
    role('first', trusts(STRANGER), [assume('second'), allow('ec2:DescribeInstances')]),
    role('second', trusts(roleArn('first')), [assume('third')]),
    role('third', trusts(roleArn('second')), [allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::more/*')]),
    role('fourth', trusts(roleArn('first')), [allow('*')]),
  );

  it('is its own grants, resources that name it, and all that the roles it can become can do', () => {
    const found = whatCan(estate, principal);
    expect(found?.grants.map(({ actions }) => actions)).toEqual([['sts:AssumeRole'], ['ec2:DescribeInstances']]);
    // An action that is none of the notable ones is not left out.
    expect(found?.resources).toMatchObject([{ resourceArn: 'arn:aws:s3:::data', actions: ['s3:getobjecttorrent'] }]);
    expect(found?.roles.map(({ through }) => through)).toEqual([
      [roleArn('second')],
      [roleArn('fourth')],
      [roleArn('second'), roleArn('third')],
    ]);
    expect(found?.roles[2]?.resources).toMatchObject([
      { resourceArn: 'arn:aws:s3:::more', actions: ['s3:GetObject', 's3:PutObject'] },
    ]);
    expect(found?.roles[2]?.steps).toHaveLength(2);
  });

  it('is less in a session with a policy of its own', () => {
    const parsed = parsePolicy(policy(allow('ec2:*'), allow('s3:*')), 'session', 'session');
    if (!parsed.ok) throw new Error('the session policy is not read');
    const found = whatCan(estate, principal, [parsed.policy]);
    expect(found?.grants.map(({ actions }) => actions)).toEqual([['ec2:DescribeInstances']]);
    // The role's ARN in a trust policy grants within the session policy alone, which does not name sts.
    expect(found?.roles).toEqual([]);
  });

  it('is open where a policy was not read, its own or that of a role on the way', () => {
    const more = { AttachedManagedPolicies: [{ PolicyArn: `arn:aws:iam::${OWN}:policy/gone` }] };
    const other = estateOf(
      role('first', trusts(STRANGER), [assume('second')]),
      role('second', trusts(roleArn('first')), [], more),
    );
    expect(whatCan(other, principal)?.unread).toEqual([`arn:aws:iam::${OWN}:policy/gone`]);
  });
});
