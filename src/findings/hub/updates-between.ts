import { canonicalJson, sameJson } from '../../base/json.js';
import type { AsffFinding, HistoryRecord } from './finding-hub.js';

type Updates = HistoryRecord['updates'];

/**
 * The difference of two findings as GetFindingHistory tells it: one entry a member, objects by their dotted path
 * (`Compliance.RelatedRequirements`), lists whole, as JSON. In the order of the paths.
 */
export function updatesBetween(before: AsffFinding, after: AsffFinding): Updates {
  return difference('', before, after);
}

function difference(path: string, before: unknown, after: unknown): Updates {
  if (sameJson(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .toSorted()
      .flatMap((key) => difference(path === '' ? key : `${path}.${key}`, before[key], after[key]));
  }
  const old = text(before);
  const given = text(after);
  return [
    { field: path, ...(old === undefined ? {} : { before: old }), ...(given === undefined ? {} : { after: given }) },
  ];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function text(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : canonicalJson(value);
}
