import { Problem } from '../../base/problem.js';
import { filterFields } from './filter-fields.js';
import type { AsffFinding, FindingFilters } from './finding-hub.js';

/** An insight tells at most so many values. */
export const INSIGHT_RESULTS_MAX = 100;

/**
 * The values of an insight's group-by attribute: each once a finding, however many of its resources have it.
 *
 * @throws Problem `invalid-group-by` for an attribute that findings cannot be counted by.
 */
export function groupValues(attribute: string): (finding: AsffFinding) => readonly string[] {
  const field = Object.hasOwn(filterFields, attribute) ? filterFields[attribute as keyof FindingFilters] : undefined;
  if (field === undefined || field.kind === 'map' || field.kind === 'keyword')
    throw new Problem('invalid-group-by', `findings cannot be counted by \`${attribute}\``, {
      next: 'Group by one attribute with plain values, such as `ResourceId` or `SeverityLabel`.',
    });
  return (finding) => [
    ...new Set(
      field
        .values(finding)
        .filter((value) => value !== undefined)
        .map(String),
    ),
  ];
}
