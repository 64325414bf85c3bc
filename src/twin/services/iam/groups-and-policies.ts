import { handlers } from '../../implement.js';
import { alreadyExists, deleteConflict, encodeDocument, marked, noSuchEntity } from './not-found.js';
import { user } from './users.js';

/** Groups and managed policies: the reads, and the writes that set up an account. */
export const groupsAndPolicies = handlers('iam', {
  ListGroups(input, context) {
    context.authorize(context.arn('group/*'));
    const page = context.page(context.table('AWS::IAM::Group').all(), input.Marker, input.MaxItems);
    const Groups = page.items.map(({ configuration }) => {
      const { Path = '/', GroupName = '', GroupId = '', Arn = '', CreateDate = '' } = configuration;
      return { Path, GroupName, GroupId, Arn, CreateDate };
    });
    return { Groups, ...marked(page) };
  },
  CreateGroup(input, context) {
    const Path = input.Path ?? '/';
    const Arn = context.arn(`group${Path}${input.GroupName}`);
    context.authorize(Arn);
    const table = context.table('AWS::IAM::Group');
    if (table.find(({ GroupName }) => GroupName === input.GroupName) !== undefined) {
      throw alreadyExists(`Group with name ${input.GroupName} already exists.`);
    }
    const made = {
      Path,
      GroupName: input.GroupName,
      GroupId: context.id('AGPA', 17).toUpperCase(),
      Arn,
      CreateDate: context.now.toISOString(),
    };
    table.put(Arn, { ...made, GroupPolicyList: [], AttachedManagedPolicies: [] });
    return { Group: made };
  },
  AddUserToGroup(input, context) {
    const group = context.table('AWS::IAM::Group').find(({ GroupName }) => GroupName === input.GroupName);
    context.authorize(group?.arn ?? context.arn(`group/${input.GroupName}`));
    if (group === undefined) throw noSuchEntity(`The group with name ${input.GroupName} cannot be found.`);
    const member = user(context, input.UserName);
    context.table('AWS::IAM::User').edit(member.arn, (edited) => {
      edited.GroupList = [...new Set([...(edited.GroupList ?? []), input.GroupName])];
    });
  },
  ListPolicies(input, context) {
    context.authorize(context.arn('policy/*'));
    const all = input.Scope === 'AWS' ? [] : context.table('AWS::IAM::ManagedPolicy').all();
    const page = context.page(all, input.Marker, input.MaxItems);
    const Policies = page.items.map(({ configuration }) => {
      const { PolicyVersionList: _, ...policy } = configuration;
      return policy;
    });
    return { Policies, ...marked(page) };
  },
  GetPolicy(input, context) {
    context.authorize(input.PolicyArn);
    const found = context.table('AWS::IAM::ManagedPolicy').get(input.PolicyArn);
    if (found === undefined) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    const { PolicyVersionList: _, ...policy } = found.configuration;
    return { Policy: policy };
  },
  GetPolicyVersion(input, context) {
    context.authorize(input.PolicyArn);
    const found = context.table('AWS::IAM::ManagedPolicy').get(input.PolicyArn);
    const version = found?.configuration.PolicyVersionList?.find(({ VersionId }) => VersionId === input.VersionId);
    if (version === undefined)
      throw noSuchEntity(`Policy ${input.PolicyArn} version ${input.VersionId} does not exist or is not attachable.`);
    return { PolicyVersion: version };
  },
  CreatePolicy(input, context) {
    const Path = input.Path ?? '/';
    const Arn = context.arn(`policy${Path}${input.PolicyName}`);
    context.authorize(Arn);
    const table = context.table('AWS::IAM::ManagedPolicy');
    if (table.get(Arn) !== undefined)
      throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`);
    const CreateDate = context.now.toISOString();
    const policy = {
      PolicyName: input.PolicyName,
      PolicyId: context.id('ANPA', 17).toUpperCase(),
      Arn,
      Path,
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate,
      UpdateDate: CreateDate,
    };
    const Document = encodeDocument(input.PolicyDocument);
    table.put(Arn, {
      ...policy,
      PolicyVersionList: [{ Document, VersionId: 'v1', IsDefaultVersion: true, CreateDate }],
    });
    return { Policy: policy };
  },
  DeletePolicy(input, context) {
    context.authorize(input.PolicyArn);
    const table = context.table('AWS::IAM::ManagedPolicy');
    if (table.get(input.PolicyArn) === undefined) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    const uses = (list: readonly { PolicyArn?: string | undefined }[] | undefined) =>
      (list ?? []).some(({ PolicyArn }) => PolicyArn === input.PolicyArn);
    const attached =
      context.table('AWS::IAM::Role').find(({ AttachedManagedPolicies }) => uses(AttachedManagedPolicies)) ??
      context.table('AWS::IAM::User').find(({ AttachedManagedPolicies }) => uses(AttachedManagedPolicies));
    if (attached !== undefined) throw deleteConflict('Cannot delete a policy attached to entities.');
    table.remove(input.PolicyArn);
  },
});
