import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:vpc/vpc-1`;
const vpc = resource('AWS::EC2::VPC', arn, { VpcId: 'vpc-1', OwnerId: ACCOUNT });
const group = resource('AWS::Logs::LogGroup', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:hikeshi/flow-logs/vpc-1`, {
  logGroupName: 'hikeshi/flow-logs/vpc-1',
});

describe('flow logs of a VPC', () => {
  it('need a group and a role, which are made first and taken away again by the undo', async () => {
    const result = await rehearsed(playbook, subjectOf('EC2.6', vpc), {}, estateOf(vpc));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'create-log-group',
      'create-role',
      'put-role-policy',
      'create-flow-log',
    ]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('what is there already is used, and not taken away by the undo', async () => {
    const result = await rehearsed(playbook, subjectOf('EC2.6', vpc), {}, estateOf(vpc, group));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ id }) => id)).not.toContain('create-log-group');
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('no name holds anything but what it is for', async () => {
    const result = await rehearsed(playbook, subjectOf('EC2.6', vpc), {}, estateOf(vpc));
    const names = (result as { plan: Plan }).plan.steps.map(
      ({ call }) => call.input['logGroupName'] ?? call.input['RoleName'] ?? call.input['LogGroupName'],
    );
    expect(new Set(names)).toEqual(new Set(['hikeshi/flow-logs/vpc-1', 'hikeshi-flow-logs']));
  });

  it('refuses a kind of traffic that does not exist', async () => {
    expect(await rehearsed(playbook, subjectOf('EC2.6', vpc), { traffic: 'SOME' }, estateOf(vpc))).toHaveProperty(
      'refused',
    );
  });
});
