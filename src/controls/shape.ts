/**
 * Readers for values that may not have the shape AWS documents: an estate can come from a file or from a server that
 * only resembles AWS. Each answers `undefined` for a value of another kind, so that a control never trusts a type.
 */

/** The value as an object with named members, or `undefined`. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The value as a list, or `undefined`. */
export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The value as text that says something, or `undefined`. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value as a count (a whole number from 0), or `undefined`. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** What kind of value it is, in words short enough for a reason however large the value is. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'not set';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') {
    return value.length <= 40 ? `the text \`${value}\`` : `a text of ${value.length} characters`;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? `the ${typeof value} \`${value}\`` : 'an object';
}
