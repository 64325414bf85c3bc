import { listCases, type ListCase } from './access-cases.js';
import type { Plot } from './plot.js';

/** What is shared by a list of accounts rather than by a policy: disk snapshots, machine images, database snapshots. */
export function sharedImages(plot: Plot): void {
  for (const each of listCases(plot.site.managementAccountId)) {
    snapshot(plot, each);
    image(plot, each);
    databaseSnapshots(plot, each);
  }
  organizationImage(plot);
  automatedSnapshot(plot);
}

function snapshot(plot: Plot, { name, restorers, verdict, reason }: ListCase): void {
  const { site, region } = plot;
  const SnapshotId = site.id('snap');
  const configuration = {
    SnapshotId,
    VolumeId: 'vol-ffffffff',
    OwnerId: site.accountId,
    Encrypted: false,
    Description: name,
    Progress: '100%',
    StartTime: site.daysAgo(20),
    State: 'completed' as const,
    VolumeSize: 8,
    StorageTier: 'standard' as const,
    Tags: [{ Key: 'Name', Value: name }],
    CreateVolumePermissions: restorers.map((who) => (who === 'all' ? { Group: 'all' as const } : { UserId: who })),
  };
  const arn = site.arn('ec2', region, `snapshot/${SnapshotId}`);
  plot.plant('AWS::EC2::Snapshot', arn, configuration, { verdict, reason });
}

function imageConfiguration({ site }: Plot, Name: string) {
  return {
    ImageId: site.id('ami'),
    Name,
    ImageLocation: `${site.accountId}/${Name}`,
    ImageType: 'machine' as const,
    OwnerId: site.accountId,
    State: 'available' as const,
    CreationDate: site.daysAgo(80),
    Architecture: 'x86_64' as const,
    RootDeviceType: 'ebs' as const,
    RootDeviceName: '/dev/xvda',
    VirtualizationType: 'hvm' as const,
    BlockDeviceMappings: [],
    Tags: [{ Key: 'Name', Value: Name }],
  };
}

function image(plot: Plot, { name, restorers, verdict, reason }: ListCase): void {
  const own = imageConfiguration(plot, name);
  const configuration = {
    ...own,
    Public: restorers.includes('all'),
    LaunchPermissions: restorers.map((who) => (who === 'all' ? { Group: 'all' as const } : { UserId: who })),
  };
  const arn = plot.site.arn('ec2', plot.region, `image/${own.ImageId}`);
  plot.plant('AWS::EC2::Image', arn, configuration, { verdict, reason });
}

/** Of all these lists, only that of an image can name an organization. */
function organizationImage(plot: Plot): void {
  const own = imageConfiguration(plot, 'org-only');
  const OrganizationArn = plot.organizationArn();
  const configuration = { ...own, Public: false, LaunchPermissions: [{ OrganizationArn }] };
  plot.plant('AWS::EC2::Image', plot.site.arn('ec2', plot.region, `image/${own.ImageId}`), configuration, {
    verdict: 'internal',
    reason: 'it is shared with the organization itself',
  });
}

function databaseSnapshots(plot: Plot, { name, restorers, ...truth }: ListCase): void {
  const { site, region } = plot;
  const restore = [{ AttributeName: 'restore', AttributeValues: [...restorers] }];
  const DBSnapshotArn = site.arn('rds', region, `snapshot:${name}`);
  const database = {
    DBSnapshotIdentifier: name,
    DBSnapshotArn,
    DBInstanceIdentifier: 'orders',
    ...engineOf('postgres'),
    Encrypted: false,
    SnapshotType: 'manual',
    SnapshotCreateTime: site.daysAgo(40),
    DBSnapshotAttributes: restore,
  };
  plot.plant('AWS::RDS::DBSnapshot', DBSnapshotArn, database, truth);
  const DBClusterSnapshotArn = site.arn('rds', region, `cluster-snapshot:${name}`);
  const cluster = {
    DBClusterSnapshotIdentifier: name,
    DBClusterSnapshotArn,
    DBClusterIdentifier: 'orders',
    ...engineOf('aurora-postgresql'),
    StorageEncrypted: false,
    SnapshotType: 'manual',
    SnapshotCreateTime: site.daysAgo(40),
    DBClusterSnapshotAttributes: restore,
  };
  plot.plant('AWS::RDS::DBClusterSnapshot', DBClusterSnapshotArn, cluster, truth);
}

const engineOf = (Engine: string) => ({
  Engine,
  EngineVersion: '16.4',
  AllocatedStorage: 20,
  Status: 'available',
  TagList: [],
});

/** What RDS makes by itself every night, which cannot be shared: nobody is asked with whom it is. */
function automatedSnapshot(plot: Plot): void {
  const { site, region } = plot;
  const DBSnapshotIdentifier = 'rds:orders-nightly';
  const DBSnapshotArn = site.arn('rds', region, `snapshot:${DBSnapshotIdentifier}`);
  const configuration = {
    DBSnapshotIdentifier,
    DBSnapshotArn,
    DBInstanceIdentifier: 'orders',
    ...engineOf('postgres'),
    SnapshotType: 'automated',
    SnapshotCreateTime: site.daysAgo(1),
  };
  const reason = 'an automated snapshot cannot be shared';
  plot.plant('AWS::RDS::DBSnapshot', DBSnapshotArn, configuration, { verdict: 'internal', reason });
}
