import { sameJson } from '../../base/json.js';
import type { AsffFinding, HistoryRecord } from './finding-hub.js';

/** Members that change with every import and say nothing. */
const unspoken: ReadonlySet<string> = new Set(['ProcessedAt']);

/** What changed between two states of a finding, member by member, as its history tells it. */
export function updatesBetween(before: AsffFinding, after: AsffFinding): HistoryRecord['updates'] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof AsffFinding)[]);
  return [...names]
    .filter((name) => !unspoken.has(name) && !sameJson(before[name], after[name]))
    .sort()
    .map((field) => ({ field, ...told('before', before[field]), ...told('after', after[field]) }));
}

function told(name: 'before' | 'after', value: unknown): { readonly before?: string; readonly after?: string } {
  if (value === undefined) return {};
  return { [name]: typeof value === 'string' ? value : JSON.stringify(value) };
}
