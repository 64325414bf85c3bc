import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { Stored } from '../../base/json.js';
import { applications } from './names.js';
import type { Site } from './site.js';

type Permission = NonNullable<Stored<SecurityGroup>['IpPermissions']>[number];

/** What the rest of a region's generator needs of its network. */
export interface Network {
  readonly vpcId: string;
  readonly subnets: readonly {
    readonly SubnetId: string;
    readonly AvailabilityZone: string;
    readonly prefix: string;
  }[];
  readonly groups: readonly { readonly GroupId: string; readonly GroupName: string }[];
  readonly allVpcIds: readonly string[];
}

/** A default VPC, and one of the account's own with public and private subnets, gateways and groups. */
export function network(site: Site, region: string, index: number): Network {
  const legacy = vpc(site, region, '172.31.0.0/16', true);
  const own = vpc(site, region, `10.${index + 1}.0.0/16`, false);
  const groups = securityGroups(site, region, own.vpcId);
  return { ...own, groups, allVpcIds: [legacy.vpcId, own.vpcId] };
}

const open = { CidrIp: '0.0.0.0/0' };

/** A permission with every list there, as EC2 answers them. */
function permission(given: Partial<Permission>): Permission {
  return { IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [], ...given };
}

const tcp = (port: number, given: Partial<Permission>): Permission =>
  permission({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...given });

const everything = permission({ IpProtocol: '-1', IpRanges: [open] });

function vpc(site: Site, region: string, CidrBlock: string, isDefault: boolean) {
  const vpcId = site.id('vpc');
  const prefix = CidrBlock.split('.').slice(0, 2).join('.');
  const OwnerId = site.accountId;
  const Tags = isDefault ? [] : [{ Key: 'Name', Value: `${site.name}-main` }];
  site.put('AWS::EC2::VPC', region, site.arn('ec2', region, `vpc/${vpcId}`), {
    VpcId: vpcId,
    CidrBlock,
    CidrBlockAssociationSet: [
      { AssociationId: site.id('vpc-cidr-assoc'), CidrBlock, CidrBlockState: { State: 'associated' } },
    ],
    DhcpOptionsId: site.id('dopt'),
    InstanceTenancy: 'default',
    IsDefault: isDefault,
    OwnerId,
    State: 'available',
    Tags,
  });
  const gateway = site.id('igw');
  site.put('AWS::EC2::InternetGateway', region, site.arn('ec2', region, `internet-gateway/${gateway}`), {
    InternetGatewayId: gateway,
    OwnerId,
    Attachments: [{ VpcId: vpcId, State: 'available' as 'attached' }],
    Tags: [],
  });
  const subnets = ['a', 'b', 'c'].flatMap((zone, index) =>
    (isDefault ? [true] : [true, false]).map((isPublic) => {
      const SubnetId = site.id('subnet');
      const third = index * 16 + (isPublic ? 0 : 128);
      const arn = site.arn('ec2', region, `subnet/${SubnetId}`);
      site.put('AWS::EC2::Subnet', region, arn, {
        SubnetId,
        SubnetArn: arn,
        VpcId: vpcId,
        CidrBlock: `${prefix}.${third}.0/20`,
        AvailabilityZone: `${region}${zone}`,
        AvailableIpAddressCount: 4000,
        DefaultForAz: isDefault,
        MapPublicIpOnLaunch: isPublic,
        OwnerId,
        State: 'available',
        Tags: isDefault ? [] : [{ Key: 'Tier', Value: isPublic ? 'public' : 'private' }],
      });
      return { SubnetId, AvailabilityZone: `${region}${zone}`, prefix: `${prefix}.${third}`, isPublic };
    }),
  );
  routesAndAcl(site, region, vpcId, CidrBlock, gateway, subnets);
  defaultGroup(site, region, vpcId);
  return { vpcId, subnets };
}

function routesAndAcl(
  site: Site,
  region: string,
  VpcId: string,
  CidrBlock: string,
  GatewayId: string,
  subnets: readonly { readonly SubnetId: string; readonly isPublic: boolean }[],
): void {
  const OwnerId = site.accountId;
  const routeTableId = site.id('rtb');
  const local = {
    DestinationCidrBlock: CidrBlock,
    GatewayId: 'local',
    Origin: 'CreateRouteTable',
    State: 'active',
  } as const;
  const out = { DestinationCidrBlock: '0.0.0.0/0', GatewayId, Origin: 'CreateRoute', State: 'active' } as const;
  site.put('AWS::EC2::RouteTable', region, site.arn('ec2', region, `route-table/${routeTableId}`), {
    RouteTableId: routeTableId,
    VpcId,
    OwnerId,
    Associations: [
      {
        Main: true,
        RouteTableAssociationId: site.id('rtbassoc'),
        RouteTableId: routeTableId,
        AssociationState: { State: 'associated' },
      },
    ],
    Routes: [local, out],
    PropagatingVgws: [],
    Tags: [],
  });
  const NetworkAclId = site.id('acl');
  site.put('AWS::EC2::NetworkAcl', region, site.arn('ec2', region, `network-acl/${NetworkAclId}`), {
    NetworkAclId,
    VpcId,
    OwnerId,
    IsDefault: true,
    Associations: subnets.map(({ SubnetId }) => ({
      NetworkAclAssociationId: site.id('aclassoc'),
      NetworkAclId,
      SubnetId,
    })),
    Entries: [true, false].flatMap((Egress) => [
      { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'allow' as const, RuleNumber: 100 },
      { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'deny' as const, RuleNumber: 32767 },
    ]),
    Tags: [],
  });
}

function putGroup(
  site: Site,
  region: string,
  group: Omit<Stored<SecurityGroup>, 'SecurityGroupArn' | 'OwnerId'>,
): void {
  const arn = site.arn('ec2', region, `security-group/${group.GroupId}`);
  site.put('AWS::EC2::SecurityGroup', region, arn, { ...group, SecurityGroupArn: arn, OwnerId: site.accountId });
}

function defaultGroup(site: Site, region: string, VpcId: string): void {
  const GroupId = site.id('sg');
  const closed = site.good();
  const own = permission({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, UserId: site.accountId }] });
  putGroup(site, region, {
    GroupId,
    GroupName: 'default',
    Description: 'default VPC security group',
    VpcId,
    IpPermissions: closed ? [] : [own],
    IpPermissionsEgress: closed ? [] : [everything],
    Tags: [],
  });
}

const office = { CidrIp: '203.0.113.0/24', Description: 'Tokyo office' };

/** Rules seen in the wild: good ones, bad ones, and a bad range beside a good one in the same permission. */
function ingress(site: Site): Permission[] {
  const web = tcp(443, { IpRanges: [open], Ipv6Ranges: [{ CidrIpv6: '::/0' }] });
  if (site.good())
    return [
      site.random.pick([web, tcp(22, { IpRanges: [office] }), tcp(8443, { IpRanges: [{ CidrIp: '10.0.0.0/8' }] })]),
    ];
  return site.random.pick<Permission[]>([
    [web, tcp(22, { IpRanges: [{ ...open, Description: 'temporary!' }, office] })],
    [tcp(3389, { IpRanges: [open] })],
    [tcp(22, { IpRanges: [office], Ipv6Ranges: [{ CidrIpv6: '::/0' }] })],
    [permission({ IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, IpRanges: [open] })],
    [permission({ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }, open] })],
  ]);
}

function securityGroups(site: Site, region: string, VpcId: string) {
  return Array.from({ length: site.count(18) }, (_, index) => {
    const GroupId = site.id('sg');
    const application = applications[index % applications.length] ?? 'web';
    const GroupName = `${site.name}-${application}-${index}`;
    putGroup(site, region, {
      GroupId,
      GroupName,
      Description: `${application} of ${site.name}`,
      VpcId,
      IpPermissions: ingress(site),
      IpPermissionsEgress: [everything],
      Tags: [{ Key: 'Application', Value: application }],
    });
    return { GroupId, GroupName };
  });
}
