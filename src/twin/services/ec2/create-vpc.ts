import type { Tag } from '@aws-sdk/client-ec2';
import type { Stored } from '../../../base/json.js';
import type { Context } from '../../context.js';
import { newGroup } from './security-groups.js';

/** A VPC with what AWS makes along with it: a main route table, a default ACL and a default group. */
export function createVpc(
  context: Context,
  CidrBlock: string,
  options: { readonly isDefault: boolean; readonly tags: Stored<Tag>[] },
): { VpcId: string; routeTableId: string; networkAclId: string } {
  const VpcId = context.id('vpc-');
  const routeTableId = context.id('rtb-');
  const networkAclId = context.id('acl-');
  const OwnerId = context.accountId;
  context.table('AWS::EC2::VPC').put(context.arn(`vpc/${VpcId}`), {
    VpcId,
    CidrBlock,
    CidrBlockAssociationSet: [
      { AssociationId: context.id('vpc-cidr-assoc-'), CidrBlock, CidrBlockState: { State: 'associated' } },
    ],
    DhcpOptionsId: 'default',
    InstanceTenancy: 'default',
    IsDefault: options.isDefault,
    OwnerId,
    State: 'available',
    Tags: options.tags,
  });
  context.table('AWS::EC2::RouteTable').put(context.arn(`route-table/${routeTableId}`), {
    RouteTableId: routeTableId,
    VpcId,
    OwnerId,
    Associations: [
      {
        Main: true,
        RouteTableAssociationId: context.id('rtbassoc-'),
        RouteTableId: routeTableId,
        AssociationState: { State: 'associated' },
      },
    ],
    Routes: [{ DestinationCidrBlock: CidrBlock, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' }],
    PropagatingVgws: [],
    Tags: [],
  });
  context.table('AWS::EC2::NetworkAcl').put(context.arn(`network-acl/${networkAclId}`), {
    NetworkAclId: networkAclId,
    VpcId,
    OwnerId,
    IsDefault: true,
    Associations: [],
    Entries: [true, false].flatMap((Egress) => [
      { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'allow' as const, RuleNumber: 100 },
      { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'deny' as const, RuleNumber: 32767 },
    ]),
    Tags: [],
  });
  createDefaultGroup(context, VpcId);
  return { VpcId, routeTableId, networkAclId };
}

/** The default group of a VPC lets its own members in. */
function createDefaultGroup(context: Context, VpcId: string): void {
  const GroupId = context.id('sg-');
  const group = newGroup(context, GroupId, 'default', 'default VPC security group', VpcId, []);
  context.table('AWS::EC2::SecurityGroup').put(context.arn(`security-group/${GroupId}`), {
    ...group,
    IpPermissions: [
      {
        IpProtocol: '-1',
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [{ GroupId, UserId: context.accountId }],
      },
    ],
  });
}
