import type { Context } from '../../context.js';
import { createVpc } from './create-vpc.js';

/** The default VPC that AWS makes in every region: 172.31.0.0/16, a subnet a zone, a way out. Answers its id. */
export function createDefaultNetwork(context: Context): string {
  const { VpcId, routeTableId, networkAclId } = createVpc(context, '172.31.0.0/16', { isDefault: true, tags: [] });
  const gateway = context.id('igw-');
  context.table('AWS::EC2::InternetGateway').put(context.arn(`internet-gateway/${gateway}`), {
    InternetGatewayId: gateway,
    OwnerId: context.accountId,
    Attachments: [{ VpcId, State: 'available' as 'attached' }],
    Tags: [],
  });
  context.table('AWS::EC2::RouteTable').edit(context.arn(`route-table/${routeTableId}`), (table) => {
    table.Routes?.push({
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: gateway,
      Origin: 'CreateRoute',
      State: 'active',
    });
  });
  for (const [index, letter] of ['a', 'b', 'c'].entries()) {
    const SubnetId = context.id('subnet-');
    context.table('AWS::EC2::Subnet').put(context.arn(`subnet/${SubnetId}`), {
      SubnetId,
      SubnetArn: context.arn(`subnet/${SubnetId}`),
      VpcId,
      CidrBlock: `172.31.${index * 16}.0/20`,
      AvailabilityZone: `${context.region}${letter}`,
      AvailableIpAddressCount: 4091,
      DefaultForAz: true,
      MapPublicIpOnLaunch: true,
      OwnerId: context.accountId,
      State: 'available',
      Tags: [],
    });
    context.table('AWS::EC2::NetworkAcl').edit(context.arn(`network-acl/${networkAclId}`), (acl) => {
      acl.Associations?.push({
        NetworkAclAssociationId: context.id('aclassoc-'),
        NetworkAclId: networkAclId,
        SubnetId,
      });
    });
  }
  return VpcId;
}
