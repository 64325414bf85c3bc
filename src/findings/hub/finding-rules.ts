import type { Clock } from '../../base/ports.js';
import { changeFinding } from './change-finding.js';
import { sortValueOf, textsOf } from './finding-attributes.js';
import { compileFilters } from './finding-filters.js';
import type { AsffFinding, FindingFilters } from './finding-hub.js';
import { importFinding } from './import-finding.js';

/** Whether a finding passes filters. @throws Error for filters that are not valid: they are checked at the edge. */
export function matchesFilters(finding: AsffFinding, filters: FindingFilters, now: Date): boolean {
  const compiled = compileFilters(filters, now);
  if ('mistake' in compiled) throw new Error(`${compiled.mistake.field}: ${compiled.mistake.message}`);
  return compiled.matches(finding);
}

/** What AWS says of findings, for a store that keeps what these answer and decides nothing itself. */
export function findingRules(clock: Clock) {
  return {
    import: importFinding,
    change: changeFinding,
    matches: (finding: AsffFinding, filters: FindingFilters) => matchesFilters(finding, filters, clock()),
    values: textsOf,
    sortValue: sortValueOf,
  } as const;
}
