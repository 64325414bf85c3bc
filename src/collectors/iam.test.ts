import { expect, it } from 'vitest';
import { iam } from './iam.js';
import { ACCOUNT, collectFrom } from './testing.fixture.js';

const [users, , roles, , passwordPolicy] = iam;
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
