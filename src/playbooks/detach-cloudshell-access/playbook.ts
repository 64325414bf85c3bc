import type { Estate } from '../../estate/estate.js';
import { apiCall, type ApiCall } from '../../reference/api-call.js';
import { itemWith } from '../check.js';
import { is, isMissing, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Subject } from '../playbook.js';

export const playbook: Playbook = {
  id: 'detach-cloudshell-access',
  title: 'Detach AWSCloudShellFullAccess',
  description:
    'Detaches AWS’s policy AWSCloudShellFullAccess from the role, user or group the finding is about, and nothing else from anything. Files in the home folders of CloudShell stay where they are.',
  controls: ['IAM.27'],
  risk: 'M',
  calls: [
    'iam:ListAttachedRolePolicies',
    'iam:AttachRolePolicy',
    'iam:DetachRolePolicy',
    'iam:ListAttachedGroupPolicies',
    'iam:AttachGroupPolicy',
    'iam:DetachGroupPolicy',
    'iam:ListAttachedUserPolicies',
    'iam:AttachUserPolicy',
    'iam:DetachUserPolicy',
  ],
  plan(subject, estate) {
    const PolicyArn = `arn:${estate.header.partition}:iam::aws:policy/AWSCloudShellFullAccess`;
    const holder = holderOf(subject, estate, PolicyArn);
    if (holder === undefined) return notFound(subject);
    if (holder.attached === undefined) return notRead('what is attached to it');
    if (!holder.attached.some((each) => each.PolicyArn === PolicyArn))
      return refuse('AWSCloudShellFullAccess is not attached any more', 'scan again');
    const path = `AttachedPolicies.${itemWith('PolicyArn', PolicyArn)}.PolicyArn`;
    const step = {
      id: 'detach',
      title: `detach AWSCloudShellFullAccess from ${holder.name}`,
      call: holder.detach,
      before: [is(holder.read, path, PolicyArn)],
      after: [isMissing(holder.read, path)],
      undo: [holder.attach],
    };
    return planOf(playbook, subject, [step], {
      warnings: [
        { code: 'accessLost', text: `${holder.who} can no longer use CloudShell, unless another policy allows it` },
      ],
      outsideModel: ['work that is open in CloudShell at this moment'],
    });
  },
};

/** A role, group or user, what is attached to it, and the calls that read and change that. */
interface Holder {
  readonly name: string;
  readonly who: string;
  readonly attached: readonly { readonly PolicyArn?: string | undefined }[] | undefined;
  readonly read: ApiCall;
  readonly attach: ApiCall;
  readonly detach: ApiCall;
}

function holderOf(subject: Subject, estate: Estate, PolicyArn: string): Holder | undefined {
  const { resourceArn, accountId } = subject;
  const role = estate.get('AWS::IAM::Role', resourceArn, accountId)?.configuration;
  if (role !== undefined) {
    const { RoleName = '', AttachedManagedPolicies: attached } = role;
    return {
      name: `role ${RoleName}`,
      who: `whoever takes on role ${RoleName}`,
      attached,
      read: apiCall('iam', 'ListAttachedRolePolicies', subject, { RoleName }),
      attach: apiCall('iam', 'AttachRolePolicy', subject, { RoleName, PolicyArn }),
      detach: apiCall('iam', 'DetachRolePolicy', subject, { RoleName, PolicyArn }),
    };
  }
  const group = estate.get('AWS::IAM::Group', resourceArn, accountId)?.configuration;
  if (group !== undefined) {
    const { GroupName = '', AttachedManagedPolicies: attached } = group;
    return {
      name: `group ${GroupName}`,
      who: `the users of group ${GroupName}`,
      attached,
      read: apiCall('iam', 'ListAttachedGroupPolicies', subject, { GroupName }),
      attach: apiCall('iam', 'AttachGroupPolicy', subject, { GroupName, PolicyArn }),
      detach: apiCall('iam', 'DetachGroupPolicy', subject, { GroupName, PolicyArn }),
    };
  }
  const user = estate.get('AWS::IAM::User', resourceArn, accountId)?.configuration;
  if (user === undefined) return undefined;
  const { UserName = '', AttachedManagedPolicies: attached } = user;
  return {
    name: `user ${UserName}`,
    who: UserName,
    attached,
    read: apiCall('iam', 'ListAttachedUserPolicies', subject, { UserName }),
    attach: apiCall('iam', 'AttachUserPolicy', subject, { UserName, PolicyArn }),
    detach: apiCall('iam', 'DetachUserPolicy', subject, { UserName, PolicyArn }),
  };
}
