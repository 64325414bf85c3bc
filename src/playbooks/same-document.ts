import { canonicalJson } from '../base/json.js';

/**
 * Whether a text is the same policy document as another. The order of members and of lists does not count, nor whether
 * a single value stands in a list: services keep documents in a form of their own.
 */
export function isSameDocument(value: unknown, document: string): boolean {
  if (typeof value !== 'string') return false;
  return value === document || (isJson(value) && isJson(document) && meaningOf(value) === meaningOf(document));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function meaningOf(text: string): string {
  return canonicalJson(plain(JSON.parse(text)));
}

function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, plain(of)]));
  const items = value.map((item) => canonicalJson(plain(item))).sort();
  return items.length === 1 ? (JSON.parse(items[0] ?? 'null') as unknown) : items;
}
