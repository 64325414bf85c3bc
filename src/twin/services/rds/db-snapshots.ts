import { parseArn } from '../../../base/arn.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { matchesFilters, requireRestore } from './asked.js';
import { changedAttributes, shownAttributes } from './restore-attribute.js';

const table = (context: Context) => context.table('AWS::RDS::DBSnapshot');

/** A snapshot as DescribeDBSnapshots shows it: without what another call answers. */
const shown = ({ configuration: { DBSnapshotAttributes: _, ...own } }: Resource<'AWS::RDS::DBSnapshot'>) => own;

/** Finds a snapshot by name or ARN, asks the authorizer, or throws DBSnapshotNotFoundFault. */
function snapshot(context: Context, nameOrArn: string): Resource<'AWS::RDS::DBSnapshot'> {
  const named = parseArn(nameOrArn);
  const arn = named === undefined ? context.arn(`snapshot:${nameOrArn}`) : nameOrArn;
  context.authorize(arn, { resourceAccountId: named?.accountId ?? context.accountId });
  const found = table(context).get(arn);
  if (found !== undefined) return found;
  throw new AwsError('DBSnapshotNotFoundFault', `DBSnapshot ${nameOrArn} not found.`, { status: 404 });
}

/** Snapshots of database instances, and who may restore them. */
export const dbSnapshots = handlers('rds', {
  DescribeDBSnapshots(input, context) {
    if (input.DBSnapshotIdentifier !== undefined) {
      return { DBSnapshots: [shown(snapshot(context, input.DBSnapshotIdentifier))] };
    }
    context.authorize(context.arn('snapshot:*'));
    const all = table(context)
      .all()
      .filter(({ configuration: { DBSnapshotIdentifier, DBInstanceIdentifier, SnapshotType, Engine } }) => {
        const wanted =
          (input.DBInstanceIdentifier ?? DBInstanceIdentifier) === DBInstanceIdentifier &&
          (input.SnapshotType ?? SnapshotType) === SnapshotType;
        return (
          wanted &&
          matchesFilters(input.Filters, {
            'db-instance-id': DBInstanceIdentifier,
            'db-snapshot-id': DBSnapshotIdentifier,
            'snapshot-type': SnapshotType,
            engine: Engine,
          })
        );
      });
    const { items, next } = context.page(all, input.Marker, input.MaxRecords, 100);
    return { DBSnapshots: items.map(shown), ...(next === undefined ? {} : { Marker: next }) };
  },
  DeleteDBSnapshot(input, context) {
    const found = snapshot(context, input.DBSnapshotIdentifier);
    table(context).remove(found.arn);
    return { DBSnapshot: { ...shown(found), Status: 'deleted' } };
  },
  DescribeDBSnapshotAttributes(input, context) {
    const { configuration } = snapshot(context, input.DBSnapshotIdentifier);
    return {
      DBSnapshotAttributesResult: {
        DBSnapshotIdentifier: configuration.DBSnapshotIdentifier,
        DBSnapshotAttributes: shownAttributes(configuration.DBSnapshotAttributes),
      },
    };
  },
  ModifyDBSnapshotAttribute(input, context) {
    const found = snapshot(context, input.DBSnapshotIdentifier);
    requireRestore(input.AttributeName);
    if (found.configuration.SnapshotType === 'automated') {
      const message = 'Automated snapshots cannot be shared: copy the snapshot and share the copy.';
      throw new AwsError('InvalidDBSnapshotStateFault', message, { status: 400 });
    }
    const { configuration } = table(context).edit(found.arn, (edited) => {
      edited.DBSnapshotAttributes = changedAttributes(edited.DBSnapshotAttributes, input);
    });
    return {
      DBSnapshotAttributesResult: {
        DBSnapshotIdentifier: configuration.DBSnapshotIdentifier,
        DBSnapshotAttributes: shownAttributes(configuration.DBSnapshotAttributes),
      },
    };
  },
});
