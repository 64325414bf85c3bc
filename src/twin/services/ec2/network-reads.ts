import type { Stored } from '../../../base/json.js';
import type { InternetGateway, NetworkAcl, RouteTable } from '@aws-sdk/client-ec2';
import { handlers } from '../../implement.js';
import { describe, type DescribeTable } from './describe.js';

const vpcs: DescribeTable<'AWS::EC2::VPC'> = {
  type: 'AWS::EC2::VPC',
  id: ({ VpcId }) => VpcId,
  notFound: ['InvalidVpcID.NotFound', 'vpc ID'],
  filters: {
    'vpc-id': ({ VpcId }) => [VpcId],
    cidr: ({ CidrBlock }) => [CidrBlock],
    'cidr-block': ({ CidrBlock }) => [CidrBlock],
    'is-default': ({ IsDefault }) => [IsDefault],
    isDefault: ({ IsDefault }) => [IsDefault],
    state: ({ State }) => [State],
    'owner-id': ({ OwnerId }) => [OwnerId],
  },
};

const subnets: DescribeTable<'AWS::EC2::Subnet'> = {
  type: 'AWS::EC2::Subnet',
  id: ({ SubnetId }) => SubnetId,
  notFound: ['InvalidSubnetID.NotFound', 'subnet ID'],
  filters: {
    'subnet-id': ({ SubnetId }) => [SubnetId],
    'vpc-id': ({ VpcId }) => [VpcId],
    'availability-zone': ({ AvailabilityZone }) => [AvailabilityZone],
    'cidr-block': ({ CidrBlock }) => [CidrBlock],
    'default-for-az': ({ DefaultForAz }) => [DefaultForAz],
    'map-public-ip-on-launch': ({ MapPublicIpOnLaunch }) => [MapPublicIpOnLaunch],
    'owner-id': ({ OwnerId }) => [OwnerId],
    state: ({ State }) => [State],
  },
};

const associated = (acl: Stored<NetworkAcl>) => (acl.Associations ?? []).map(({ SubnetId }) => SubnetId);

const networkAcls: DescribeTable<'AWS::EC2::NetworkAcl'> = {
  type: 'AWS::EC2::NetworkAcl',
  id: ({ NetworkAclId }) => NetworkAclId,
  notFound: ['InvalidNetworkAclID.NotFound', 'network ACL'],
  filters: {
    'network-acl-id': ({ NetworkAclId }) => [NetworkAclId],
    'vpc-id': ({ VpcId }) => [VpcId],
    default: ({ IsDefault }) => [IsDefault],
    'association.subnet-id': associated,
    'owner-id': ({ OwnerId }) => [OwnerId],
  },
};

const routed = (table: Stored<RouteTable>) => table.Associations ?? [];

const routeTables: DescribeTable<'AWS::EC2::RouteTable'> = {
  type: 'AWS::EC2::RouteTable',
  id: ({ RouteTableId }) => RouteTableId,
  notFound: ['InvalidRouteTableID.NotFound', 'routeTable ID'],
  filters: {
    'route-table-id': ({ RouteTableId }) => [RouteTableId],
    'vpc-id': ({ VpcId }) => [VpcId],
    'association.main': (table) => routed(table).map(({ Main }) => Main),
    'association.subnet-id': (table) => routed(table).map(({ SubnetId }) => SubnetId),
    'route.gateway-id': (table) => (table.Routes ?? []).map(({ GatewayId }) => GatewayId),
    'owner-id': ({ OwnerId }) => [OwnerId],
  },
};

const attachedTo = (gateway: Stored<InternetGateway>) => (gateway.Attachments ?? []).map(({ VpcId }) => VpcId);

const internetGateways: DescribeTable<'AWS::EC2::InternetGateway'> = {
  type: 'AWS::EC2::InternetGateway',
  id: ({ InternetGatewayId }) => InternetGatewayId,
  notFound: ['InvalidInternetGatewayID.NotFound', 'internetGateway ID'],
  filters: {
    'internet-gateway-id': ({ InternetGatewayId }) => [InternetGatewayId],
    'attachment.vpc-id': attachedTo,
    'owner-id': ({ OwnerId }) => [OwnerId],
  },
};

const natGateways: DescribeTable<'AWS::EC2::NatGateway'> = {
  type: 'AWS::EC2::NatGateway',
  id: ({ NatGatewayId }) => NatGatewayId,
  notFound: ['NatGatewayNotFound', 'NatGateway'],
  filters: {
    'nat-gateway-id': ({ NatGatewayId }) => [NatGatewayId],
    'vpc-id': ({ VpcId }) => [VpcId],
    'subnet-id': ({ SubnetId }) => [SubnetId],
    state: ({ State }) => [State],
  },
};

const networkInterfaces: DescribeTable<'AWS::EC2::NetworkInterface'> = {
  type: 'AWS::EC2::NetworkInterface',
  id: ({ NetworkInterfaceId }) => NetworkInterfaceId,
  notFound: ['InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'],
  filters: {
    'network-interface-id': ({ NetworkInterfaceId }) => [NetworkInterfaceId],
    'vpc-id': ({ VpcId }) => [VpcId],
    'subnet-id': ({ SubnetId }) => [SubnetId],
    'group-id': ({ Groups }) => (Groups ?? []).map(({ GroupId }) => GroupId),
    'attachment.instance-id': ({ Attachment }) => [Attachment?.InstanceId],
    status: ({ Status }) => [Status],
    'private-ip-address': ({ PrivateIpAddress }) => [PrivateIpAddress],
  },
};

const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });

/** The network's reads: each a table above. */
export const networkReads = handlers('ec2', {
  DescribeVpcs(input, context) {
    const { items, next } = describe(vpcs, input, input.VpcIds, context);
    return { Vpcs: items, ...more(next) };
  },
  DescribeSubnets(input, context) {
    const { items, next } = describe(subnets, input, input.SubnetIds, context);
    return { Subnets: items, ...more(next) };
  },
  DescribeNetworkAcls(input, context) {
    const { items, next } = describe(networkAcls, input, input.NetworkAclIds, context);
    return { NetworkAcls: items, ...more(next) };
  },
  DescribeRouteTables(input, context) {
    const { items, next } = describe(routeTables, input, input.RouteTableIds, context);
    return { RouteTables: items, ...more(next) };
  },
  DescribeInternetGateways(input, context) {
    const { items, next } = describe(internetGateways, input, input.InternetGatewayIds, context);
    return { InternetGateways: items, ...more(next) };
  },
  DescribeNatGateways(input, context) {
    const named = { ...input, Filters: input.Filter ?? [] };
    const { items, next } = describe(natGateways, named, input.NatGatewayIds, context);
    return { NatGateways: items, ...more(next) };
  },
  DescribeNetworkInterfaces(input, context) {
    const { items, next } = describe(networkInterfaces, input, input.NetworkInterfaceIds, context);
    return { NetworkInterfaces: items, ...more(next) };
  },
});
