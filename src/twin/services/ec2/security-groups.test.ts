import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import { twinFor, type TestTwin } from '../../testing.fixture.js';

const VPC = 'vpc-0123456789abcdef0';
let test: TestTwin;
let ec2: EC2Client;
let GroupId: string;

beforeEach(async () => {
  const arn = `arn:aws:ec2:eu-west-1:111122223333:vpc/${VPC}`;
  const vpc = {
    arn,
    type: 'AWS::EC2::VPC',
    accountId: '111122223333',
    region: 'eu-west-1',
    configuration: { VpcId: VPC },
  } as const;
  test = twinFor({ resources: [vpc] });
  ec2 = await test.client('ec2');
  const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: VPC }));
  GroupId = made.GroupId ?? '';
});

const tcp = (port: number, ...cidrs: string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
});
const allow = (...IpPermissions: IpPermission[]) =>
  ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
const revoke = (...IpPermissions: IpPermission[]) =>
  ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
const rules = async () => {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  return SecurityGroups?.[0]?.IpPermissions?.map(({ FromPort, IpRanges }) => [
    FromPort,
    IpRanges?.map(({ CidrIp }) => CidrIp),
  ]);
};

describe('rules of a security group', () => {
  it('rules of the same protocol and ports share one permission', async () => {
    await allow(tcp(22, '10.0.0.0/8'));
    await allow(tcp(22, '192.0.2.0/24'), tcp(443, '0.0.0.0/0'));
    expect(await rules()).toEqual([
      [22, ['10.0.0.0/8', '192.0.2.0/24']],
      [443, ['0.0.0.0/0']],
    ]);
  });

  it('revoking one range leaves the other ranges of its permission', async () => {
    await allow(tcp(22, '0.0.0.0/0', '192.0.2.0/24'));
    await revoke(tcp(22, '0.0.0.0/0'));
    expect(await rules()).toEqual([[22, ['192.0.2.0/24']]]);
  });

  it('a rule can be revoked by its id', async () => {
    await allow(tcp(22, '0.0.0.0/0', '192.0.2.0/24'));
    const filter = { Filters: [{ Name: 'group-id', Values: [GroupId] }] };
    const { SecurityGroupRules } = await ec2.send(new DescribeSecurityGroupRulesCommand(filter));
    const open = SecurityGroupRules?.find(({ CidrIpv4, IsEgress }) => CidrIpv4 === '0.0.0.0/0' && IsEgress === false);
    const SecurityGroupRuleIds = [open?.SecurityGroupRuleId ?? ''];
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
    expect(await rules()).toEqual([[22, ['192.0.2.0/24']]]);
  });

  it('asks the authorizer for the very group', async () => {
    await allow(tcp(22, '10.0.0.0/8'));
    expect(test.calls.at(-1)?.asked).toEqual([
      {
        action: 'ec2:AuthorizeSecurityGroupIngress',
        resource: `arn:aws:ec2:eu-west-1:111122223333:security-group/${GroupId}`,
        allowed: true,
      },
    ]);
  });

  it('a new group lets everything out', async () => {
    const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    const again = ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everything] }));
    await expect(again).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
  });
});

describe('what EC2 refuses', () => {
  const cases: readonly { name: string; call: () => Promise<unknown>; code: string; says: RegExp }[] = [
    {
      name: 'a rule that is there',
      call: async () => (await allow(tcp(22, '10.0.0.0/8')), allow(tcp(22, '10.0.0.0/8'))),
      code: 'InvalidPermission.Duplicate',
      says: /already exists/,
    },
    {
      name: 'revoking a rule that is not there',
      call: () => revoke(tcp(22, '10.0.0.0/8')),
      code: 'InvalidPermission.NotFound',
      says: /does not exist in this security group/,
    },
    {
      name: 'an address range that is none',
      call: () => allow(tcp(22, '10.0.0.300/8')),
      code: 'InvalidParameterValue',
      says: /CIDR block 10\.0\.0\.300\/8 is malformed/,
    },
    {
      name: 'ports the wrong way round',
      call: () => allow({ ...tcp(22, '10.0.0.0/8'), ToPort: 21 }),
      code: 'InvalidParameterValue',
      says: /portRange/,
    },
    {
      name: 'a group that does not exist',
      call: () => ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-0fffffffffffffff0'] })),
      code: 'InvalidGroup.NotFound',
      says: /The security group 'sg-0fffffffffffffff0' does not exist/,
    },
    {
      name: 'a second group of the name',
      call: () => ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'x', VpcId: VPC })),
      code: 'InvalidGroup.Duplicate',
      says: /already exists for VPC/,
    },
    {
      name: 'an unknown filter',
      call: () => ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] })),
      code: 'InvalidParameterValue',
      says: /The filter 'colour' is invalid/,
    },
    {
      name: 'a dry run, by saying yes',
      call: () => ec2.send(new DeleteSecurityGroupCommand({ GroupId, DryRun: true })),
      code: 'DryRunOperation',
      says: /would have succeeded/,
    },
  ];
  it.each(cases)('$name', async ({ call, code, says }) => {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: code, message: expect.stringMatching(says) as string });
  });
});
