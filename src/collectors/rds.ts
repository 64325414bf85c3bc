import { defineCollector, resourceAt, type CollectTarget } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['DBSnapshotNotFound', 'DBSnapshotNotFoundFault'];
const CLUSTER_GONE = ['DBClusterSnapshotNotFoundFault'];

const arnOf = ({ partition, region, accountId }: CollectTarget, kind: string, name: string) =>
  `arn:${partition}:rds:${region}:${accountId}:${kind}:${name}`;

/** Only what a person made can be shared: of the snapshots that RDS and AWS Backup make, nobody need be asked. */
const canBeShared = (type: string | undefined) => type === undefined || type === 'manual';

const snapshots = defineCollector({
  service: 'rds',
  types: ['AWS::RDS::DBSnapshot'],
  reads: ['DescribeDBSnapshots', 'DescribeDBSnapshotAttributes'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('DescribeDBSnapshots', { MaxRecords: 100 }, (page) => page.DBSnapshots);
    const made = await read.each(listed, async (item) => {
      const { DBSnapshotIdentifier = '' } = item;
      const arn = item.DBSnapshotArn ?? arnOf(target, 'snapshot', DBSnapshotIdentifier);
      if (!canBeShared(item.SnapshotType)) return [resourceAt(target, 'AWS::RDS::DBSnapshot', arn, item)];
      const answer = await read.detail('DescribeDBSnapshotAttributes', { DBSnapshotIdentifier }, arn, GONE);
      if (answer === null) return [];
      const { DBSnapshotAttributes } = answer?.DBSnapshotAttributesResult ?? {};
      const attributes = DBSnapshotAttributes === undefined ? {} : { DBSnapshotAttributes };
      return [resourceAt(target, 'AWS::RDS::DBSnapshot', arn, { ...item, ...attributes })];
    });
    yield* made.flat();
  },
});

const clusterSnapshots = defineCollector({
  service: 'rds',
  types: ['AWS::RDS::DBClusterSnapshot'],
  reads: ['DescribeDBClusterSnapshots', 'DescribeDBClusterSnapshotAttributes'],
  scope: 'region',
  async *collect(read, target) {
    const all = { MaxRecords: 100 };
    const listed = await read.list('DescribeDBClusterSnapshots', all, (page) => page.DBClusterSnapshots);
    const made = await read.each(listed, async (item) => {
      const { DBClusterSnapshotIdentifier = '' } = item;
      const arn = item.DBClusterSnapshotArn ?? arnOf(target, 'cluster-snapshot', DBClusterSnapshotIdentifier);
      if (!canBeShared(item.SnapshotType)) return [resourceAt(target, 'AWS::RDS::DBClusterSnapshot', arn, item)];
      const one = { DBClusterSnapshotIdentifier };
      const answer = await read.detail('DescribeDBClusterSnapshotAttributes', one, arn, CLUSTER_GONE);
      if (answer === null) return [];
      const { DBClusterSnapshotAttributes } = answer?.DBClusterSnapshotAttributesResult ?? {};
      const attributes = DBClusterSnapshotAttributes === undefined ? {} : { DBClusterSnapshotAttributes };
      return [resourceAt(target, 'AWS::RDS::DBClusterSnapshot', arn, { ...item, ...attributes })];
    });
    yield* made.flat();
  },
});

/** RDS's collectors. */
export const rds = [snapshots, clusterSnapshots] as const;
