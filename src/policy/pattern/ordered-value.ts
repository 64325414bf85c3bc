import type { Comparison } from '../document/operators.js';

/** A stretch of an ordered line, with each end in or out. */
export interface Range<Value> {
  readonly low: Value;
  readonly lowOpen: boolean;
  readonly high: Value;
  readonly highOpen: boolean;
}

/** Whether a value lies in a range. */
export function within<Value extends number | bigint>(value: Value, range: Range<Value>): boolean {
  const aboveLow = range.lowOpen ? value > range.low : value >= range.low;
  return aboveLow && (range.highOpen ? value < range.high : value <= range.high);
}

/** The numbers that compare so with a value. */
export function comparisonRange(comparison: Comparison, value: number): Range<number> {
  switch (comparison) {
    case 'equals':
      return { low: value, lowOpen: false, high: value, highOpen: false };
    case 'lessThan':
      return { low: -Infinity, lowOpen: true, high: value, highOpen: true };
    case 'lessThanEquals':
      return { low: -Infinity, lowOpen: true, high: value, highOpen: false };
    case 'greaterThan':
      return { low: value, lowOpen: true, high: Infinity, highOpen: true };
    case 'greaterThanEquals':
      return { low: value, lowOpen: false, high: Infinity, highOpen: true };
  }
}

/** A decimal number; `undefined` for anything else. */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/**
 * A date as epoch seconds: ISO 8601 as W3C's profile writes it, or epoch seconds. Four digits alone are a year.
 *
 * Source: IAM user guide, "Date condition operators".
 */
export function parseTime(text: string): number | undefined {
  if (/^-?\d+(?:\.\d+)?$/.test(text) && !/^\d{4}$/.test(text)) return Number(text);
  if (!/^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$/.test(text)) {
    return undefined;
  }
  const zoned = /T/.test(text) && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;
  const milliseconds = Date.parse(zoned.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
