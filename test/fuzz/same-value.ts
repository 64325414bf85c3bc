import { inspect, isDeepStrictEqual } from 'node:util';

/** A value as it compares: bytes by content, the SDK's lazy JSON text as text, absent members gone. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date || value === null || typeof value !== 'object') return value;
  if (typeof value.valueOf() === 'string') return value.valueOf();
  if (Array.isArray(value)) return value.map(comparable);
  const entries = Object.entries(value).filter(([key, member]) => member !== undefined && key !== '$metadata');
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, comparable(member)]),
  );
}

/** Where two comparable values first differ, and how; `undefined` when they are the same. */
export function difference(a: unknown, b: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (isFields(a) && isFields(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = difference(a[key], b[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
  }
  const short = (value: unknown) => inspect(value, { breakLength: Number.POSITIVE_INFINITY }).slice(0, 160);
  return `${path}: ${short(a)} became ${short(b)}`;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !(value instanceof Date);
}
