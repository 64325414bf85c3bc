import type { Clock } from '../../base/ports.js';
import { changeFinding } from './change-finding.js';
import { sortValueOf, textsOf } from './finding-attributes.js';
import { compileFilters, type FindingPredicate } from './finding-filters.js';
import type { AsffFinding, FindingFilters } from './finding-hub.js';
import { importFinding } from './import-finding.js';
import { freeTextAt } from './validate-finding.js';

/** @throws Error for filters that are not valid: they are checked at the edge. */
function predicateOf(filters: FindingFilters, now: Date): FindingPredicate {
  const compiled = compileFilters(filters, now);
  if ('mistake' in compiled) throw new Error(`${compiled.mistake.field}: ${compiled.mistake.message}`);
  return compiled.matches;
}

/** What AWS says of findings, for a store that keeps what these answer and decides nothing itself. */
export function findingRules(clock: Clock) {
  // A listing asks the same filters of every finding: they are made ready once.
  const ready = new WeakMap<FindingFilters, FindingPredicate>();
  return {
    import: importFinding,
    change: changeFinding,
    freeTextAt,
    matches(finding: AsffFinding, filters: FindingFilters): boolean {
      const predicate = ready.get(filters) ?? predicateOf(filters, clock());
      ready.set(filters, predicate);
      return predicate(finding);
    },
    values: textsOf,
    sortValue: sortValueOf,
  } as const;
}
