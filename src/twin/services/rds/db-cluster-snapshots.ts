import { parseArn } from '../../../base/arn.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { matchesFilters, requireRestore } from './asked.js';
import { changedAttributes, shownAttributes } from './restore-attribute.js';

const table = (context: Context) => context.table('AWS::RDS::DBClusterSnapshot');

/** A snapshot as DescribeDBClusterSnapshots shows it: without what another call answers. */
const shown = ({
  configuration: { DBClusterSnapshotAttributes: _, ...own },
}: Resource<'AWS::RDS::DBClusterSnapshot'>) => own;

/** Finds a snapshot by name or ARN, asks the authorizer, or throws DBClusterSnapshotNotFoundFault. */
function snapshot(context: Context, nameOrArn: string): Resource<'AWS::RDS::DBClusterSnapshot'> {
  const named = parseArn(nameOrArn);
  const arn = named === undefined ? context.arn(`cluster-snapshot:${nameOrArn}`) : nameOrArn;
  context.authorize(arn, { resourceAccountId: named?.accountId ?? context.accountId });
  const found = table(context).get(arn);
  if (found !== undefined) return found;
  throw new AwsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${nameOrArn} not found.`, { status: 404 });
}

/** Snapshots of database clusters, and who may restore them. */
export const dbClusterSnapshots = handlers('rds', {
  DescribeDBClusterSnapshots(input, context) {
    if (input.DBClusterSnapshotIdentifier !== undefined) {
      return { DBClusterSnapshots: [shown(snapshot(context, input.DBClusterSnapshotIdentifier))] };
    }
    context.authorize(context.arn('cluster-snapshot:*'));
    const all = table(context)
      .all()
      .filter(({ configuration: { DBClusterSnapshotIdentifier, DBClusterIdentifier, SnapshotType, Engine } }) => {
        const wanted =
          (input.DBClusterIdentifier ?? DBClusterIdentifier) === DBClusterIdentifier &&
          (input.SnapshotType ?? SnapshotType) === SnapshotType;
        return (
          wanted &&
          matchesFilters(input.Filters, {
            'db-cluster-id': DBClusterIdentifier,
            'db-cluster-snapshot-id': DBClusterSnapshotIdentifier,
            'snapshot-type': SnapshotType,
            engine: Engine,
          })
        );
      });
    const { items, next } = context.page(all, input.Marker, input.MaxRecords, 100);
    return { DBClusterSnapshots: items.map(shown), ...(next === undefined ? {} : { Marker: next }) };
  },
  DeleteDBClusterSnapshot(input, context) {
    const found = snapshot(context, input.DBClusterSnapshotIdentifier);
    table(context).remove(found.arn);
    return { DBClusterSnapshot: { ...shown(found), Status: 'deleted' } };
  },
  DescribeDBClusterSnapshotAttributes(input, context) {
    const { configuration } = snapshot(context, input.DBClusterSnapshotIdentifier);
    return {
      DBClusterSnapshotAttributesResult: {
        DBClusterSnapshotIdentifier: configuration.DBClusterSnapshotIdentifier,
        DBClusterSnapshotAttributes: shownAttributes(configuration.DBClusterSnapshotAttributes),
      },
    };
  },
  ModifyDBClusterSnapshotAttribute(input, context) {
    const found = snapshot(context, input.DBClusterSnapshotIdentifier);
    requireRestore(input.AttributeName);
    if (found.configuration.SnapshotType === 'automated') {
      const message = 'Automated snapshots cannot be shared: copy the snapshot and share the copy.';
      throw new AwsError('InvalidDBClusterSnapshotStateFault', message, { status: 400 });
    }
    const { configuration } = table(context).edit(found.arn, (edited) => {
      edited.DBClusterSnapshotAttributes = changedAttributes(edited.DBClusterSnapshotAttributes, input);
    });
    return {
      DBClusterSnapshotAttributesResult: {
        DBClusterSnapshotIdentifier: configuration.DBClusterSnapshotIdentifier,
        DBClusterSnapshotAttributes: shownAttributes(configuration.DBClusterSnapshotAttributes),
      },
    };
  },
});
