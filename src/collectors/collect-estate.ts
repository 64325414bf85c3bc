import type { EstateHeader, Gap, Resource } from '../estate/estate.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import { collect, collectedTypes, type CollectOptions } from './collect.js';

/** As `CollectOptions`, with what an estate says of itself. */
export interface CollectEstateOptions extends CollectOptions {
  readonly now: Date;
  readonly organizationId?: string;
}

/**
 * Reads accounts into one estate in memory: for tests, and for organizations that fit. Larger ones go from `collect`
 * into a snapshot file, account by account.
 *
 * @throws Problem `interrupted` when the signal is raised.
 */
export async function collectEstate(options: CollectEstateOptions): Promise<MemoryEstate> {
  const { partition, accounts, collectors, organizationId, managementAccountId } = options;
  const resources: Resource[] = [];
  const gaps: Gap[] = [];
  for await (const part of collect(options)) {
    for (const resource of part.resources) resources.push(resource);
    for (const gap of part.gaps) gaps.push(gap);
  }
  const header: EstateHeader = {
    partition,
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(managementAccountId === undefined ? {} : { managementAccountId }),
    collectedAt: options.now.toISOString(),
    accounts,
    types: collectedTypes(collectors, options),
  };
  return new MemoryEstate(header, resources, gaps);
}
