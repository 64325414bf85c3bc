import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/sg-1`;
type Permissions = NonNullable<Parameters<typeof resource<'AWS::EC2::SecurityGroup'>>[2]['IpPermissions']>;
const lists = { IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
const open = { CidrIp: '0.0.0.0/0', Description: 'temporary!' };
const office = { CidrIp: '203.0.113.0/24' };

function group(...IpPermissions: Permissions) {
  return resource('AWS::EC2::SecurityGroup', arn, {
    GroupId: 'sg-1',
    GroupName: 'web',
    Description: 'web',
    VpcId: 'vpc-1',
    OwnerId: ACCOUNT,
    IpPermissions,
    IpPermissionsEgress: [],
    Tags: [],
  });
}

const tcp = (port: number, given: object) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...lists, ...given });

/** The rules that are revoked, and those that stay on the twin. */
async function run(controlId: string, permissions: Permissions, parameters: Record<string, string> = {}) {
  const subject = group(...permissions);
  const result = await rehearsed(playbook, subjectOf(controlId, subject), parameters, estateOf(subject));
  if ('refused' in result) return result;
  const after = result.rehearsal.after.get('AWS::EC2::SecurityGroup', arn)?.configuration.IpPermissions;
  return {
    calls: result.plan.steps.map(({ call }) => call.input['IpPermissions']),
    after,
    summary: result.rehearsal.summary,
    plan: result.plan,
  };
}

describe('what is revoked', () => {
  const cases: readonly { name: string; control: string; rules: Permissions; revoked: unknown; kept: unknown }[] = [
    {
      name: 'a bad rule beside a good one: the good one stays',
      control: 'EC2.13',
      rules: [tcp(443, { IpRanges: [open] }), tcp(22, { IpRanges: [open] })],
      revoked: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [open] }],
      kept: [tcp(443, { IpRanges: [open] })],
    },
    {
      name: 'a bad range in the same permission as a good one: the good range stays',
      control: 'EC2.13',
      rules: [tcp(22, { IpRanges: [open, office] })],
      revoked: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [open] }],
      kept: [tcp(22, { IpRanges: [office] })],
    },
    {
      name: 'only IPv6 for EC2.54: the IPv4 range is another finding',
      control: 'EC2.54',
      rules: [tcp(3389, { IpRanges: [open], Ipv6Ranges: [{ CidrIpv6: '::/0' }] })],
      revoked: [{ IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
      kept: [tcp(3389, { IpRanges: [open] })],
    },
    {
      name: 'a valid rule for all traffic stays when a bad one goes (the other product’s issue 246)',
      control: 'EC2.13',
      rules: [{ IpProtocol: '-1', ...lists, IpRanges: [office] }, tcp(22, { IpRanges: [open] })],
      revoked: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [open] }],
      kept: [{ IpProtocol: '-1', ...lists, IpRanges: [office] }],
    },
  ];
  it.each(cases)('$name', async ({ control, rules, revoked, kept }) => {
    const result = await run(control, rules);
    expect(result).toMatchObject({
      calls: [revoked],
      after: kept,
      summary: { closes: true, undo: { status: 'restores' } },
    });
  });
});

it('warns of every other port that a wide rule serves', async () => {
  const result = await run('EC2.13', [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, ...lists, IpRanges: [open] }]);
  expect((result as { plan: Plan }).plan.warnings).toContainEqual({
    code: 'otherPorts',
    text: 'the rule from 0.0.0.0/0 serves tcp ports 0 to 65535: all of them close to 0.0.0.0/0',
  });
});

it('with a replacement, opens the narrower range before it closes the wide one', async () => {
  const result = await run('EC2.13', [tcp(22, { IpRanges: [open] })], { 'replacement-cidr': '198.51.100.0/24' });
  expect(result).toMatchObject({
    after: [{ FromPort: 22, IpRanges: [{ CidrIp: '198.51.100.0/24' }] }],
    summary: { closes: true, undo: { status: 'restores' } },
  });
  expect((result as { plan: Plan }).plan.steps.map(({ id }) => id)).toEqual(['authorize', 'revoke']);
});

it.each(['0.0.0.0/0', 'everywhere', '10.0.0.0'])('refuses the replacement `%s`', async (cidr) => {
  expect(await run('EC2.13', [tcp(22, { IpRanges: [open] })], { 'replacement-cidr': cidr })).toHaveProperty('refused');
});

it('refuses a rule it cannot understand', async () => {
  const absurd = { IpProtocol: 'tcp', FromPort: 99, ToPort: 1, ...lists, IpRanges: [open] };
  expect(await run('EC2.13', [absurd])).toHaveProperty('refused');
});
