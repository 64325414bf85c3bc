import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/sg-1`;
const lists = { IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
const all = { IpProtocol: '-1', ...lists, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

function group(ingress: object[], egress: object[], GroupName = 'default') {
  return resource('AWS::EC2::SecurityGroup', arn, {
    GroupId: 'sg-1',
    GroupName,
    Description: 'default VPC security group',
    VpcId: 'vpc-1',
    OwnerId: ACCOUNT,
    IpPermissions: ingress,
    IpPermissionsEgress: egress,
    Tags: [],
  });
}

describe('which sides are closed', () => {
  const cases: readonly { name: string; ingress: object[]; egress: object[]; calls: readonly string[] }[] = [
    { name: 'both', ingress: [all], egress: [all], calls: ['RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress'] },
    { name: 'an empty ingress is skipped', ingress: [], egress: [all], calls: ['RevokeSecurityGroupEgress'] },
    { name: 'an empty egress is skipped', ingress: [all], egress: [], calls: ['RevokeSecurityGroupIngress'] },
  ];
  it.each(cases)('$name', async ({ ingress, egress, calls }) => {
    const subject = group(ingress, egress);
    const result = await rehearsed(playbook, subjectOf('EC2.2', subject), {}, estateOf(subject));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => call.operation)).toEqual(calls);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });
});

it.each([
  { name: 'a group without rules', subject: group([], []) },
  { name: 'a group that is not the default one', subject: group([all], [], 'web') },
])('refuses $name', async ({ subject }) => {
  expect(await rehearsed(playbook, subjectOf('EC2.2', subject), {}, estateOf(subject))).toHaveProperty('refused');
});
