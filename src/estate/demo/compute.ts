import { applications } from './names.js';
import type { Network } from './network.js';
import type { Site } from './site.js';

/** Instances with their interfaces, volumes and snapshots; most are managed by Systems Manager and patched. */
export function compute(site: Site, region: string, { vpcId, subnets, groups }: Network): void {
  for (let index = 0; index < site.count(14); index++) {
    const InstanceId = site.id('i');
    const subnet = site.random.pick(subnets);
    const group = site.random.pick(groups);
    const application = applications[index % applications.length] ?? 'web';
    const PrivateIpAddress = `${subnet.prefix}.${10 + (index % 240)}`;
    const running = site.random.chance(0.9);
    const volume = volumeOf(site, region, subnet.AvailabilityZone, InstanceId);
    const interfaceId = interfaceOf(site, region, vpcId, subnet.SubnetId, InstanceId, PrivateIpAddress, group);
    site.put('AWS::EC2::Instance', region, site.arn('ec2', region, `instance/${InstanceId}`), {
      InstanceId,
      ImageId: 'ami-0c1234567890abcde',
      InstanceType: site.random.pick(['t3.medium', 'm6i.large', 'c7g.xlarge'] as const),
      LaunchTime: site.daysAgo(site.random.below(400)),
      Placement: { AvailabilityZone: subnet.AvailabilityZone, GroupName: '', Tenancy: 'default' },
      PrivateIpAddress,
      State: running ? { Code: 16, Name: 'running' } : { Code: 80, Name: 'stopped' },
      SubnetId: subnet.SubnetId,
      VpcId: vpcId,
      Architecture: 'x86_64',
      BlockDeviceMappings: [
        {
          DeviceName: '/dev/xvda',
          Ebs: { AttachTime: site.daysAgo(30), DeleteOnTermination: true, Status: 'attached', VolumeId: volume },
        },
      ],
      NetworkInterfaces: [
        { NetworkInterfaceId: interfaceId, PrivateIpAddress, SubnetId: subnet.SubnetId, VpcId: vpcId },
      ],
      SecurityGroups: [group],
      MetadataOptions: {
        State: 'applied',
        HttpTokens: site.good() ? 'required' : 'optional',
        HttpPutResponseHopLimit: 2,
        HttpEndpoint: 'enabled',
        HttpProtocolIpv6: 'disabled',
        InstanceMetadataTags: 'disabled',
      },
      Tags: [
        { Key: 'Name', Value: `${site.name}-${application}-${index}` },
        { Key: 'Application', Value: application },
      ],
    });
    if (running && site.random.chance(0.85)) managed(site, region, InstanceId, PrivateIpAddress);
  }
}

function volumeOf(site: Site, region: string, AvailabilityZone: string, InstanceId: string): string {
  const VolumeId = site.id('vol');
  const Encrypted = site.good();
  const CreateTime = site.daysAgo(30 + site.random.below(300));
  site.put('AWS::EC2::Volume', region, site.arn('ec2', region, `volume/${VolumeId}`), {
    VolumeId,
    AvailabilityZone,
    Attachments: [
      {
        AttachTime: CreateTime,
        DeleteOnTermination: true,
        Device: '/dev/xvda',
        InstanceId,
        State: 'attached',
        VolumeId,
      },
    ],
    CreateTime,
    Encrypted,
    Iops: 3000,
    MultiAttachEnabled: false,
    Size: 50,
    SnapshotId: '',
    State: 'in-use',
    Tags: [],
    VolumeType: 'gp3',
  });
  if (!site.random.chance(0.6)) return VolumeId;
  const SnapshotId = site.id('snap');
  site.put('AWS::EC2::Snapshot', region, site.arn('ec2', region, `snapshot/${SnapshotId}`), {
    SnapshotId,
    VolumeId,
    OwnerId: site.accountId,
    Encrypted,
    Description: `nightly of ${VolumeId}`,
    Progress: '100%',
    StartTime: site.daysAgo(site.random.below(30)),
    State: 'completed',
    VolumeSize: 50,
    StorageTier: 'standard',
    Tags: [],
    CreateVolumePermissions:
      site.environment === 'sandbox' && site.random.chance(0.05) ? [{ Group: 'all' as const }] : [],
  });
  return VolumeId;
}

function interfaceOf(
  site: Site,
  region: string,
  VpcId: string,
  SubnetId: string,
  InstanceId: string,
  PrivateIpAddress: string,
  group: { readonly GroupId: string; readonly GroupName: string },
): string {
  const NetworkInterfaceId = site.id('eni');
  site.put('AWS::EC2::NetworkInterface', region, site.arn('ec2', region, `network-interface/${NetworkInterfaceId}`), {
    NetworkInterfaceId,
    OwnerId: site.accountId,
    VpcId,
    SubnetId,
    PrivateIpAddress,
    Description: '',
    InterfaceType: 'interface',
    SourceDestCheck: true,
    Status: 'in-use',
    Groups: [group],
    Attachment: {
      AttachmentId: site.id('eni-attach'),
      DeleteOnTermination: true,
      DeviceIndex: 0,
      InstanceId,
      Status: 'attached',
    },
    TagSet: [],
  });
  return NetworkInterfaceId;
}

function managed(site: Site, region: string, InstanceId: string, IPAddress: string): void {
  site.put(
    'AWS::SSM::ManagedInstanceInventory',
    region,
    site.arn('ssm', region, `managed-instance-inventory/${InstanceId}`),
    {
      InstanceId,
      PingStatus: 'Online',
      AgentVersion: '3.3.987.0',
      IsLatestVersion: true,
      PlatformType: 'Linux',
      PlatformName: 'Amazon Linux',
      PlatformVersion: '2023',
      ResourceType: 'EC2Instance',
      IPAddress,
      ComputerName: `${InstanceId}.internal`,
    },
  );
  if (!site.random.chance(0.95)) return;
  const missing = site.good() ? 0 : 1 + site.random.below(12);
  const at = site.daysAgo(site.random.below(7));
  site.put('AWS::SSM::PatchCompliance', region, site.arn('ssm', region, `patch-compliance/${InstanceId}`), {
    InstanceId,
    PatchGroup: site.environment,
    BaselineId: 'pb-0123456789abcdef0',
    InstalledCount: 120 + site.random.below(200),
    InstalledOtherCount: 30,
    InstalledPendingRebootCount: 0,
    InstalledRejectedCount: 0,
    MissingCount: missing,
    FailedCount: missing > 8 ? 1 : 0,
    UnreportedNotApplicableCount: 0,
    NotApplicableCount: 1500,
    CriticalNonCompliantCount: missing > 5 ? 2 : 0,
    SecurityNonCompliantCount: missing,
    OtherNonCompliantCount: 0,
    OperationStartTime: at,
    OperationEndTime: at,
    Operation: 'Scan',
    RebootOption: 'NoReboot',
  });
}
