import { GLOBAL, type Estate } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { itemWith } from '../check.js';
import { is, isMissing, notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Step, Subject } from '../playbook.js';
import { NO_ENTITY } from '../role-steps.js';

const PRINCIPAL = /^arn:[a-z-]+:iam::(\d{12}):(?:root|user\/\S+|role\/\S+)$/;
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

export const playbook: Playbook = {
  id: 'create-support-role',
  title: 'Make a role for AWS Support',
  description:
    'Makes a role with AWS’s policy AWSSupportAccess and nothing else. It can be taken on by those of the account that are allowed to, or by one identity that you name. Never gives anybody a policy, and never changes a role that exists.',
  controls: ['IAM.18'],
  risk: 'M',
  calls: [
    'iam:GetRole',
    'iam:CreateRole',
    'iam:DeleteRole',
    'iam:ListAttachedRolePolicies',
    'iam:AttachRolePolicy',
    'iam:DetachRolePolicy',
  ],
  parameters: [
    { name: 'role', description: 'the name of the role', default: 'hikeshi-support' },
    {
      name: 'trusted',
      description:
        'the ARN of who may take it on: a user or role, or an account’s root for all that are allowed to there; the account’s own when not given',
    },
  ],
  plan(subject, estate, parameters) {
    const { accountId } = subject;
    const account = estate.get('AWS::::Account', subject.resourceArn, accountId);
    if (account === undefined) return notFound(subject);
    const { partition } = estate.header;
    const RoleName = parameters['role'] ?? 'hikeshi-support';
    if (!ROLE_NAME.test(RoleName)) return refuse(`\`${RoleName}\` is not a name of a role`, 'give another one: role=…');
    const trusted = parameters['trusted'] ?? `arn:${partition}:iam::${accountId}:root`;
    const home = PRINCIPAL.exec(trusted)?.[1];
    if (home === undefined) {
      return refuse(
        `\`${trusted}\` is not the ARN of a user, a role or an account’s root`,
        'give another one: trusted=…',
      );
    }
    if (!estate.header.accounts.some((known) => known.accountId === home)) {
      return refuse(`account ${home} is not one of those that were read`, 'trust only identities of your own accounts');
    }
    if (hasRole(estate, accountId, RoleName)) {
      return refuse(
        `there is a role ${RoleName} already, without AWSSupportAccess`,
        'attach the policy to it if it is meant for that, or give another name: role=…',
      );
    }
    return planOf(playbook, subject, roleSteps(subject, RoleName, trusted, partition), {
      warnings: [
        {
          code: 'accessGained',
          text: `whoever may call sts:AssumeRole on ${RoleName} (${trusted}) can open and read support cases`,
        },
      ],
      outsideModel: ['whether the people who handle incidents are allowed to take the role on'],
    });
  },
};

/** Role names are unique in an account, whatever their case and path. */
function hasRole(estate: Estate, accountId: string, name: string): boolean {
  for (const { configuration } of estate.list('AWS::IAM::Role', { accountId })) {
    if (configuration.RoleName?.toLowerCase() === name.toLowerCase()) return true;
  }
  return false;
}

function roleSteps({ accountId }: Subject, RoleName: string, trusted: string, partition: string): Step[] {
  const target = { accountId, region: GLOBAL };
  const PolicyArn = `arn:${partition}:iam::aws:policy/AWSSupportAccess`;
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: trusted }, Action: 'sts:AssumeRole' }],
  };
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  const readRole = apiCall('iam', 'GetRole', target, { RoleName });
  const readPolicies = apiCall('iam', 'ListAttachedRolePolicies', target, { RoleName });
  const path = `AttachedPolicies.${itemWith('PolicyArn', PolicyArn)}.PolicyArn`;
  return [
    {
      id: 'create-role',
      title: `create role ${RoleName} for ${trusted}`,
      call: apiCall('iam', 'CreateRole', target, { RoleName, AssumeRolePolicyDocument }),
      before: [isMissing(readRole, 'Role', NO_ENTITY)],
      after: [is(readRole, 'Role.RoleName', RoleName, NO_ENTITY)],
      undo: [apiCall('iam', 'DeleteRole', target, { RoleName })],
    },
    {
      id: 'attach-policy',
      title: `attach AWSSupportAccess to role ${RoleName}`,
      call: apiCall('iam', 'AttachRolePolicy', target, { RoleName, PolicyArn }),
      before: [isMissing(readPolicies, path)],
      after: [is(readPolicies, path, PolicyArn)],
      undo: [apiCall('iam', 'DetachRolePolicy', target, { RoleName, PolicyArn })],
    },
  ];
}
