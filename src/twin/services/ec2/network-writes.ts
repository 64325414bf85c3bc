import type { TypeName } from '../../../estate/resource-types.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { createVpc } from './create-vpc.js';
import { createDefaultNetwork } from './default-network.js';
import { dryRun } from './dry-run.js';
import { givenTags } from './tags.js';

/** Finds a thing of the network by id, asks the authorizer, or throws EC2's NotFound. */
function part<Type extends TypeName>(context: Context, type: Type, kind: string, id: string | undefined, code: string) {
  const arn = context.arn(`${kind}/${id ?? ''}`);
  context.authorize(arn);
  const found = context.table(type).get(arn);
  if (found === undefined) throw new AwsError(code, `The ${kind} ID '${id}' does not exist`);
  return found;
}

const vpc = (context: Context, id: string | undefined) =>
  part(context, 'AWS::EC2::VPC', 'vpc', id, 'InvalidVpcID.NotFound');
const routeTable = (context: Context, id: string | undefined) =>
  part(context, 'AWS::EC2::RouteTable', 'route-table', id, 'InvalidRouteTableID.NotFound');
const networkAcl = (context: Context, id: string | undefined) =>
  part(context, 'AWS::EC2::NetworkAcl', 'network-acl', id, 'InvalidNetworkAclID.NotFound');

export const networkWrites = handlers('ec2', {
  CreateVpc(input, context) {
    context.authorize(context.arn('vpc/*'));
    dryRun(input);
    if (input.CidrBlock === undefined)
      throw new AwsError('MissingParameter', 'The request must contain the parameter cidrBlock');
    const tags = givenTags(input.TagSpecifications, 'vpc');
    const { VpcId } = createVpc(context, input.CidrBlock, { isDefault: false, tags });
    const made = context.table('AWS::EC2::VPC').get(context.arn(`vpc/${VpcId}`));
    return made === undefined ? {} : { Vpc: made.configuration };
  },
  CreateDefaultVpc(input, context) {
    context.authorize();
    dryRun(input);
    const had = context.table('AWS::EC2::VPC').find(({ IsDefault }) => IsDefault === true);
    if (had !== undefined) {
      throw new AwsError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.');
    }
    const made = context.table('AWS::EC2::VPC').get(context.arn(`vpc/${createDefaultNetwork(context)}`));
    return made === undefined ? {} : { Vpc: made.configuration };
  },
  DeleteVpc(input, context) {
    const found = vpc(context, input.VpcId);
    dryRun(input);
    const inside = context.table('AWS::EC2::Subnet').find(({ VpcId }) => VpcId === input.VpcId);
    if (inside !== undefined) {
      throw new AwsError('DependencyViolation', `The vpc '${input.VpcId}' has dependencies and cannot be deleted.`);
    }
    for (const type of ['AWS::EC2::SecurityGroup', 'AWS::EC2::RouteTable', 'AWS::EC2::NetworkAcl'] as const) {
      const table = context.table(type);
      for (const each of table.all()) if (each.configuration.VpcId === input.VpcId) table.remove(each.arn);
    }
    context.table('AWS::EC2::VPC').remove(found.arn);
  },
  CreateSubnet(input, context) {
    vpc(context, input.VpcId);
    dryRun(input);
    const SubnetId = context.id('subnet-');
    const arn = context.arn(`subnet/${SubnetId}`);
    const { configuration } = context.table('AWS::EC2::Subnet').put(arn, {
      SubnetId,
      SubnetArn: arn,
      VpcId: input.VpcId,
      CidrBlock: input.CidrBlock,
      AvailabilityZone: input.AvailabilityZone ?? `${context.region}a`,
      AvailableIpAddressCount: 251,
      DefaultForAz: false,
      MapPublicIpOnLaunch: false,
      OwnerId: context.accountId,
      State: 'available',
      Tags: givenTags(input.TagSpecifications, 'subnet'),
    });
    return { Subnet: configuration };
  },
  ModifySubnetAttribute(input, context) {
    const found = part(context, 'AWS::EC2::Subnet', 'subnet', input.SubnetId, 'InvalidSubnetID.NotFound');
    const { MapPublicIpOnLaunch } = input;
    if (MapPublicIpOnLaunch?.Value === undefined) {
      throw new AwsError('UnsupportedOperation', 'The twin models ModifySubnetAttribute for MapPublicIpOnLaunch only.');
    }
    context.table('AWS::EC2::Subnet').edit(found.arn, (subnet) => {
      subnet.MapPublicIpOnLaunch = MapPublicIpOnLaunch.Value;
    });
  },
  CreateInternetGateway(input, context) {
    context.authorize(context.arn('internet-gateway/*'));
    dryRun(input);
    const InternetGatewayId = context.id('igw-');
    const arn = context.arn(`internet-gateway/${InternetGatewayId}`);
    const Tags = givenTags(input.TagSpecifications, 'internet-gateway');
    const made = { InternetGatewayId, OwnerId: context.accountId, Attachments: [], Tags };
    return { InternetGateway: context.table('AWS::EC2::InternetGateway').put(arn, made).configuration };
  },
  AttachInternetGateway(input, context) {
    vpc(context, input.VpcId);
    const code = 'InvalidInternetGatewayID.NotFound';
    const found = part(context, 'AWS::EC2::InternetGateway', 'internet-gateway', input.InternetGatewayId, code);
    context.table('AWS::EC2::InternetGateway').edit(found.arn, (gateway) => {
      gateway.Attachments = [{ VpcId: input.VpcId, State: 'available' as 'attached' }];
    });
  },
  CreateRoute(input, context) {
    const found = routeTable(context, input.RouteTableId);
    dryRun(input);
    const { RouteTableId: _, DryRun: _dry, ...route } = input;
    const same = (found.configuration.Routes ?? []).some(
      (each) => each.DestinationCidrBlock === route.DestinationCidrBlock,
    );
    if (same) {
      throw new AwsError('RouteAlreadyExists', `The route identified by ${route.DestinationCidrBlock} already exists.`);
    }
    context.table('AWS::EC2::RouteTable').edit(found.arn, (table) => {
      table.Routes = [...(table.Routes ?? []), { ...route, Origin: 'CreateRoute', State: 'active' }];
    });
    return { Return: true };
  },
  DeleteRoute(input, context) {
    const found = routeTable(context, input.RouteTableId);
    const { DestinationCidrBlock } = input;
    const kept = (found.configuration.Routes ?? []).filter(
      (each) => each.DestinationCidrBlock !== DestinationCidrBlock,
    );
    if (kept.length === (found.configuration.Routes ?? []).length) {
      const message = `no route with destination-cidr-block ${DestinationCidrBlock} in route table ${input.RouteTableId}`;
      throw new AwsError('InvalidRoute.NotFound', message);
    }
    context.table('AWS::EC2::RouteTable').edit(found.arn, (table) => {
      table.Routes = kept;
    });
  },
  CreateNetworkAclEntry(input, context) {
    const found = networkAcl(context, input.NetworkAclId);
    const { NetworkAclId: _, DryRun: _dry, ...entry } = input;
    const same = (each: { RuleNumber?: number | undefined; Egress?: boolean | undefined }) =>
      each.RuleNumber === entry.RuleNumber && each.Egress === entry.Egress;
    if ((found.configuration.Entries ?? []).some(same)) {
      throw new AwsError(
        'NetworkAclEntryAlreadyExists',
        `The network acl entry identified by ${entry.RuleNumber} already exists.`,
      );
    }
    context.table('AWS::EC2::NetworkAcl').edit(found.arn, (acl) => {
      acl.Entries = [...(acl.Entries ?? []), entry];
    });
  },
  DeleteNetworkAclEntry(input, context) {
    const found = networkAcl(context, input.NetworkAclId);
    const kept = (found.configuration.Entries ?? []).filter(
      (each) => each.RuleNumber !== input.RuleNumber || each.Egress !== input.Egress,
    );
    if (kept.length === (found.configuration.Entries ?? []).length) {
      const message = `The network acl entry identified by ${input.RuleNumber} does not exist in network acl ${input.NetworkAclId}`;
      throw new AwsError('InvalidNetworkAclEntry.NotFound', message);
    }
    context.table('AWS::EC2::NetworkAcl').edit(found.arn, (acl) => {
      acl.Entries = kept;
    });
  },
});
