import type { TypeName } from '../estate/resource-types.js';
import { iamAction } from '../reference/iam-actions.js';
import type { AnyCollector } from './collector.js';

/** The collectors that produce some of the types. */
export function collectorsFor(types: ReadonlySet<TypeName>, collectors: readonly AnyCollector[]): AnyCollector[] {
  return collectors.filter((collector) => collector.types.some((type) => types.has(type)));
}

/** The IAM actions these collectors need, sorted: the least-privilege policy of a scan. */
export function readActions(collectors: readonly AnyCollector[]): string[] {
  return [...new Set(collectors.flatMap(({ service, reads }) => reads.map((operation) => iamAction(service, operation))))].sort();
}
