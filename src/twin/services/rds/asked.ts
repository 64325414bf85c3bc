import { AwsError } from '../../aws-error.js';

/** @throws AwsError unless the attribute is the one that can be changed. */
export function requireRestore(attribute: string): void {
  if (attribute === 'restore') return;
  throw new AwsError('InvalidParameterValue', `Invalid value for AttributeName: ${attribute}`, { status: 400 });
}

/** What a listing of snapshots can be asked for by its `Filters`. */
export type SnapshotFilters = readonly {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}[];

/**
 * Whether a snapshot has the values that the filters ask for.
 *
 * @throws AwsError for a filter that RDS does not have.
 */
export function matchesFilters(
  filters: SnapshotFilters | undefined,
  values: Readonly<Record<string, string | undefined>>,
): boolean {
  return (filters ?? []).every(({ Name = '', Values = [] }) => {
    if (!Object.hasOwn(values, Name)) {
      throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${Name}`, { status: 400 });
    }
    return Values.includes(values[Name] ?? '');
  });
}
