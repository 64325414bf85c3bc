import { DescribeSnapshotAttributeCommand, ModifySnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

it('whom a snapshot is shared with is added, removed, and told', async () => {
  const SnapshotId = 'snap-0123456789abcdef0';
  const arn = `arn:aws:ec2:eu-west-1:111122223333:snapshot/${SnapshotId}`;
  const place = { accountId: '111122223333', region: 'eu-west-1' };
  const resources = [{ type: 'AWS::EC2::Snapshot', arn, ...place, configuration: { SnapshotId } }] as const;
  const ec2 = await twinFor({ resources }).client('ec2');
  const one = { SnapshotId, Attribute: 'createVolumePermission' } as const;
  const told = async () => (await ec2.send(new DescribeSnapshotAttributeCommand(one))).CreateVolumePermissions;
  expect(await told()).toEqual([]);
  const Add = [{ Group: 'all' as const }, { UserId: '999988887777' }];
  await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } }));
  expect(await told()).toEqual(Add);
  await ec2.send(new ModifySnapshotAttributeCommand({ ...one, OperationType: 'remove', GroupNames: ['all'] }));
  expect(await told()).toEqual([{ UserId: '999988887777' }]);
});
