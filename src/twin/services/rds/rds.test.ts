import {
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { beforeEach, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const place = { accountId: '111122223333', region: 'eu-west-1' };
const arn = (rest: string) => `arn:aws:rds:eu-west-1:111122223333:${rest}`;
let rds: RDSClient;

beforeEach(async () => {
  const snapshot = (DBSnapshotIdentifier: string, SnapshotType: string) => ({
    type: 'AWS::RDS::DBSnapshot' as const,
    arn: arn(`snapshot:${DBSnapshotIdentifier}`),
    ...place,
    configuration: { DBSnapshotIdentifier, SnapshotType, DBInstanceIdentifier: 'db' },
  });
  const DBClusterSnapshotIdentifier = 'cluster';
  rds = await twinFor({
    resources: [
      snapshot('manual', 'manual'),
      snapshot('rds:nightly', 'automated'),
      {
        type: 'AWS::RDS::DBClusterSnapshot',
        arn: arn('cluster-snapshot:cluster'),
        ...place,
        configuration: { DBClusterSnapshotIdentifier, SnapshotType: 'manual' },
      },
    ],
  }).client('rds');
});

const modify = (DBSnapshotIdentifier: string, change: object, AttributeName = 'restore') =>
  rds.send(new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier, AttributeName, ...change }));

it('who may restore a snapshot is added and removed, and is there even when it is nobody', async () => {
  const restorers = async () => {
    const DBSnapshotIdentifier = arn('snapshot:manual');
    const answer = await rds.send(new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier }));
    return answer.DBSnapshotAttributesResult?.DBSnapshotAttributes;
  };
  expect(await restorers()).toEqual([{ AttributeName: 'restore', AttributeValues: [] }]);
  await modify('manual', { ValuesToAdd: ['all', '999988887777', 'all'] });
  await modify('manual', { ValuesToRemove: ['all'] });
  expect(await restorers()).toEqual([{ AttributeName: 'restore', AttributeValues: ['999988887777'] }]);
});

it('the same of a cluster', async () => {
  const one = { DBClusterSnapshotIdentifier: 'cluster' };
  const change = { AttributeName: 'restore', ValuesToAdd: ['all'] };
  await rds.send(new ModifyDBClusterSnapshotAttributeCommand({ ...one, ...change }));
  const answer = await rds.send(new DescribeDBClusterSnapshotAttributesCommand(one));
  expect(answer.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes).toEqual([
    { AttributeName: 'restore', AttributeValues: ['all'] },
  ]);
});

it('a name in the ARN of another account is not taken for an own one', async () => {
  const DBSnapshotIdentifier = 'arn:aws:rds:eu-west-1:999988887777:snapshot:manual';
  await expect(rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

it.each([
  ['one that RDS made', 'rds:nightly', 'restore', 'InvalidDBSnapshotStateFault'],
  ['one that is not there', 'gone', 'restore', 'DBSnapshotNotFoundFault'],
  ['by another attribute', 'manual', 'owner', 'InvalidParameterValue'],
])('a snapshot is not shared: %s', async (_, name, attribute, code) => {
  await expect(modify(name, { ValuesToAdd: ['all'] }, attribute)).rejects.toMatchObject({ name: code });
});

it('snapshots are listed by type and by filter, and deleted', async () => {
  const named = async (input: object) =>
    (await rds.send(new DescribeDBSnapshotsCommand(input))).DBSnapshots?.map((each) => each.DBSnapshotIdentifier);
  expect(await named({ SnapshotType: 'automated' })).toEqual(['rds:nightly']);
  expect(await named({ Filters: [{ Name: 'db-instance-id', Values: ['db'] }] })).toEqual(['manual', 'rds:nightly']);
  await rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'manual' }));
  expect(await named({})).toEqual(['rds:nightly']);
  await expect(named({ Filters: [{ Name: 'colour', Values: ['red'] }] })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
});
