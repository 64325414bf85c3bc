import { describe, expect, it } from 'vitest';
import type { Resource } from '../../estate/estate.js';
import { attached, iamGroup, iamRole, iamUser } from '../iam-identities.fixture.js';
import type { Plan } from '../playbook.js';
import { estateOf, rehearsed, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const run = (identity: Resource) => rehearsed(playbook, subjectOf('IAM.27', identity), {}, estateOf(identity));
const AttachedManagedPolicies = attached('AmazonS3FullAccess', 'AWSCloudShellFullAccess', 'AmazonSQSFullAccess');

describe('AWSCloudShellFullAccess', () => {
  it.each([
    { of: 'a role', identity: iamRole({ AttachedManagedPolicies }), operation: 'DetachRolePolicy' },
    { of: 'a group', identity: iamGroup({ AttachedManagedPolicies }), operation: 'DetachGroupPolicy' },
    { of: 'a user', identity: iamUser({ AttachedManagedPolicies }), operation: 'DetachUserPolicy' },
  ])('is detached from $of, and nothing else is', async ({ identity, operation }) => {
    const result = await run(identity);
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => call.operation)).toEqual([operation]);
    expect(plan.steps[0]?.call.input['PolicyArn']).toBe('arn:aws:iam::aws:policy/AWSCloudShellFullAccess');
    expect(rehearsal.summary).toMatchObject({ closes: true, opens: [], undo: { status: 'restores' } });
  });

  it.each([{ name: 'is not attached any more', identity: iamRole({ AttachedManagedPolicies: [] }), says: 'any more' }])(
    'there is no plan when it $name',
    async ({ identity, says }) => {
      expect(await run(identity)).toMatchObject({ refused: expect.stringContaining(says) as string });
    },
  );
});
