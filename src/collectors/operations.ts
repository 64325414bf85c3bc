import type { TypeName } from '../estate/resource-types.js';
import type { ApiName } from '../reference/api-call.js';
import { iamAction } from '../reference/iam-actions.js';
import type { AnyCollector } from './collector.js';

/** The collectors that produce some of the types. */
export function collectorsFor(types: ReadonlySet<TypeName>, collectors: readonly AnyCollector[]): AnyCollector[] {
  return collectors.filter((collector) => collector.types.some((type) => types.has(type)));
}

/** Every API operation these collectors may call, sorted: what a scan asks of AWS, and nothing else. */
export function readOperations(collectors: readonly AnyCollector[]): ApiName[] {
  const names = collectors.flatMap(({ service, reads }) =>
    reads.map((operation) => `${service}:${operation}` as ApiName),
  );
  return [...new Set(names)].sort();
}

/** The IAM actions these collectors need, sorted: the least-privilege policy of a scan. */
export function readActions(collectors: readonly AnyCollector[]): string[] {
  const actions = collectors.flatMap(({ service, reads }) => reads.map((operation) => iamAction(service, operation)));
  return [...new Set(actions)].sort();
}
