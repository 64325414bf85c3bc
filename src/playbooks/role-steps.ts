import type { Estate } from '../estate/estate.js';
import { GLOBAL } from '../estate/estate.js';
import { apiCall } from '../reference/api-call.js';
import { is, isMissing } from './plan.js';
import type { Step, Subject } from './playbook.js';

/** IAM's codes for "there is none", old and new. */
export const NO_ENTITY = ['NoSuchEntity', 'NoSuchEntityException'];

/** A service role with one inline policy, as a playbook needs it. */
export interface ServiceRole {
  readonly name: string;
  /** The service that assumes it: `vpc-flow-logs.amazonaws.com`. */
  readonly service: string;
  readonly actions: readonly string[];
  readonly resource: string;
}

/** The role's ARN, and the steps that make it: none when it is there already. */
export function roleSteps(
  estate: Estate,
  subject: Subject,
  role: ServiceRole,
): { readonly arn: string; readonly steps: readonly Step[] } {
  const arn = `arn:${estate.header.partition}:iam::${subject.accountId}:role/${role.name}`;
  if (estate.get('AWS::IAM::Role', arn, subject.accountId) !== undefined) return { arn, steps: [] };
  const target = { accountId: subject.accountId, region: GLOBAL };
  const RoleName = role.name;
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: role.service },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': subject.accountId } },
      },
    ],
  };
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: role.actions, Resource: role.resource }],
  };
  const readRole = apiCall('iam', 'GetRole', target, { RoleName });
  const readPolicy = apiCall('iam', 'GetRolePolicy', target, { RoleName, PolicyName: 'hikeshi' });
  const create: Step = {
    id: 'create-role',
    title: `create role ${RoleName} for ${role.service}`,
    call: apiCall('iam', 'CreateRole', target, { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    before: [isMissing(readRole, 'Role', NO_ENTITY)],
    after: [is(readRole, 'Role.RoleName', RoleName, NO_ENTITY)],
    undo: [apiCall('iam', 'DeleteRole', target, { RoleName })],
  };
  const allow: Step = {
    id: 'put-role-policy',
    title: `let role ${RoleName} do ${role.actions.join(', ')}`,
    call: apiCall('iam', 'PutRolePolicy', target, {
      RoleName,
      PolicyName: 'hikeshi',
      PolicyDocument: JSON.stringify(document),
    }),
    before: [isMissing(readPolicy, 'PolicyDocument', NO_ENTITY)],
    after: [is(readPolicy, 'PolicyName', 'hikeshi', NO_ENTITY)],
    undo: [apiCall('iam', 'DeleteRolePolicy', target, { RoleName, PolicyName: 'hikeshi' })],
  };
  return { arn, steps: [create, allow] };
}

/** What `roleSteps` calls. */
export const ROLE_CALLS = [
  'iam:GetRole',
  'iam:CreateRole',
  'iam:DeleteRole',
  'iam:GetRolePolicy',
  'iam:PutRolePolicy',
  'iam:DeleteRolePolicy',
] as const;
