import type { Condition, Field, TextTest } from './condition.js';
import { holds } from './holds.js';
import { interpret, isAbsent } from './interpret.js';
import { leavesAt } from './leaves.js';
import type { EventPattern } from './pattern.js';

/** One field of a pattern, held against an event on its own. */
export interface FieldExplanation {
  readonly path: string;
  readonly matched: boolean;
  /** In words: `"stopped" or a text that begins with "stop"`. */
  readonly expected: string;
  /** What the event has there: `"running"`, `nothing`. */
  readonly seen: string;
}

export interface Explanation {
  readonly matched: boolean;
  /** Of the alternative that matched, or of the one that came closest. */
  readonly fields: readonly FieldExplanation[];
  /** How many alternatives `$or` makes. */
  readonly alternatives: number;
  /** Every field matches, but only in different elements of one array. */
  readonly inDifferentElements: boolean;
}

const SEEN_MAX = 5;
const TEXT_MAX = 100;

/** Which part of a pattern matches an event, and which does not and why. O(pattern × event). */
export function explainMatch(pattern: EventPattern, event: unknown): Explanation {
  const matched = interpret(pattern, event);
  let best: readonly FieldExplanation[] = [];
  let most = -1;
  for (const fields of pattern.alternatives) {
    const told = fields.map((field) => explainField(field, event));
    const whole = interpret({ alternatives: [fields] }, event);
    const share = whole ? Infinity : told.filter((each) => each.matched).length / told.length;
    if (share > most) [most, best] = [share, told];
  }
  return {
    matched,
    fields: best,
    alternatives: pattern.alternatives.length,
    inDifferentElements: !matched && best.every((field) => field.matched),
  };
}

function explainField(field: Field, event: unknown): FieldExplanation {
  const leaves = leavesAt(event, field.path);
  const matched =
    leaves.length === 0
      ? isAbsent(field)
      : leaves.some(({ value }) => field.conditions.some((condition) => holds(condition, value)));
  const shown = leaves.slice(0, SEEN_MAX).map(({ value }) => quoted(value));
  const more = leaves.length > SEEN_MAX ? [`${leaves.length - SEEN_MAX} more`] : [];
  return {
    path: field.path.join('.'),
    matched,
    expected: field.conditions.map(wordsOf).join(' or '),
    seen: leaves.length === 0 ? 'nothing' : [...shown, ...more].join(', '),
  };
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`;
}

function wordsOf(condition: Condition): string {
  switch (condition.kind) {
    case 'equals':
      return quoted(condition.value);
    case 'exists':
      return condition.exists ? 'anything' : 'nothing';
    case 'numeric': {
      const { lower, upper } = condition;
      if (lower !== undefined && lower.value === upper?.value) return `the number ${lower.value}`;
      const parts = [
        ...(lower === undefined ? [] : [`${lower.inclusive ? '>=' : '>'} ${lower.value}`]),
        ...(upper === undefined ? [] : [`${upper.inclusive ? '<=' : '<'} ${upper.value}`]),
      ];
      return `a number ${parts.join(' and ')}`;
    }
    case 'cidr':
      return `an address in a network of ${condition.range.bits} bits`;
    case 'not':
      return `anything but ${condition.values.map(quoted).join(', ')}`;
    case 'notText':
      return `anything but ${condition.tests.map(wordsOfTest).join(', ')}`;
    default:
      return wordsOfTest(condition);
  }
}

function wordsOfTest(test: TextTest): string {
  switch (test.kind) {
    case 'wildcard':
      return `a text like ${quoted(test.parts.join('*'))}`;
    case 'prefix':
    case 'prefixIgnoreCase':
      return `a text that begins with ${quoted(test.text)}${test.kind === 'prefix' ? '' : ' in any case'}`;
    case 'suffix':
    case 'suffixIgnoreCase':
      return `a text that ends with ${quoted(test.text)}${test.kind === 'suffix' ? '' : ' in any case'}`;
    case 'equalsIgnoreCase':
      return `${quoted(test.text)} in any case`;
  }
}
