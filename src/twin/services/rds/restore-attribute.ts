/** One attribute of a snapshot, as RDS shows it. `restore` is the only one: the accounts that may restore it. */
export interface SnapshotAttribute {
  AttributeName?: string | undefined;
  AttributeValues?: string[] | undefined;
}

/** What ModifyDBSnapshotAttribute and ModifyDBClusterSnapshotAttribute are given. */
export interface AttributeChange {
  readonly ValuesToAdd?: readonly string[] | undefined;
  readonly ValuesToRemove?: readonly string[] | undefined;
}

/** Who may restore a snapshot: account ids, or `all`. */
function restorers(attributes: readonly SnapshotAttribute[] | undefined): readonly string[] {
  return attributes?.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? [];
}

/** The attributes as RDS answers them: `restore` is there even when nobody is named. */
export function shownAttributes(attributes: readonly SnapshotAttribute[] | undefined): {
  AttributeName: string;
  AttributeValues: string[];
}[] {
  return [{ AttributeName: 'restore', AttributeValues: [...restorers(attributes)] }];
}

/** The attributes after a change: what is removed goes first, and nobody is named twice. */
export function changedAttributes(
  attributes: readonly SnapshotAttribute[] | undefined,
  { ValuesToAdd = [], ValuesToRemove = [] }: AttributeChange,
): { AttributeName: string; AttributeValues: string[] }[] {
  const kept = restorers(attributes).filter((value) => !ValuesToRemove.includes(value));
  return [{ AttributeName: 'restore', AttributeValues: [...new Set([...kept, ...ValuesToAdd])] }];
}
