import type { Resource } from '../../estate/estate.js';
import type { Reason } from '../control.js';
import { asList, asObject, asText } from '../shape.js';
import { unclear } from '../weigh.js';

/** An active access key as the estate holds it. Its members may still be malformed. */
export interface ActiveKey {
  /** Where it is: `AccessKeys[0]`. */
  readonly path: string;
  readonly name: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** The user's active access keys, and what could not be told of others. Keys that cannot be used are left out. */
export function activeKeys({ configuration }: Resource<'AWS::IAM::User'>): {
  readonly keys: readonly ActiveKey[];
  readonly unknown: readonly Reason[];
} {
  const value: unknown = configuration.AccessKeys;
  const listed = asList(value);
  if (listed === undefined) return { keys: [], unknown: [unclear('AccessKeys', value)] };
  const keys: ActiveKey[] = [];
  const unknown: Reason[] = [];
  for (const [index, each] of listed.entries()) {
    const path = `AccessKeys[${index}]`;
    const members = asObject(each);
    const status = members?.['Status'];
    if (members === undefined) unknown.push(unclear(path, each));
    else if (status === 'Active') {
      keys.push({ path, name: `access key ${asText(members['AccessKeyId']) ?? index}`, members });
    } else if (status !== 'Inactive' && status !== 'Expired') unknown.push(unclear(`${path}.Status`, status));
  }
  return { keys, unknown };
}
