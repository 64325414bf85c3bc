import type { Resource } from '../../../estate/estate.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { withInline } from './inline-policies.js';
import { alreadyExists, deleteConflict, encodeDocument, marked, noSuchEntity } from './not-found.js';

type RoleResource = Resource<'AWS::IAM::Role'>;

/** Finds a role by name, asks the authorizer, or throws NoSuchEntity. */
function role(context: Context, name: string): RoleResource {
  const found = context.table('AWS::IAM::Role').find(({ RoleName }) => RoleName === name);
  context.authorize(found?.arn ?? context.arn(`role/${name}`));
  if (found === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return found;
}

/** A role as GetRole and ListRoles show it: without what other calls answer. */
function shown({ configuration }: RoleResource) {
  const { RolePolicyList: _r, AttachedManagedPolicies: _a, InstanceProfileList: _i, ...own } = configuration;
  const { Path = '/', RoleName = '', RoleId = '', Arn = '', CreateDate = '' } = own;
  return { ...own, Path, RoleName, RoleId, Arn, CreateDate };
}

const edit = (context: Context, { arn }: RoleResource, change: (role: RoleResource['configuration']) => void) =>
  context.table('AWS::IAM::Role').edit(arn, change);

export const roles = handlers('iam', {
  ListRoles(input, context) {
    context.authorize(context.arn('role/*'));
    const all = context.table('AWS::IAM::Role').all();
    const page = context.page(
      all.filter(({ configuration }) => (configuration.Path ?? '/').startsWith(input.PathPrefix ?? '/')),
      input.Marker,
      input.MaxItems,
    );
    return { Roles: page.items.map(shown), ...marked(page) };
  },
  GetRole: (input, context) => ({ Role: shown(role(context, input.RoleName)) }),
  CreateRole(input, context) {
    const Path = input.Path ?? '/';
    const Arn = context.arn(`role${Path}${input.RoleName}`);
    context.authorize(Arn);
    const table = context.table('AWS::IAM::Role');
    if (table.find(({ RoleName }) => RoleName === input.RoleName) !== undefined) {
      throw alreadyExists(`Role with name ${input.RoleName} already exists.`);
    }
    const made = table.put(Arn, {
      Path,
      RoleName: input.RoleName,
      RoleId: context.id('AROA', 17).toUpperCase(),
      Arn,
      CreateDate: context.now.toISOString(),
      AssumeRolePolicyDocument: encodeDocument(input.AssumeRolePolicyDocument),
      ...(input.PermissionsBoundary === undefined
        ? {}
        : {
            PermissionsBoundary: {
              PermissionsBoundaryType: 'Policy' as 'PermissionsBoundaryPolicy',
              PermissionsBoundaryArn: input.PermissionsBoundary,
            },
          }),
      InstanceProfileList: [],
      RolePolicyList: [],
      AttachedManagedPolicies: [],
      Tags: input.Tags ?? [],
    });
    return { Role: shown(made) };
  },
  DeleteRole(input, context) {
    const found = role(context, input.RoleName);
    const { RolePolicyList = [], AttachedManagedPolicies = [], InstanceProfileList = [] } = found.configuration;
    if (AttachedManagedPolicies.length > 0)
      throw deleteConflict('Cannot delete entity, must detach all policies first.');
    if (RolePolicyList.length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
    if (InstanceProfileList.length > 0)
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    context.table('AWS::IAM::Role').remove(found.arn);
  },
  UpdateAssumeRolePolicy(input, context) {
    const document = encodeDocument(input.PolicyDocument);
    edit(context, role(context, input.RoleName), (edited) => {
      edited.AssumeRolePolicyDocument = document;
    });
  },
  ListRolePolicies(input, context) {
    const names = (role(context, input.RoleName).configuration.RolePolicyList ?? []).map(
      ({ PolicyName = '' }) => PolicyName,
    );
    const page = context.page(names, input.Marker, input.MaxItems);
    return { PolicyNames: page.items, ...marked(page) };
  },
  GetRolePolicy(input, context) {
    const found = role(context, input.RoleName);
    const policy = found.configuration.RolePolicyList?.find(({ PolicyName }) => PolicyName === input.PolicyName);
    if (policy === undefined) throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
    return { RoleName: input.RoleName, PolicyName: input.PolicyName, PolicyDocument: policy.PolicyDocument };
  },
  PutRolePolicy(input, context) {
    const policy = { PolicyName: input.PolicyName, PolicyDocument: encodeDocument(input.PolicyDocument) };
    edit(context, role(context, input.RoleName), (edited) => {
      edited.RolePolicyList = withInline(edited.RolePolicyList, policy);
    });
  },
  DeleteRolePolicy(input, context) {
    const found = role(context, input.RoleName);
    if (!found.configuration.RolePolicyList?.some(({ PolicyName }) => PolicyName === input.PolicyName)) {
      throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
    }
    edit(context, found, (edited) => {
      edited.RolePolicyList = edited.RolePolicyList?.filter(({ PolicyName }) => PolicyName !== input.PolicyName);
    });
  },
  ListAttachedRolePolicies(input, context) {
    const page = context.page(
      role(context, input.RoleName).configuration.AttachedManagedPolicies ?? [],
      input.Marker,
      input.MaxItems,
    );
    return { AttachedPolicies: page.items, ...marked(page) };
  },
  AttachRolePolicy(input, context) {
    const PolicyName = input.PolicyArn.slice(input.PolicyArn.lastIndexOf('/') + 1);
    edit(context, role(context, input.RoleName), (edited) => {
      const others = (edited.AttachedManagedPolicies ?? []).filter(({ PolicyArn }) => PolicyArn !== input.PolicyArn);
      edited.AttachedManagedPolicies = [...others, { PolicyName, PolicyArn: input.PolicyArn }];
    });
  },
  DetachRolePolicy(input, context) {
    edit(context, role(context, input.RoleName), (edited) => {
      edited.AttachedManagedPolicies = edited.AttachedManagedPolicies?.filter(
        ({ PolicyArn }) => PolicyArn !== input.PolicyArn,
      );
    });
  },
});
