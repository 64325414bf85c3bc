import { apiCall } from '../../reference/api-call.js';
import { itemWith } from '../check.js';
import { is, isMissing } from '../plan.js';
import type { Check, Step, Subject } from '../playbook.js';
import { encodedDocument, plainDocument } from '../policy-edit.js';
import { NO_ENTITY } from '../role-steps.js';

/** The policies that a user has by itself. */
export interface OwnPolicies {
  /** ARNs of attached policies. */
  readonly attached: readonly string[];
  /** Inline policies, their documents as IAM's API gave them. */
  readonly inline: readonly { readonly name: string; readonly text: string }[];
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** The steps that make a group with these policies. */
export function groupSteps(subject: Subject, GroupName: string, own: OwnPolicies): Step[] {
  const read = apiCall('iam', 'GetGroup', subject, { GroupName });
  const create: Step = {
    id: 'create-group',
    title: `create group ${GroupName}`,
    call: apiCall('iam', 'CreateGroup', subject, { GroupName }),
    before: [isMissing(read, 'Group', NO_ENTITY)],
    after: [is(read, 'Group.GroupName', GroupName, NO_ENTITY)],
    undo: [apiCall('iam', 'DeleteGroup', subject, { GroupName })],
  };
  return [
    create,
    ...own.attached.map((arn) => attachStep(subject, GroupName, arn)),
    ...own.inline.map((policy) => putStep(subject, GroupName, policy)),
  ];
}

function attachStep(subject: Subject, GroupName: string, PolicyArn: string): Step {
  const read = apiCall('iam', 'ListAttachedGroupPolicies', subject, { GroupName });
  const path = `AttachedPolicies.${itemWith('PolicyArn', PolicyArn)}.PolicyArn`;
  return {
    id: `attach-${PolicyArn}`,
    title: `attach ${nameOf(PolicyArn)} to group ${GroupName}`,
    call: apiCall('iam', 'AttachGroupPolicy', subject, { GroupName, PolicyArn }),
    before: [isMissing(read, path)],
    after: [is(read, path, PolicyArn)],
    undo: [apiCall('iam', 'DetachGroupPolicy', subject, { GroupName, PolicyArn })],
  };
}

function putStep(subject: Subject, GroupName: string, { name: PolicyName, text }: OwnPolicies['inline'][number]): Step {
  const read = apiCall('iam', 'GetGroupPolicy', subject, { GroupName, PolicyName });
  const PolicyDocument = plainDocument(text);
  return {
    id: `put-${PolicyName}`,
    title: `embed ${PolicyName} in group ${GroupName}`,
    call: apiCall('iam', 'PutGroupPolicy', subject, { GroupName, PolicyName, PolicyDocument }),
    before: [isMissing(read, 'PolicyDocument', NO_ENTITY)],
    after: [{ read, path: 'PolicyDocument', expect: { oneOf: documents(text) }, absent: NO_ENTITY }],
    undo: [apiCall('iam', 'DeleteGroupPolicy', subject, { GroupName, PolicyName })],
  };
}

/** The steps that put the user in the group and then, the last first, take its own policies off it. */
export function leaveSteps(subject: Subject, UserName: string, GroupName: string, own: OwnPolicies): Step[] {
  const read = apiCall('iam', 'ListGroupsForUser', subject, { UserName });
  const path = `Groups.${itemWith('GroupName', GroupName)}.GroupName`;
  const has: Check[] = own.attached.map((PolicyArn) => {
    const attached = apiCall('iam', 'ListAttachedGroupPolicies', subject, { GroupName });
    return is(attached, `AttachedPolicies.${itemWith('PolicyArn', PolicyArn)}.PolicyArn`, PolicyArn);
  });
  const join: Step = {
    id: 'join-group',
    title: `put ${UserName} in group ${GroupName}`,
    call: apiCall('iam', 'AddUserToGroup', subject, { GroupName, UserName }),
    before: [isMissing(read, path), ...has],
    after: [is(read, path, GroupName)],
    undo: [apiCall('iam', 'RemoveUserFromGroup', subject, { GroupName, UserName })],
  };
  // Undone, they come back in the order they had.
  const detach = [...own.attached].reverse().map((arn) => detachStep(subject, UserName, arn));
  const remove = [...own.inline].reverse().map((policy) => deleteStep(subject, UserName, policy));
  return [join, ...detach, ...remove];
}

function detachStep(subject: Subject, UserName: string, PolicyArn: string): Step {
  const read = apiCall('iam', 'ListAttachedUserPolicies', subject, { UserName });
  const path = `AttachedPolicies.${itemWith('PolicyArn', PolicyArn)}.PolicyArn`;
  return {
    id: `detach-${PolicyArn}`,
    title: `detach ${nameOf(PolicyArn)} from ${UserName}`,
    call: apiCall('iam', 'DetachUserPolicy', subject, { UserName, PolicyArn }),
    before: [is(read, path, PolicyArn)],
    after: [isMissing(read, path)],
    undo: [apiCall('iam', 'AttachUserPolicy', subject, { UserName, PolicyArn })],
  };
}

function deleteStep(
  subject: Subject,
  UserName: string,
  { name: PolicyName, text }: OwnPolicies['inline'][number],
): Step {
  const read = apiCall('iam', 'GetUserPolicy', subject, { UserName, PolicyName });
  const PolicyDocument = plainDocument(text);
  return {
    id: `delete-${PolicyName}`,
    title: `take the inline policy ${PolicyName} off ${UserName}`,
    call: apiCall('iam', 'DeleteUserPolicy', subject, { UserName, PolicyName }),
    before: [{ read, path: 'PolicyDocument', expect: { oneOf: documents(text) } }],
    after: [isMissing(read, 'PolicyDocument', NO_ENTITY)],
    undo: [apiCall('iam', 'PutUserPolicy', subject, { UserName, PolicyName, PolicyDocument })],
  };
}

/** The document as it was read, and as IAM may give it. */
const documents = (text: string): string[] => [...new Set([text, ...encodedDocument(plainDocument(text))])];

/** What these steps call. */
export const GROUP_MOVE_CALLS = [
  'iam:GetGroup',
  'iam:CreateGroup',
  'iam:DeleteGroup',
  'iam:ListAttachedGroupPolicies',
  'iam:AttachGroupPolicy',
  'iam:DetachGroupPolicy',
  'iam:GetGroupPolicy',
  'iam:PutGroupPolicy',
  'iam:DeleteGroupPolicy',
  'iam:ListGroupsForUser',
  'iam:AddUserToGroup',
  'iam:RemoveUserFromGroup',
  'iam:ListAttachedUserPolicies',
  'iam:AttachUserPolicy',
  'iam:DetachUserPolicy',
  'iam:GetUserPolicy',
  'iam:PutUserPolicy',
  'iam:DeleteUserPolicy',
] as const;
