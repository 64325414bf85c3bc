import { changeFinding } from '../../../findings/hub/change-finding.js';
import { compileFilters, type FindingPredicate } from '../../../findings/hub/filters.js';
import type { AsffFinding, FindingFilters } from '../../../findings/hub/finding-hub.js';
import { groupValues } from '../../../findings/hub/group-by.js';
import { importFinding } from '../../../findings/hub/import-finding.js';
import { sorting } from '../../../findings/hub/sorting.js';
import type { FindingRules } from './rules.js';

/** Security Hub's rules, as `MemoryFindingHub` has them. */
export function asffRules(now: () => Date): FindingRules {
  const compiled = new WeakMap<FindingFilters, FindingPredicate>();
  const groups = new Map<string, (finding: AsffFinding) => readonly string[]>();
  const places = new Map<string, ReturnType<typeof sorting>['keyOf']>();
  return {
    import(before, incoming, { account }) {
      if (account !== undefined && incoming.AwsAccountId !== account) {
        const message = `Account ${account} may not import findings of account ${incoming.AwsAccountId}`;
        return { kind: 'refused', code: 'InvalidAccess', message };
      }
      const finding = importFinding(before, incoming);
      if (finding === before) return { kind: 'unchanged' };
      return { kind: before === undefined ? 'created' : 'updated', finding };
    },
    change: (before, change, context) => ({
      kind: 'changed',
      before,
      finding: changeFinding(before, change, context.now),
    }),
    matches(finding, filters) {
      const known = compiled.get(filters) ?? compileFilters(filters, now());
      compiled.set(filters, known);
      return known(finding);
    },
    values(finding, attribute) {
      const known = groups.get(attribute) ?? groupValues(attribute);
      groups.set(attribute, known);
      return known(finding);
    },
    sortValue(finding, field) {
      const known = places.get(field) ?? sorting([{ Field: field, SortOrder: 'asc' }]).keyOf;
      places.set(field, known);
      return known(finding)[0] ?? null;
    },
  };
}
