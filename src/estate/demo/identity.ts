import type { IamUser } from '../resource-types.js';
import { roleNames, userNames } from './names.js';
import type { Site } from './site.js';

/** A policy document as IAM's API gives it: URL-encoded. */
export function encoded(document: object): string {
  return encodeURIComponent(JSON.stringify(document));
}

export function trustOf(Principal: object): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] };
}

export function role(
  site: Site,
  RoleName: string,
  trust: object,
  policies: readonly { name: string; document: object }[] = [],
): string {
  const Arn = site.arn('iam', '', `role/${RoleName}`);
  site.putGlobal('AWS::IAM::Role', Arn, {
    Path: '/',
    RoleName,
    RoleId: site.uniqueId('AROA'),
    Arn,
    CreateDate: site.daysAgo(300 + site.random.below(600)),
    AssumeRolePolicyDocument: encoded(trust),
    InstanceProfileList: [],
    RolePolicyList: policies.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: encoded(document) })),
    AttachedManagedPolicies:
      policies.length === 0
        ? [{ PolicyName: 'AmazonS3ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }]
        : [],
    Tags: [],
  });
  return Arn;
}

/** Users, groups, roles and the password policy of an account. */
export function identity(site: Site): void {
  const administrator = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  role(site, 'OrganizationAccountAccessRole', trustOf({ AWS: `arn:aws:iam::${site.managementAccountId}:root` }), [
    { name: 'AdministratorAccess', document: administrator },
  ]);
  for (const name of roleNames) role(site, name, trustOf({ AWS: site.arn('iam', '', 'root') }));
  role(site, 'ec2-instance', trustOf({ Service: 'ec2.amazonaws.com' }));
  const groupArn = site.arn('iam', '', 'group/developers');
  site.putGlobal('AWS::IAM::Group', groupArn, {
    Path: '/',
    GroupName: 'developers',
    GroupId: site.uniqueId('AGPA'),
    Arn: groupArn,
    CreateDate: site.daysAgo(700),
    GroupPolicyList: [],
    AttachedManagedPolicies: [{ PolicyName: 'PowerUserAccess', PolicyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' }],
  });
  const people = site.environment === 'security' ? 3 : 8;
  for (let index = 0; index < site.count(people); index++) user(site, index);
  passwordPolicy(site);
}

function user(site: Site, index: number): void {
  const base = userNames[index % userNames.length] ?? 'user';
  const UserName = index < userNames.length ? base : `${base}-${index}`;
  const Arn = site.arn('iam', '', `user/${UserName}`);
  const machine = /ci|agent|reader|import|edi/.test(UserName);
  const used = site.good() ? site.random.below(30) : 50 + site.random.below(300);
  const age = site.good() ? site.random.below(85) : 95 + site.random.below(900);
  const key = {
    UserName,
    AccessKeyId: site.uniqueId('AKIA').slice(0, 20),
    Status: site.random.chance(0.9) ? ('Active' as const) : ('Inactive' as const),
    CreateDate: site.daysAgo(age),
    LastUsed: { LastUsedDate: site.daysAgo(Math.min(used, age)), ServiceName: 's3', Region: 'eu-west-1' },
  };
  const configuration: IamUser = {
    Path: '/',
    UserName,
    UserId: site.uniqueId('AIDA'),
    Arn,
    CreateDate: site.daysAgo(1000),
    ...(machine ? {} : { PasswordLastUsed: site.daysAgo(used) }),
    ...(machine ? { Tags: [{ Key: 'Kind', Value: 'machine' }] } : {}),
    LoginProfile: machine ? null : { UserName, CreateDate: site.daysAgo(990), PasswordResetRequired: false },
    AccessKeys: machine || site.random.chance(0.4) ? [key] : [],
    MFADevices:
      machine || !site.good()
        ? []
        : [{ UserName, SerialNumber: site.arn('iam', '', `mfa/${UserName}`), EnableDate: site.daysAgo(980) }],
    UserPolicyList: [],
    AttachedManagedPolicies: machine
      ? [{ PolicyName: 'AmazonS3FullAccess', PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' }]
      : [],
    GroupList: machine ? [] : ['developers'],
  };
  site.putGlobal('AWS::IAM::User', Arn, configuration);
}

function passwordPolicy(site: Site): void {
  const strong = {
    MinimumPasswordLength: 14,
    RequireSymbols: true,
    RequireNumbers: true,
    RequireUppercaseCharacters: true,
    RequireLowercaseCharacters: true,
    AllowUsersToChangePassword: true,
    ExpirePasswords: true,
    MaxPasswordAge: 90,
    PasswordReusePrevention: 24,
  };
  const weak = {
    MinimumPasswordLength: 8,
    RequireSymbols: false,
    RequireNumbers: true,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: true,
    AllowUsersToChangePassword: true,
    ExpirePasswords: false,
  };
  const PasswordPolicy = site.good() ? strong : site.random.chance(0.5) ? weak : null;
  site.putGlobal('Hikeshi::IAM::AccountPasswordPolicy', site.arn('iam', '', 'account-password-policy'), {
    PasswordPolicy,
  });
}
