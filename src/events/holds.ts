import { inRange, parseAddress } from './address.js';
import { foldCase, type Condition, type Scalar, type TextTest } from './condition.js';

/**
 * Whether a condition holds for a value that is there: the meaning of every operator, in one place. The automaton answers
 * the same through indexes; the interpreter and the explanations ask here.
 *
 * Source: EventBridge user guide, "Comparison operators for use in event patterns"; edges measured on event-ruler 2.0.1.
 */
export function holds(condition: Condition, value: Scalar): boolean {
  switch (condition.kind) {
    case 'equals':
      return value === condition.value || sameAddress(condition.value, value);
    case 'numeric':
      return typeof value === 'number' && isBetween(condition, value);
    case 'cidr':
      return typeof value === 'string' && inRange(condition.range, value);
    case 'exists':
      return condition.exists;
    case 'not':
      return !condition.values.includes(value as string | number);
    case 'notText':
      return typeof value !== 'string' || !condition.tests.some((test) => testText(test, value));
    default:
      return typeof value === 'string' && testText(condition, value);
  }
}

/** Texts that are IP addresses are compared as such: `::1` is `0:0:0:0:0:0:0:1`. */
function sameAddress(wanted: Scalar, value: Scalar): boolean {
  if (typeof wanted !== 'string' || typeof value !== 'string') return false;
  const [a, b] = [parseAddress(wanted), parseAddress(value)];
  return a !== undefined && b !== undefined && a.version === b.version && a.value === b.value;
}

export function isBetween({ lower, upper }: Extract<Condition, { kind: 'numeric' }>, value: number): boolean {
  if (lower !== undefined && (lower.inclusive ? value < lower.value : value <= lower.value)) return false;
  return upper === undefined || (upper.inclusive ? value <= upper.value : value < upper.value);
}

export function testText(test: TextTest, value: string): boolean {
  switch (test.kind) {
    case 'prefix':
      return value.startsWith(test.text);
    case 'suffix':
      return value.endsWith(test.text);
    case 'prefixIgnoreCase':
      return foldCase(value).startsWith(test.text);
    case 'suffixIgnoreCase':
      return foldCase(value).endsWith(test.text);
    case 'equalsIgnoreCase':
      return foldCase(value) === test.text;
    case 'wildcard':
      return fitsWildcard(test.parts, value);
  }
}

/** O(value × parts) at worst: each literal part is looked for once, from where the last one ended. */
function fitsWildcard(parts: readonly string[], value: string): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}
