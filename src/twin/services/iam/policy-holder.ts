import type { AttachedPolicy, PolicyDetail } from '@aws-sdk/client-iam';
import type { Stored } from '../../../base/json.js';
import type { Context } from '../../context.js';
import { group } from './group.js';
import { modifiableRole, role } from './role.js';
import { user } from './user.js';

/** Something that policies hang on, whichever of the three it is. */
export interface PolicyHolder {
  readonly kind: 'user' | 'group' | 'role';
  readonly name: string;
  readonly inline: readonly Stored<PolicyDetail>[];
  readonly attached: readonly Stored<AttachedPolicy>[];
  /** Stores a new list of inline policies, or of attached ones. */
  readonly setInline: (next: Stored<PolicyDetail>[]) => void;
  readonly setAttached: (next: Stored<AttachedPolicy>[]) => void;
}

/** What the authorizer is told besides: `iam:PolicyARN` where a managed policy is attached. */
type Facts = Readonly<Record<string, unknown>>;

/** A user that policies hang on; asks the authorizer. */
export function userHolder(context: Context, name: string, facts: Facts = {}): PolicyHolder {
  const { arn, configuration } = user(context, name, facts);
  const table = context.table('AWS::IAM::User');
  return {
    kind: 'user',
    name,
    inline: configuration.UserPolicyList ?? [],
    attached: configuration.AttachedManagedPolicies ?? [],
    setInline: (next) => void table.edit(arn, (edited) => (edited.UserPolicyList = next)),
    setAttached: (next) => void table.edit(arn, (edited) => (edited.AttachedManagedPolicies = next)),
  };
}

/** A group that policies hang on; asks the authorizer. */
export function groupHolder(context: Context, name: string, facts: Facts = {}): PolicyHolder {
  const { arn, configuration } = group(context, name, facts);
  const table = context.table('AWS::IAM::Group');
  return {
    kind: 'group',
    name,
    inline: configuration.GroupPolicyList ?? [],
    attached: configuration.AttachedManagedPolicies ?? [],
    setInline: (next) => void table.edit(arn, (edited) => (edited.GroupPolicyList = next)),
    setAttached: (next) => void table.edit(arn, (edited) => (edited.AttachedManagedPolicies = next)),
  };
}

/** A role that policies hang on; asks the authorizer. AWS's own roles may only be read. */
export function roleHolder(context: Context, name: string, use: 'read' | 'write', facts: Facts = {}): PolicyHolder {
  const { arn, configuration } = use === 'read' ? role(context, name, facts) : modifiableRole(context, name, facts);
  const table = context.table('AWS::IAM::Role');
  return {
    kind: 'role',
    name,
    inline: configuration.RolePolicyList ?? [],
    attached: configuration.AttachedManagedPolicies ?? [],
    setInline: (next) => void table.edit(arn, (edited) => (edited.RolePolicyList = next)),
    setAttached: (next) => void table.edit(arn, (edited) => (edited.AttachedManagedPolicies = next)),
  };
}
