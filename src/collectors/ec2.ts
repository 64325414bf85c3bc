import type { ResourceTypes, TypeName } from '../estate/resource-types.js';
import { defineCollector, resourceAt, type CollectTarget } from './collector.js';

const arn = ({ partition, region, accountId }: CollectTarget, kind: string, id: string | undefined) =>
  `arn:${partition}:ec2:${region}:${accountId}:${kind}/${id ?? ''}`;

/** A resource of this account: what others share with it (a subnet, say) is read where it belongs. */
function own<Type extends TypeName>(
  target: CollectTarget,
  type: Type,
  kind: string,
  id: string | undefined,
  configuration: ResourceTypes[Type] & { readonly OwnerId?: string | undefined },
) {
  const { OwnerId } = configuration;
  if (OwnerId !== undefined && OwnerId !== target.accountId) return [];
  return [resourceAt(target, type, arn(target, kind, id), configuration)];
}

const instances = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::Instance'],
  reads: ['DescribeInstances'],
  scope: 'region',
  async *collect(read, target) {
    const reservations = await read.list('DescribeInstances', { MaxResults: 1000 }, (page) => page.Reservations);
    for (const item of reservations.flatMap(({ Instances }) => Instances ?? [])) {
      yield resourceAt(target, 'AWS::EC2::Instance', arn(target, 'instance', item.InstanceId), item);
    }
  },
});

const volumes = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::Volume'],
  reads: ['DescribeVolumes'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeVolumes', { MaxResults: 1000 }, (page) => page.Volumes)) {
      yield resourceAt(target, 'AWS::EC2::Volume', arn(target, 'volume', item.VolumeId), item);
    }
  },
});

/** Deleted since it was listed. */
const SNAPSHOT_GONE = ['InvalidSnapshot.NotFound'];
const IMAGE_GONE = ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable'];

/** The account's own snapshots, with whom each is shared: a call for each, because no listing says it. */
const snapshots = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::Snapshot'],
  reads: ['DescribeSnapshots', 'DescribeSnapshotAttribute'],
  scope: 'region',
  async *collect(read, target) {
    const mine = { OwnerIds: ['self'], MaxResults: 1000 };
    const all = await read.list('DescribeSnapshots', mine, (page) => page.Snapshots);
    const made = await read.each(all, async (item) => {
      const asked = { SnapshotId: item.SnapshotId, Attribute: 'createVolumePermission' as const };
      const of = arn(target, 'snapshot', item.SnapshotId);
      const answer = await read.detail('DescribeSnapshotAttribute', asked, of, SNAPSHOT_GONE);
      if (answer === null) return [];
      const known = answer && { CreateVolumePermissions: answer.CreateVolumePermissions ?? [] };
      return own(target, 'AWS::EC2::Snapshot', 'snapshot', item.SnapshotId, { ...item, ...known });
    });
    yield* made.flat();
  },
});

/** The account's own images, with whom each is shared: a call for each, because the listing says only who is everyone. */
const images = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::Image'],
  reads: ['DescribeImages', 'DescribeImageAttribute'],
  scope: 'region',
  async *collect(read, target) {
    const mine = { Owners: ['self'], MaxResults: 1000 };
    const all = await read.list('DescribeImages', mine, (page) => page.Images);
    const made = await read.each(all, async (item) => {
      const asked = { ImageId: item.ImageId, Attribute: 'launchPermission' as const };
      const of = arn(target, 'image', item.ImageId);
      const answer = await read.detail('DescribeImageAttribute', asked, of, IMAGE_GONE);
      if (answer === null) return [];
      const known = answer && { LaunchPermissions: answer.LaunchPermissions ?? [] };
      return own(target, 'AWS::EC2::Image', 'image', item.ImageId, { ...item, ...known });
    });
    yield* made.flat();
  },
});

const securityGroups = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::SecurityGroup'],
  reads: ['DescribeSecurityGroups'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeSecurityGroups', { MaxResults: 1000 }, (page) => page.SecurityGroups)) {
      yield* own(target, 'AWS::EC2::SecurityGroup', 'security-group', item.GroupId, item);
    }
  },
});

const vpcs = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::VPC'],
  reads: ['DescribeVpcs'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeVpcs', { MaxResults: 1000 }, (page) => page.Vpcs)) {
      yield* own(target, 'AWS::EC2::VPC', 'vpc', item.VpcId, item);
    }
  },
});

const subnets = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::Subnet'],
  reads: ['DescribeSubnets'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeSubnets', { MaxResults: 1000 }, (page) => page.Subnets)) {
      yield* own(target, 'AWS::EC2::Subnet', 'subnet', item.SubnetId, item);
    }
  },
});

const networkAcls = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::NetworkAcl'],
  reads: ['DescribeNetworkAcls'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeNetworkAcls', { MaxResults: 1000 }, (page) => page.NetworkAcls)) {
      yield* own(target, 'AWS::EC2::NetworkAcl', 'network-acl', item.NetworkAclId, item);
    }
  },
});

const routeTables = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::RouteTable'],
  reads: ['DescribeRouteTables'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeRouteTables', { MaxResults: 100 }, (page) => page.RouteTables)) {
      yield* own(target, 'AWS::EC2::RouteTable', 'route-table', item.RouteTableId, item);
    }
  },
});

const internetGateways = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::InternetGateway'],
  reads: ['DescribeInternetGateways'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list(
      'DescribeInternetGateways',
      { MaxResults: 1000 },
      (page) => page.InternetGateways,
    )) {
      yield* own(target, 'AWS::EC2::InternetGateway', 'internet-gateway', item.InternetGatewayId, item);
    }
  },
});

const natGateways = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::NatGateway'],
  reads: ['DescribeNatGateways'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeNatGateways', { MaxResults: 1000 }, (page) => page.NatGateways)) {
      yield resourceAt(target, 'AWS::EC2::NatGateway', arn(target, 'natgateway', item.NatGatewayId), item);
    }
  },
});

const networkInterfaces = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::NetworkInterface'],
  reads: ['DescribeNetworkInterfaces'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list(
      'DescribeNetworkInterfaces',
      { MaxResults: 1000 },
      (page) => page.NetworkInterfaces,
    )) {
      yield* own(target, 'AWS::EC2::NetworkInterface', 'network-interface', item.NetworkInterfaceId, item);
    }
  },
});

const flowLogs = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::FlowLog'],
  reads: ['DescribeFlowLogs'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeFlowLogs', { MaxResults: 1000 }, (page) => page.FlowLogs)) {
      yield resourceAt(target, 'AWS::EC2::FlowLog', arn(target, 'vpc-flow-log', item.FlowLogId), item);
    }
  },
});

const vpcEndpoints = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::VPCEndpoint'],
  reads: ['DescribeVpcEndpoints'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeVpcEndpoints', { MaxResults: 1000 }, (page) => page.VpcEndpoints)) {
      yield* own(target, 'AWS::EC2::VPCEndpoint', 'vpc-endpoint', item.VpcEndpointId, item);
    }
  },
});

/** EC2's settings for the region. They are there whether they can be read or not. */
const regionalSettings = defineCollector({
  service: 'ec2',
  types: ['Hikeshi::EC2::RegionalSettings'],
  reads: ['GetEbsEncryptionByDefault', 'GetInstanceMetadataDefaults'],
  scope: 'region',
  async *collect(read, target) {
    const id = `arn:${target.partition}:ec2:${target.region}:${target.accountId}:regional-settings`;
    const encryption = await read.detail('GetEbsEncryptionByDefault', {}, id);
    const metadata = await read.detail('GetInstanceMetadataDefaults', {}, id);
    const { EbsEncryptionByDefault } = encryption ?? {};
    yield resourceAt(target, 'Hikeshi::EC2::RegionalSettings', id, {
      ...(EbsEncryptionByDefault === undefined ? {} : { EbsEncryptionByDefault }),
      ...(metadata ? { InstanceMetadataDefaults: metadata.AccountLevel ?? {} } : {}),
    });
  },
});

/** EC2's collectors. */
export const ec2 = [
  instances,
  volumes,
  snapshots,
  images,
  securityGroups,
  vpcs,
  subnets,
  networkAcls,
  routeTables,
  internetGateways,
  natGateways,
  networkInterfaces,
  flowLogs,
  vpcEndpoints,
  regionalSettings,
] as const;
