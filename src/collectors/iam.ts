import type { User, UserDetail } from '@aws-sdk/client-iam';
import type { Stored } from '../base/json.js';
import type { IamUser } from '../estate/resource-types.js';
import { defineCollector, resourceAt, type Reader } from './collector.js';

/** Deleted since it was listed; of a login profile and the password policy: there is none. */
const NO_SUCH = ['NoSuchEntity', 'NoSuchEntityException'];

const PAGE = { MaxItems: 1000 };

type UserReader = Reader<'iam', 'ListAccessKeys' | 'GetAccessKeyLastUsed' | 'GetLoginProfile' | 'ListMFADevices'>;

/**
 * Users as ListUsers shows them (it alone says when a password was last used), with their policies and groups from one
 * listing of the whole account, and then what only calls for each user tell.
 */
const users = defineCollector({
  service: 'iam',
  types: ['AWS::IAM::User'],
  reads: [
    'ListUsers',
    'GetAccountAuthorizationDetails',
    'ListAccessKeys',
    'GetAccessKeyLastUsed',
    'GetLoginProfile',
    'ListMFADevices',
  ],
  scope: 'account',
  async *collect(read, target) {
    const listed = await read.list('ListUsers', PAGE, (page) => page.Users);
    const details = await read.list(
      'GetAccountAuthorizationDetails',
      { Filter: ['User'], ...PAGE },
      (page) => page.UserDetailList,
    );
    const detailOf = new Map(details.map((detail) => [detail.Arn, detail]));
    const made = await read.each(listed, async (user) => {
      const credentials = await credentialsOf(read, user);
      if (credentials === 'gone') return [];
      const detail = detailOf.get(user.Arn);
      return [
        resourceAt(target, 'AWS::IAM::User', user.Arn ?? '', { ...user, ...permissions(detail), ...credentials }),
      ];
    });
    yield* made.flat();
  },
});

/** What the account's listing says of one user: what it may do, and its tags. */
function permissions(detail: Stored<UserDetail> | undefined): Partial<IamUser> {
  if (detail === undefined) return {};
  const { Tags, PermissionsBoundary } = detail;
  return {
    ...(Tags === undefined || Tags.length === 0 ? {} : { Tags }),
    ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary }),
    UserPolicyList: detail.UserPolicyList ?? [],
    AttachedManagedPolicies: detail.AttachedManagedPolicies ?? [],
    GroupList: detail.GroupList ?? [],
  };
}

/** What a user signs in with: three calls, and one for each access key. */
async function credentialsOf(read: UserReader, { Arn = '', UserName = '' }: Stored<User>) {
  const keys = await read.details('ListAccessKeys', { UserName }, (page) => page.AccessKeyMetadata, Arn, NO_SUCH);
  if (keys === null) return 'gone';
  const AccessKeys =
    keys &&
    (await read.each(keys, async (key) => {
      const used = await read.detail('GetAccessKeyLastUsed', { AccessKeyId: key.AccessKeyId }, Arn);
      return { ...key, ...(used?.AccessKeyLastUsed === undefined ? {} : { LastUsed: used.AccessKeyLastUsed }) };
    }));
  const login = await read.detail('GetLoginProfile', { UserName }, Arn, NO_SUCH);
  const MFADevices = await read.details('ListMFADevices', { UserName }, (page) => page.MFADevices, Arn);
  return {
    ...(login === undefined ? {} : { LoginProfile: login?.LoginProfile ?? null }),
    ...(AccessKeys === undefined ? {} : { AccessKeys }),
    ...(MFADevices ? { MFADevices } : {}),
  };
}

const groups = defineCollector({
  service: 'iam',
  types: ['AWS::IAM::Group'],
  reads: ['GetAccountAuthorizationDetails'],
  scope: 'account',
  async *collect(read, target) {
    for (const item of await read.list(
      'GetAccountAuthorizationDetails',
      { Filter: ['Group'], ...PAGE },
      (page) => page.GroupDetailList,
    )) {
      yield resourceAt(target, 'AWS::IAM::Group', item.Arn ?? '', item);
    }
  },
});

const roles = defineCollector({
  service: 'iam',
  types: ['AWS::IAM::Role'],
  reads: ['GetAccountAuthorizationDetails'],
  scope: 'account',
  async *collect(read, target) {
    for (const item of await read.list(
      'GetAccountAuthorizationDetails',
      { Filter: ['Role'], ...PAGE },
      (page) => page.RoleDetailList,
    )) {
      // Volatile: when it was last used is no part of what the account is.
      const { RoleLastUsed: _, ...configuration } = item;
      yield resourceAt(target, 'AWS::IAM::Role', item.Arn ?? '', configuration);
    }
  },
});

const policies = defineCollector({
  service: 'iam',
  types: ['AWS::IAM::ManagedPolicy'],
  reads: ['GetAccountAuthorizationDetails'],
  scope: 'account',
  async *collect(read, target) {
    for (const item of await read.list(
      'GetAccountAuthorizationDetails',
      { Filter: ['LocalManagedPolicy'], ...PAGE },
      (page) => page.Policies,
    )) {
      yield resourceAt(target, 'AWS::IAM::ManagedPolicy', item.Arn ?? '', item);
    }
  },
});

/** AWS's own policies that the account uses: without their documents nobody knows what their holders may do. */
const awsPolicies = defineCollector({
  service: 'iam',
  types: ['Hikeshi::IAM::AwsManagedPolicy'],
  reads: ['ListPolicies', 'GetPolicyVersion'],
  scope: 'account',
  async *collect(read, target) {
    const attached = { Scope: 'AWS', OnlyAttached: true, ...PAGE } as const;
    const listed = await read.list('ListPolicies', attached, (page) => page.Policies);
    yield* await read.each(listed, async (policy) => {
      const { PolicyName = '', Arn = '', Path = '/', DefaultVersionId = '' } = policy;
      const version = await read.detail('GetPolicyVersion', { PolicyArn: Arn, VersionId: DefaultVersionId }, Arn);
      const { Document } = version?.PolicyVersion ?? {};
      return resourceAt(target, 'Hikeshi::IAM::AwsManagedPolicy', Arn, {
        PolicyName,
        Arn,
        Path,
        DefaultVersionId,
        ...(Document === undefined ? {} : { Document }),
      });
    });
  },
});

const passwordPolicy = defineCollector({
  service: 'iam',
  types: ['Hikeshi::IAM::AccountPasswordPolicy'],
  reads: ['GetAccountPasswordPolicy'],
  scope: 'account',
  async *collect(read, target) {
    const answer = await read.one('GetAccountPasswordPolicy', {}, NO_SUCH);
    if (answer === undefined) return;
    const arn = `arn:${target.partition}:iam::${target.accountId}:account-password-policy`;
    yield resourceAt(target, 'Hikeshi::IAM::AccountPasswordPolicy', arn, {
      PasswordPolicy: answer?.PasswordPolicy ?? null,
    });
  },
});

/** IAM's collectors. */
export const iam = [users, groups, roles, policies, awsPolicies, passwordPolicy] as const;
