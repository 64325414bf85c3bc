import { defineCollector, resourceAt } from './collector.js';

/** Users in one listing with their policies and groups; then what only a call for each user tells. */
const users = defineCollector({
  service: 'iam',
  types: ['AWS::IAM::User'],
  reads: ['ListUsers', 'GetAccountAuthorizationDetails', 'ListAccessKeys', 'GetAccessKeyLastUsed', 'GetLoginProfile', 'ListMFADevices'],
  scope: 'account',
  async *collect(read, target) {
    const listed = await read.list('ListUsers', { MaxItems: 1000 }, (page) => page.Users);
    const details = await read.list('GetAccountAuthorizationDetails', { Filter: ['User'], MaxItems: 1000 }, (page) => page.UserDetailList);
    const detailOf = new Map(details.map((detail) => [detail.Arn, detail]));
    const made = await read.each(listed, async (user) => {
      const { Arn = '', UserName = '' } = user;
      const keys = await read.details('ListAccessKeys', { UserName }, (page) => page.AccessKeyMetadata, Arn);
      const AccessKeys =
        keys &&
        (await read.each(keys, async (key) => {
          const used = await read.detail('GetAccessKeyLastUsed', { AccessKeyId: key.AccessKeyId }, Arn);
          return { ...key, ...(used?.AccessKeyLastUsed === undefined ? {} : { LastUsed: used.AccessKeyLastUsed }) };
        }));
      const login = await read.detail('GetLoginProfile', { UserName }, Arn, ['NoSuchEntity', 'NoSuchEntityException']);
      const MFADevices = await read.details('ListMFADevices', { UserName }, (page) => page.MFADevices, Arn);
      const { Tags, UserPolicyList, AttachedManagedPolicies, GroupList } = detailOf.get(Arn) ?? {};
      return resourceAt(target, 'AWS::IAM::User', Arn, {
        ...user,
        ...(Tags === undefined || Tags.length === 0 ? {} : { Tags }),
        ...(login === undefined ? {} : { LoginProfile: login?.LoginProfile ?? null }),
        ...(AccessKeys === undefined ? {} : { AccessKeys }),
        ...(MFADevices === undefined ? {} : { MFADevices }),
        ...(detailOf.has(Arn)
          ? { UserPolicyList: UserPolicyList ?? [], AttachedManagedPolicies: AttachedManagedPolicies ?? [], GroupList: GroupList ?? [] }
          : {}),
      });
    });
    yield* made;
  },
});

const groups = defineCollector({
  service: 'iam',
  types: ['AWS::IAM::Group'],
  reads: ['GetAccountAuthorizationDetails'],
  scope: 'account',
  async *collect(read, target) {
    for (const item of await read.list('GetAccountAuthorizationDetails', { Filter: ['Group'], MaxItems: 1000 }, (page) => page.GroupDetailList)) {
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
    for (const item of await read.list('GetAccountAuthorizationDetails', { Filter: ['Role'], MaxItems: 1000 }, (page) => page.RoleDetailList)) {
      // When a role was last used changes by itself: it is no part of what the account is.
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
    for (const item of await read.list('GetAccountAuthorizationDetails', { Filter: ['LocalManagedPolicy'], MaxItems: 1000 }, (page) => page.Policies)) {
      yield resourceAt(target, 'AWS::IAM::ManagedPolicy', item.Arn ?? '', item);
    }
  },
});

const passwordPolicy = defineCollector({
  service: 'iam',
  types: ['Hikeshi::IAM::AccountPasswordPolicy'],
  reads: ['GetAccountPasswordPolicy'],
  scope: 'account',
  async *collect(read, target) {
    const answer = await read.one('GetAccountPasswordPolicy', {}, ['NoSuchEntity', 'NoSuchEntityException']);
    if (answer === undefined) return;
    const arn = `arn:${target.partition}:iam::${target.accountId}:account-password-policy`;
    yield resourceAt(target, 'Hikeshi::IAM::AccountPasswordPolicy', arn, { PasswordPolicy: answer?.PasswordPolicy ?? null });
  },
});

export const iam = [users, groups, roles, policies, passwordPolicy] as const;
