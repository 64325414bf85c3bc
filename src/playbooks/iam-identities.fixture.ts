import type { Resource } from '../estate/estate.js';
import type { IamUser, ResourceTypes } from '../estate/resource-types.js';
import { GLOBAL } from '../estate/estate.js';
import { ACCOUNT, resource } from './testing.fixture.js';

const DATE = '2025-01-01T00:00:00.000Z';

/** A policy document of statements; what a statement leaves out is `Allow` on `*`. */
export function documentOf(...statements: readonly object[]): string {
  const Statement = statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** A customer managed policy of the test account whose only version is a document. */
export function managedPolicy(
  document: string,
  more: Partial<ResourceTypes['AWS::IAM::ManagedPolicy']> = {},
): Resource<'AWS::IAM::ManagedPolicy'> {
  const Arn = `arn:aws:iam::${ACCOUNT}:policy/own`;
  const version = { VersionId: 'v1', IsDefaultVersion: true, CreateDate: DATE, Document: encodeURIComponent(document) };
  return resource(
    'AWS::IAM::ManagedPolicy',
    Arn,
    {
      PolicyName: 'own',
      PolicyId: 'ANPA00000000000000001',
      Arn,
      Path: '/',
      DefaultVersionId: 'v1',
      AttachmentCount: 2,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: DATE,
      UpdateDate: DATE,
      PolicyVersionList: [version],
      ...more,
    },
    GLOBAL,
  );
}

/** A user of the test account. */
export function iamUser(more: Partial<IamUser> = {}): Resource<'AWS::IAM::User'> {
  const UserName = more.UserName ?? 'taro';
  const Arn = `arn:aws:iam::${ACCOUNT}:user/${UserName}`;
  return resource(
    'AWS::IAM::User',
    Arn,
    {
      UserName,
      UserId: `AIDA${UserName.toUpperCase()}`,
      Arn,
      Path: '/',
      CreateDate: DATE,
      LoginProfile: null,
      AccessKeys: [],
      MFADevices: [],
      UserPolicyList: [],
      AttachedManagedPolicies: [],
      GroupList: [],
      ...more,
    },
    GLOBAL,
  );
}

/** A group of the test account. */
export function iamGroup(more: Partial<ResourceTypes['AWS::IAM::Group']> = {}): Resource<'AWS::IAM::Group'> {
  const GroupName = more.GroupName ?? 'readers';
  const Arn = `arn:aws:iam::${ACCOUNT}:group/${GroupName}`;
  return resource(
    'AWS::IAM::Group',
    Arn,
    {
      GroupName,
      GroupId: `AGPA${GroupName.toUpperCase()}`,
      Arn,
      Path: '/',
      CreateDate: DATE,
      GroupPolicyList: [],
      AttachedManagedPolicies: [],
      ...more,
    },
    GLOBAL,
  );
}

/** A role of the test account that the account's own users may take on. */
export function iamRole(more: Partial<ResourceTypes['AWS::IAM::Role']> = {}): Resource<'AWS::IAM::Role'> {
  const RoleName = more.RoleName ?? 'worker';
  const Arn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }],
  };
  return resource(
    'AWS::IAM::Role',
    Arn,
    {
      RoleName,
      RoleId: `AROA${RoleName.toUpperCase()}`,
      Arn,
      Path: '/',
      CreateDate: DATE,
      AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
      InstanceProfileList: [],
      RolePolicyList: [],
      AttachedManagedPolicies: [],
      Tags: [],
      ...more,
    },
    GLOBAL,
  );
}

/** Policies attached to something, by the names of AWS's managed policies. */
export const attached = (...names: readonly string[]) =>
  names.map((PolicyName) => ({ PolicyName, PolicyArn: `arn:aws:iam::aws:policy/${PolicyName}` }));
