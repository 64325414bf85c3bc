import type { Resource } from '../../../estate/estate.js';
import type { IamUser } from '../../../estate/resource-types.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { withInline } from './inline-policies.js';
import { alreadyExists, deleteConflict, encodeDocument, limitExceeded, marked, noSuchEntity } from './not-found.js';

type UserResource = Resource<'AWS::IAM::User'>;

/** Finds a user by name (the caller itself when none is given), asks the authorizer, or throws NoSuchEntity. */
export function user(context: Context, name: string | undefined): UserResource {
  const wanted = name ?? context.caller.arn.slice(context.caller.arn.lastIndexOf('/') + 1);
  const found = context.table('AWS::IAM::User').find(({ UserName }) => UserName === wanted);
  context.authorize(found?.arn ?? context.arn(`user/${wanted}`));
  if (found === undefined) throw noSuchEntity(`The user with name ${wanted} cannot be found.`);
  return found;
}

function edit(context: Context, { arn }: UserResource, change: (user: IamUser) => void): void {
  context.table('AWS::IAM::User').edit(arn, change);
}

/** A user as IAM's own answers show it: without what other calls answer. */
export function shownUser(configuration: IamUser, withTags: boolean) {
  const {
    LoginProfile: _l,
    AccessKeys: _a,
    MFADevices: _m,
    UserPolicyList: _p,
    AttachedManagedPolicies: _t,
    GroupList: _g,
    ...own
  } = configuration;
  const { Tags, ...rest } = own;
  return withTags ? { ...rest, ...(Tags === undefined || Tags.length === 0 ? {} : { Tags }) } : rest;
}

const KEYS_MAX = 2;

export const users = handlers('iam', {
  ListUsers(input, context) {
    context.authorize(context.arn('user/*'));
    const all = context
      .table('AWS::IAM::User')
      .all()
      .map(({ configuration }) => configuration);
    const page = context.page(
      all.filter(({ Path }) => (Path ?? '/').startsWith(input.PathPrefix ?? '/')),
      input.Marker,
      input.MaxItems,
    );
    return { Users: page.items.map((each) => shownUser(each, false)), ...marked(page) };
  },
  GetUser: (input, context) => ({ User: shownUser(user(context, input.UserName).configuration, true) }),
  CreateUser(input, context) {
    const Path = input.Path ?? '/';
    const Arn = context.arn(`user${Path}${input.UserName}`);
    context.authorize(Arn);
    const table = context.table('AWS::IAM::User');
    if (table.find(({ UserName }) => UserName === input.UserName) !== undefined) {
      throw alreadyExists(`User with name ${input.UserName} already exists.`);
    }
    const { configuration } = table.put(Arn, {
      Path,
      UserName: input.UserName,
      UserId: context.id('AIDA', 17).toUpperCase(),
      Arn,
      CreateDate: context.now.toISOString(),
      ...(input.Tags === undefined ? {} : { Tags: input.Tags }),
      LoginProfile: null,
      AccessKeys: [],
      MFADevices: [],
      UserPolicyList: [],
      AttachedManagedPolicies: [],
      GroupList: [],
    });
    return { User: shownUser(configuration, true) };
  },
  DeleteUser(input, context) {
    const found = user(context, input.UserName);
    const {
      LoginProfile,
      AccessKeys = [],
      AttachedManagedPolicies = [],
      UserPolicyList = [],
      GroupList = [],
    } = found.configuration;
    if (LoginProfile) throw deleteConflict('Cannot delete entity, must delete login profile first.');
    if (AccessKeys.length > 0) throw deleteConflict('Cannot delete entity, must delete access keys first.');
    if (AttachedManagedPolicies.length > 0)
      throw deleteConflict('Cannot delete entity, must detach all policies first.');
    if (UserPolicyList.length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
    if (GroupList.length > 0) throw deleteConflict('Cannot delete entity, must remove users from group first.');
    context.table('AWS::IAM::User').remove(found.arn);
  },
  ListUserTags(input, context) {
    const page = context.page(user(context, input.UserName).configuration.Tags ?? [], input.Marker, input.MaxItems);
    return { Tags: page.items, ...marked(page) };
  },
  TagUser(input, context) {
    edit(context, user(context, input.UserName), (edited) => {
      edited.Tags = [
        ...(edited.Tags ?? []).filter(({ Key }) => !input.Tags.some((tag) => tag.Key === Key)),
        ...input.Tags,
      ];
    });
  },
  UntagUser(input, context) {
    edit(context, user(context, input.UserName), (edited) => {
      edited.Tags = (edited.Tags ?? []).filter(({ Key }) => !input.TagKeys.includes(Key ?? ''));
    });
  },
  GetLoginProfile(input, context) {
    const { LoginProfile, UserName } = user(context, input.UserName).configuration;
    if (!LoginProfile) throw noSuchEntity(`Login Profile for User ${UserName} cannot be found.`);
    return { LoginProfile };
  },
  CreateLoginProfile(input, context) {
    const found = user(context, input.UserName);
    const { UserName } = found.configuration;
    if (found.configuration.LoginProfile) throw alreadyExists(`Login Profile for user ${UserName} already exists.`);
    const LoginProfile = {
      UserName,
      CreateDate: context.now.toISOString(),
      PasswordResetRequired: input.PasswordResetRequired ?? false,
    };
    edit(context, found, (edited) => {
      edited.LoginProfile = LoginProfile;
    });
    return { LoginProfile };
  },
  DeleteLoginProfile(input, context) {
    const found = user(context, input.UserName);
    if (!found.configuration.LoginProfile)
      throw noSuchEntity(`Login Profile for User ${found.configuration.UserName} cannot be found.`);
    edit(context, found, (edited) => {
      edited.LoginProfile = null;
    });
  },
  ListAccessKeys(input, context) {
    const keys = user(context, input.UserName).configuration.AccessKeys ?? [];
    const page = context.page(keys, input.Marker, input.MaxItems);
    return { AccessKeyMetadata: page.items.map(({ LastUsed: _, ...key }) => key), ...marked(page) };
  },
  CreateAccessKey(input, context) {
    const found = user(context, input.UserName);
    const { UserName, UserId, Arn, AccessKeys = [] } = found.configuration;
    if (AccessKeys.length >= KEYS_MAX) throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${KEYS_MAX}`);
    const key = {
      UserName,
      AccessKeyId: context.id('AKIA', 16).toUpperCase(),
      Status: 'Active' as const,
      CreateDate: context.now.toISOString(),
    };
    const SecretAccessKey = context.id('', 40);
    edit(context, found, (edited) => {
      edited.AccessKeys = [...AccessKeys, key];
    });
    const caller = { arn: Arn ?? '', accountId: context.accountId, userId: UserId ?? '', kind: 'user' as const };
    context.credentials.add({ accessKeyId: key.AccessKeyId, secretAccessKey: SecretAccessKey, caller });
    return { AccessKey: { ...key, SecretAccessKey } };
  },
  UpdateAccessKey(input, context) {
    const found = user(context, input.UserName);
    if (!found.configuration.AccessKeys?.some(({ AccessKeyId }) => AccessKeyId === input.AccessKeyId)) {
      throw noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
    }
    if (input.Status === 'Inactive') context.credentials.remove(input.AccessKeyId);
    edit(context, found, (edited) => {
      for (const key of edited.AccessKeys ?? []) if (key.AccessKeyId === input.AccessKeyId) key.Status = input.Status;
    });
  },
  DeleteAccessKey(input, context) {
    const found = user(context, input.UserName);
    const kept = (found.configuration.AccessKeys ?? []).filter(({ AccessKeyId }) => AccessKeyId !== input.AccessKeyId);
    if (kept.length === (found.configuration.AccessKeys ?? []).length) {
      throw noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
    }
    context.credentials.remove(input.AccessKeyId);
    edit(context, found, (edited) => {
      edited.AccessKeys = kept;
    });
  },
  GetAccessKeyLastUsed(input, context) {
    context.authorize();
    for (const { configuration } of context.table('AWS::IAM::User').all()) {
      const key = configuration.AccessKeys?.find(({ AccessKeyId }) => AccessKeyId === input.AccessKeyId);
      if (key === undefined) continue;
      return {
        UserName: configuration.UserName,
        AccessKeyLastUsed: key.LastUsed ?? { ServiceName: 'N/A', Region: 'N/A' },
      };
    }
    throw new AwsError(
      'AccessDenied',
      `User: ${context.caller.arn} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key ${input.AccessKeyId}`,
      { status: 403 },
    );
  },
  ListMFADevices(input, context) {
    const page = context.page(
      user(context, input.UserName).configuration.MFADevices ?? [],
      input.Marker,
      input.MaxItems,
    );
    return { MFADevices: page.items, ...marked(page) };
  },
  ListUserPolicies(input, context) {
    const names = (user(context, input.UserName).configuration.UserPolicyList ?? []).map(
      ({ PolicyName = '' }) => PolicyName,
    );
    const page = context.page(names, input.Marker, input.MaxItems);
    return { PolicyNames: page.items, ...marked(page) };
  },
  PutUserPolicy(input, context) {
    const policy = { PolicyName: input.PolicyName, PolicyDocument: encodeDocument(input.PolicyDocument) };
    edit(context, user(context, input.UserName), (edited) => {
      edited.UserPolicyList = withInline(edited.UserPolicyList, policy);
    });
  },
  GetUserPolicy(input, context) {
    const { PolicyDocument } = inline(user(context, input.UserName), input.PolicyName);
    return { UserName: input.UserName, PolicyName: input.PolicyName, PolicyDocument };
  },
  DeleteUserPolicy(input, context) {
    const found = user(context, input.UserName);
    inline(found, input.PolicyName);
    edit(context, found, (edited) => {
      edited.UserPolicyList = (edited.UserPolicyList ?? []).filter(({ PolicyName }) => PolicyName !== input.PolicyName);
    });
  },
  ListAttachedUserPolicies(input, context) {
    const page = context.page(
      user(context, input.UserName).configuration.AttachedManagedPolicies ?? [],
      input.Marker,
      input.MaxItems,
    );
    return { AttachedPolicies: page.items, ...marked(page) };
  },
  AttachUserPolicy(input, context) {
    const PolicyName = input.PolicyArn.slice(input.PolicyArn.lastIndexOf('/') + 1);
    edit(context, user(context, input.UserName), (edited) => {
      const others = (edited.AttachedManagedPolicies ?? []).filter(({ PolicyArn }) => PolicyArn !== input.PolicyArn);
      edited.AttachedManagedPolicies = [...others, { PolicyName, PolicyArn: input.PolicyArn }];
    });
  },
  DetachUserPolicy(input, context) {
    edit(context, user(context, input.UserName), (edited) => {
      edited.AttachedManagedPolicies = (edited.AttachedManagedPolicies ?? []).filter(
        ({ PolicyArn }) => PolicyArn !== input.PolicyArn,
      );
    });
  },
  ListGroupsForUser(input, context) {
    const names = user(context, input.UserName).configuration.GroupList ?? [];
    const groups = context
      .table('AWS::IAM::Group')
      .all()
      .map(({ configuration }) => configuration);
    const own = groups.filter(({ GroupName }) => names.includes(GroupName ?? ''));
    const page = context.page(own, input.Marker, input.MaxItems);
    return {
      Groups: page.items.map(
        ({
          GroupPolicyList: _p,
          AttachedManagedPolicies: _a,
          Path = '/',
          GroupName = '',
          GroupId = '',
          Arn = '',
          CreateDate = '',
        }) => ({ Path, GroupName, GroupId, Arn, CreateDate }),
      ),
      ...marked(page),
    };
  },
});

function inline({ configuration }: UserResource, name: string) {
  const policy = configuration.UserPolicyList?.find(({ PolicyName }) => PolicyName === name);
  if (policy === undefined) throw noSuchEntity(`The user policy with name ${name} cannot be found.`);
  return policy;
}
