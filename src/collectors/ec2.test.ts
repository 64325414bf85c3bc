import { expect, it } from 'vitest';
import { ec2 } from './ec2.js';
import { ACCOUNT, collectFrom, type Rule } from './testing.fixture.js';

const only = (type: string) => ec2.filter((collector) => collector.types.some((each) => each === type));
const read = (type: string, rules: Readonly<Record<string, Rule>>) => collectFrom(only(type), rules);

it('what other accounts share is left to them', async () => {
  const Subnets = [
    { SubnetId: 'subnet-own', OwnerId: ACCOUNT },
    { SubnetId: 'subnet-shared', OwnerId: '999999999999' },
    { SubnetId: 'subnet-unsaid' },
  ];
  const { resources } = await read('AWS::EC2::Subnet', { DescribeSubnets: { Subnets } });
  expect(resources.map(({ arn }) => arn)).toEqual([
    `arn:aws:ec2:eu-west-1:${ACCOUNT}:subnet/subnet-own`,
    `arn:aws:ec2:eu-west-1:${ACCOUNT}:subnet/subnet-unsaid`,
  ]);
});

it('a snapshot is kept with whom it is shared; one that may not be asked about without; one deleted since not', async () => {
  const { resources, gaps } = await read('AWS::EC2::Snapshot', {
    DescribeSnapshots: { Snapshots: ['snap-1', 'snap-2', 'snap-3', 'snap-4'].map((SnapshotId) => ({ SnapshotId })) },
    DescribeSnapshotAttribute: ({ input }) =>
      ({
        'snap-1': {},
        'snap-2': { CreateVolumePermissions: [{ Group: 'all' }] },
        'snap-3': 'UnauthorizedOperation',
        'snap-4': 'InvalidSnapshot.NotFound',
      })[String(input['SnapshotId'])] ?? 'NotImplemented',
  });
  expect(resources.map(({ configuration }) => configuration)).toEqual([
    { SnapshotId: 'snap-1', CreateVolumePermissions: [] },
    { SnapshotId: 'snap-2', CreateVolumePermissions: [{ Group: 'all' }] },
    { SnapshotId: 'snap-3' },
  ]);
  expect(gaps).toMatchObject([{ operation: 'DescribeSnapshotAttribute', resourceArn: resources[2]?.arn }]);
});

it("a region's settings are there even when they cannot be read, with gaps about them", async () => {
  const { resources, gaps } = await read('Hikeshi::EC2::RegionalSettings', {
    GetEbsEncryptionByDefault: { EbsEncryptionByDefault: false },
    GetInstanceMetadataDefaults: 'UnauthorizedOperation',
  });
  expect(resources.map(({ configuration }) => configuration)).toEqual([{ EbsEncryptionByDefault: false }]);
  expect(gaps).toMatchObject([{ operation: 'GetInstanceMetadataDefaults', resourceArn: resources[0]?.arn }]);
});

it('metadata defaults that nobody has set are empty, not unread', async () => {
  const { resources } = await read('Hikeshi::EC2::RegionalSettings', {
    GetEbsEncryptionByDefault: { EbsEncryptionByDefault: true },
    GetInstanceMetadataDefaults: {},
  });
  expect(resources[0]?.configuration).toEqual({ EbsEncryptionByDefault: true, InstanceMetadataDefaults: {} });
});
