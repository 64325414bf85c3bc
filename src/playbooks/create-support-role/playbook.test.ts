import { describe, expect, it } from 'vitest';
import { GLOBAL } from '../../estate/estate.js';
import { attached, iamRole, iamUser } from '../iam-identities.fixture.js';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `AWS::::Account:${ACCOUNT}`;
const account = resource('AWS::::Account', arn, { AccountId: ACCOUNT, Name: 'test' }, GLOBAL);
const run = (parameters: Record<string, string> = {}, ...others: ReturnType<typeof iamRole>[]) =>
  rehearsed(playbook, subjectOf('IAM.18', account), parameters, estateOf(account, iamUser(), ...others));

describe('an account in which nobody has AWS Support', () => {
  it.each([
    { name: 'for all that are allowed to', parameters: {}, trusted: `arn:aws:iam::${ACCOUNT}:root` },
    {
      name: 'for one user',
      parameters: { trusted: `arn:aws:iam::${ACCOUNT}:user/taro`, role: 'support' },
      trusted: `arn:aws:iam::${ACCOUNT}:user/taro`,
    },
  ])('gets a role $name', async ({ parameters, trusted }) => {
    const result = await run(parameters, iamRole());
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => call.operation)).toEqual(['CreateRole', 'AttachRolePolicy']);
    const trust = JSON.parse(plan.steps[0]?.call.input['AssumeRolePolicyDocument'] as string) as object;
    expect(trust).toMatchObject({ Statement: [{ Principal: { AWS: trusted }, Action: 'sts:AssumeRole' }] });
    expect(rehearsal.summary).toMatchObject({ closes: true, opens: [], undo: { status: 'restores' } });
  });

  it.each([
    { name: 'the name is taken', parameters: { role: 'Worker' }, says: 'already' },
    { name: 'the name is none', parameters: { role: 'a b' }, says: '`a b`' },
    { name: 'the trusted is no identity', parameters: { trusted: '*' }, says: '`*`' },
    {
      name: 'the trusted is of an account outside',
      parameters: { trusted: 'arn:aws:iam::999988887777:root' },
      says: '999988887777',
    },
  ])('is refused when $name', async ({ parameters, says }) => {
    const result = await run(parameters, iamRole({ AttachedManagedPolicies: attached('ReadOnlyAccess') }));
    expect(result).toMatchObject({ refused: expect.stringContaining(says) as string });
  });
});
