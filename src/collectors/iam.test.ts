import { describe, expect, it } from 'vitest';
import { iam } from './iam.js';
import { ACCOUNT, collectFrom } from './testing.fixture.js';

const [users, , roles, , awsPolicies, passwordPolicy] = iam;
const Arn = `arn:aws:iam::${ACCOUNT}:user/u`;

const rules = {
  ListUsers: { Users: [{ UserName: 'u', Arn, PasswordLastUsed: '2026-01-01T00:00:00.000Z' }] },
  GetAccountAuthorizationDetails: {
    UserDetailList: [{ UserName: 'u', Arn, GroupList: ['g'], PermissionsBoundary: { PermissionsBoundaryArn: 'b' } }],
  },
  ListAccessKeys: { AccessKeyMetadata: [{ AccessKeyId: 'AKIA1', Status: 'Active' }, { AccessKeyId: 'AKIA2' }] },
  GetAccessKeyLastUsed: { AccessKeyLastUsed: { ServiceName: 's3' } },
  GetLoginProfile: 'NoSuchEntity',
  ListMFADevices: { MFADevices: [] },
};

it('a user is what all its calls say together', async () => {
  const { resources, gaps } = await collectFrom([users], rules);
  expect(gaps).toEqual([]);
  expect(resources).toMatchObject([{ arn: Arn, region: 'global' }]);
  expect(resources[0]?.configuration).toEqual({
    UserName: 'u',
    Arn,
    PasswordLastUsed: '2026-01-01T00:00:00.000Z',
    PermissionsBoundary: { PermissionsBoundaryArn: 'b' },
    LoginProfile: null,
    AccessKeys: [
      { AccessKeyId: 'AKIA1', Status: 'Active', LastUsed: { ServiceName: 's3' } },
      { AccessKeyId: 'AKIA2', LastUsed: { ServiceName: 's3' } },
    ],
    MFADevices: [],
    UserPolicyList: [],
    AttachedManagedPolicies: [],
    GroupList: ['g'],
  });
});

it.each([
  { denied: 'GetAccountAuthorizationDetails', missing: ['UserPolicyList', 'AttachedManagedPolicies', 'GroupList'] },
  { denied: 'ListAccessKeys', missing: ['AccessKeys'] },
  { denied: 'GetLoginProfile', missing: ['LoginProfile'] },
  { denied: 'ListMFADevices', missing: ['MFADevices'] },
])('without $denied a user lacks $missing and nothing else', async ({ denied, missing }) => {
  const whole = (await collectFrom([users], rules)).resources[0]?.configuration ?? {};
  const { resources, gaps } = await collectFrom([users], { ...rules, [denied]: 'AccessDenied' });
  const lacking = Object.keys(whole).filter((name) => !(name in (resources[0]?.configuration ?? {})));
  expect(lacking.filter((name) => name !== 'PermissionsBoundary').sort()).toEqual([...missing].sort());
  expect(gaps.map(({ operation }) => operation)).toEqual([denied]);
});

it('a user deleted since it was listed is not there', async () => {
  const gone = { ...rules, ListAccessKeys: 'NoSuchEntityException' };
  expect(await collectFrom([users], gone)).toMatchObject({ resources: [], gaps: [] });
});

it('a role is kept without when it was last used', async () => {
  const RoleDetailList = [{ RoleName: 'r', Arn: 'r', RoleLastUsed: { Region: 'eu-west-1' } }];
  const { resources } = await collectFrom([roles], { GetAccountAuthorizationDetails: { RoleDetailList } });
  expect(resources[0]?.configuration).toEqual({ RoleName: 'r', Arn: 'r' });
});

it.each([
  {
    name: 'set',
    rule: { PasswordPolicy: { RequireSymbols: true } },
    kept: [{ PasswordPolicy: { RequireSymbols: true } }],
  },
  { name: 'not set', rule: 'NoSuchEntity', kept: [{ PasswordPolicy: null }] },
  { name: 'not readable', rule: 'AccessDenied', kept: [] },
])('a password policy that is $name', async ({ rule, kept }) => {
  const { resources, gaps } = await collectFrom([passwordPolicy], { GetAccountPasswordPolicy: rule });
  expect(resources.map(({ configuration }) => configuration)).toEqual(kept);
  expect(gaps).toHaveLength(rule === 'AccessDenied' ? 1 : 0);
});

describe('policies of AWS’s own', () => {
  const listed = {
    PolicyName: 'ReadOnlyAccess',
    Arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    Path: '/',
    DefaultVersionId: 'v9',
    AttachmentCount: 3,
  };
  const version = { PolicyVersion: { VersionId: 'v9', IsDefaultVersion: true, Document: '%7B%7D' } };

  it('that are attached are kept with the document in force, and without who has them', async () => {
    const { resources } = await collectFrom([awsPolicies], {
      ListPolicies: { Policies: [listed] },
      GetPolicyVersion: version,
    });
    const { AttachmentCount: _, ...kept } = listed;
    expect(resources.map(({ configuration }) => configuration)).toEqual([{ ...kept, Document: '%7B%7D' }]);
  });

  it('whose document cannot be read are kept without it, and a gap says so', async () => {
    const rules = { ListPolicies: { Policies: [listed] }, GetPolicyVersion: 'AccessDenied' };
    const { resources, gaps } = await collectFrom([awsPolicies], rules);
    expect(resources[0]?.configuration).not.toHaveProperty('Document');
    expect(gaps).toHaveLength(1);
  });
});
