import type { Resource } from '../../../estate/estate.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { withInline } from './inline-policies.js';
import { alreadyExists, deleteConflict, encodeDocument, marked, noSuchEntity } from './not-found.js';
import { shownUser, user } from './users.js';

type GroupResource = Resource<'AWS::IAM::Group'>;

/** Finds a group by name, asks the authorizer, or throws NoSuchEntity. */
function group(context: Context, name: string): GroupResource {
  const found = context.table('AWS::IAM::Group').find(({ GroupName }) => GroupName === name);
  context.authorize(found?.arn ?? context.arn(`group/${name}`));
  if (found === undefined) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return found;
}

/** A group as GetGroup and ListGroups show it: without what other calls answer. */
function shown({ configuration }: GroupResource) {
  const { Path = '/', GroupName = '', GroupId = '', Arn = '', CreateDate = '' } = configuration;
  return { Path, GroupName, GroupId, Arn, CreateDate };
}

const edit = (context: Context, { arn }: GroupResource, change: (group: GroupResource['configuration']) => void) =>
  context.table('AWS::IAM::Group').edit(arn, change);

const membersOf = (context: Context, name: string) =>
  context
    .table('AWS::IAM::User')
    .all()
    .filter(({ configuration }) => configuration.GroupList?.includes(name));

/** Groups, who is in them, and their policies. */
export const groups = handlers('iam', {
  ListGroups(input, context) {
    context.authorize(context.arn('group/*'));
    const page = context.page(context.table('AWS::IAM::Group').all(), input.Marker, input.MaxItems);
    return { Groups: page.items.map(shown), ...marked(page) };
  },
  GetGroup(input, context) {
    const found = group(context, input.GroupName);
    const page = context.page(membersOf(context, input.GroupName), input.Marker, input.MaxItems);
    const Users = page.items.map(({ configuration }) => shownUser(configuration, false));
    return { Group: shown(found), Users, ...marked(page) };
  },
  CreateGroup(input, context) {
    const Path = input.Path ?? '/';
    const Arn = context.arn(`group${Path}${input.GroupName}`);
    context.authorize(Arn);
    const table = context.table('AWS::IAM::Group');
    if (table.find(({ GroupName }) => GroupName === input.GroupName) !== undefined) {
      throw alreadyExists(`Group with name ${input.GroupName} already exists.`);
    }
    const made = table.put(Arn, {
      Path,
      GroupName: input.GroupName,
      GroupId: context.id('AGPA', 17).toUpperCase(),
      Arn,
      CreateDate: context.now.toISOString(),
      GroupPolicyList: [],
      AttachedManagedPolicies: [],
    });
    return { Group: shown(made) };
  },
  DeleteGroup(input, context) {
    const found = group(context, input.GroupName);
    const { GroupPolicyList = [], AttachedManagedPolicies = [] } = found.configuration;
    if (membersOf(context, input.GroupName).length > 0)
      throw deleteConflict('Cannot delete entity, must remove users from group first.');
    if (AttachedManagedPolicies.length > 0)
      throw deleteConflict('Cannot delete entity, must detach all policies first.');
    if (GroupPolicyList.length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
    context.table('AWS::IAM::Group').remove(found.arn);
  },
  AddUserToGroup(input, context) {
    group(context, input.GroupName);
    const member = user(context, input.UserName);
    context.table('AWS::IAM::User').edit(member.arn, (edited) => {
      edited.GroupList = [...new Set([...(edited.GroupList ?? []), input.GroupName])];
    });
  },
  RemoveUserFromGroup(input, context) {
    group(context, input.GroupName);
    const member = user(context, input.UserName);
    if (member.configuration.GroupList?.includes(input.GroupName) !== true)
      throw noSuchEntity(`User ${input.UserName} is not in group ${input.GroupName}.`);
    context.table('AWS::IAM::User').edit(member.arn, (edited) => {
      edited.GroupList = edited.GroupList?.filter((name) => name !== input.GroupName) ?? [];
    });
  },
  ListAttachedGroupPolicies(input, context) {
    const { AttachedManagedPolicies = [] } = group(context, input.GroupName).configuration;
    const page = context.page(AttachedManagedPolicies, input.Marker, input.MaxItems);
    return { AttachedPolicies: page.items, ...marked(page) };
  },
  AttachGroupPolicy(input, context) {
    const PolicyName = input.PolicyArn.slice(input.PolicyArn.lastIndexOf('/') + 1);
    edit(context, group(context, input.GroupName), (edited) => {
      const others = (edited.AttachedManagedPolicies ?? []).filter(({ PolicyArn }) => PolicyArn !== input.PolicyArn);
      edited.AttachedManagedPolicies = [...others, { PolicyName, PolicyArn: input.PolicyArn }];
    });
  },
  DetachGroupPolicy(input, context) {
    const found = group(context, input.GroupName);
    const attached = found.configuration.AttachedManagedPolicies ?? [];
    const kept = attached.filter(({ PolicyArn }) => PolicyArn !== input.PolicyArn);
    if (kept.length === attached.length) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    edit(context, found, (edited) => {
      edited.AttachedManagedPolicies = kept;
    });
  },
  ListGroupPolicies(input, context) {
    const { GroupPolicyList = [] } = group(context, input.GroupName).configuration;
    const names = GroupPolicyList.map(({ PolicyName = '' }) => PolicyName);
    const page = context.page(names, input.Marker, input.MaxItems);
    return { PolicyNames: page.items, ...marked(page) };
  },
  GetGroupPolicy(input, context) {
    const { PolicyDocument } = inline(group(context, input.GroupName), input.PolicyName);
    return { GroupName: input.GroupName, PolicyName: input.PolicyName, PolicyDocument };
  },
  PutGroupPolicy(input, context) {
    const policy = { PolicyName: input.PolicyName, PolicyDocument: encodeDocument(input.PolicyDocument) };
    edit(context, group(context, input.GroupName), (edited) => {
      edited.GroupPolicyList = withInline(edited.GroupPolicyList, policy);
    });
  },
  DeleteGroupPolicy(input, context) {
    const found = group(context, input.GroupName);
    inline(found, input.PolicyName);
    edit(context, found, (edited) => {
      edited.GroupPolicyList = edited.GroupPolicyList?.filter(({ PolicyName }) => PolicyName !== input.PolicyName);
    });
  },
});

function inline({ configuration }: GroupResource, name: string) {
  const policy = configuration.GroupPolicyList?.find(({ PolicyName }) => PolicyName === name);
  if (policy === undefined) throw noSuchEntity(`The group policy with name ${name} cannot be found.`);
  return policy;
}
