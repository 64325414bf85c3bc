import { Problem } from '../../base/problem.js';
import { filterFields, type FilterField } from './filter-fields.js';
import type { AsffFinding, FindingFilters, FindingQuery } from './finding-hub.js';

/** Where a finding stands in a listing: its values of the criteria, then what identifies it, so that no two are equal. */
export type SortKey = readonly (string | number)[];

/** The newest first, unless told. */
const STANDARD = [{ Field: 'UpdatedAt', SortOrder: 'desc' as const }];
export const ATTRIBUTES_SORTED_MAX = 10;

export interface Sorting {
  readonly keyOf: (finding: AsffFinding) => SortKey;
  readonly compare: (a: SortKey, b: SortKey) => number;
}

/**
 * GetFindings' order. A finding without the attribute comes as if it had the least value; ties are broken by ProductArn
 * and Id, so a page can go on after any finding even when others come and go.
 *
 * @throws Problem `invalid-sort` for an attribute that has no order.
 */
export function sorting(given: FindingQuery['sort']): Sorting {
  const criteria = given === undefined || given.length === 0 ? STANDARD : given;
  const fields = criteria.map(({ Field = '' }) => sortable(Field));
  const signs = [...criteria.map(({ SortOrder }) => (SortOrder === 'desc' ? -1 : 1)), 1, 1];
  return {
    keyOf: (finding) => [...fields.map((field) => leastOf(field, finding)), finding.ProductArn ?? '', finding.Id ?? ''],
    compare: (a, b) => {
      for (const [index, sign] of signs.entries()) {
        const left = a[index] ?? '';
        const right = b[index] ?? '';
        if (left !== right) return left < right ? -sign : sign;
      }
      return 0;
    },
  };
}

type Sortable = Extract<FilterField, { kind: 'string' | 'date' | 'ip' | 'number' }>;

function sortable(name: string): Sortable {
  const field = Object.hasOwn(filterFields, name) ? filterFields[name as keyof FindingFilters] : undefined;
  if (field === undefined || field.kind === 'map' || field.kind === 'keyword' || field.kind === 'boolean')
    throw new Problem('invalid-sort', `findings have no order by \`${name}\``, {
      next: 'Sort by a text, number or time of findings, such as `UpdatedAt` or `SeverityNormalized`.',
    });
  return field;
}

function leastOf(field: Sortable, finding: AsffFinding): string | number {
  if (field.kind === 'number') return Math.min(...field.values(finding).map((value) => value ?? -1));
  const values = field
    .values(finding)
    .map((value) => value ?? '')
    .toSorted();
  const least = values[0] ?? '';
  // Times of one instant may be written in many ways.
  return field.kind === 'date' ? (Number.isNaN(Date.parse(least)) ? 0 : Date.parse(least)) : least;
}
