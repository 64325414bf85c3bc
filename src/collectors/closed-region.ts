import { GLOBAL, type Gap } from '../estate/estate.js';
import { meansClosed } from './call-memory.js';
import type { Collected } from './collect.js';

/**
 * Puts one gap over everything in place of the many that a region which is not enabled gives: a region in which every
 * call failed for that reason. Where anything else was answered the gaps stay, because one service may answer so on its
 * own account.
 *
 * @param alive the regions in which something was answered.
 */
export function withClosedRegions({ resources, gaps }: Collected, alive: ReadonlySet<string>): Collected {
  const closed = new Map<string, Gap>();
  for (const { accountId, region, service, error } of gaps) {
    if (region === GLOBAL || alive.has(region) || closed.has(region) || !meansClosed(error.code)) continue;
    closed.set(region, { accountId, region, service, operation: '*', types: [], error });
  }
  if (closed.size === 0) return { resources, gaps };
  return {
    resources: resources.filter(({ region }) => !closed.has(region)),
    gaps: [...gaps.filter(({ region }) => !closed.has(region)), ...closed.values()],
  };
}
