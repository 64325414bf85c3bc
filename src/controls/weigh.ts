import { failed, passed, type Reason, type Verdict } from './control.js';
import { kindOf } from './shape.js';

/** How many reasons a verdict carries; a further one counts the rest. */
export const REASONS_MAX = 20;

/**
 * The verdict that follows from what is wrong and what is not known: FAILED when anything is wrong, else NOT_AVAILABLE
 * when anything is unknown, else PASSED. So nothing unknown hides a failure, and nothing unknown ever passes.
 *
 * @param right why it passes, when it does.
 */
export function weigh(wrong: readonly Reason[], unknown: readonly Reason[], ...right: readonly Reason[]): Verdict {
  const [first, ...others] = atMost(wrong);
  if (first !== undefined) return failed(first, ...others);
  return unknown.length > 0 ? { status: 'NOT_AVAILABLE', reasons: atMost(unknown) } : passed(...right);
}

/** A reason for NOT_AVAILABLE: this member was not read. */
export function notRead(path: string): Reason {
  return { text: `${path} was not read`, path };
}

/** A reason for NOT_AVAILABLE: this member is not what AWS documents. The value itself is left out: it may be huge. */
export function malformed(path: string, value: unknown): Reason {
  return { text: `${path} is ${kindOf(value)}, which AWS does not document`, path };
}

/** `notRead` for a missing member, else `malformed`. */
export function unclear(path: string, value: unknown): Reason {
  return value === undefined ? notRead(path) : malformed(path, value);
}

function atMost(reasons: readonly Reason[]): readonly Reason[] {
  if (reasons.length <= REASONS_MAX) return reasons;
  return [...reasons.slice(0, REASONS_MAX), { text: `and ${reasons.length - REASONS_MAX} more` }];
}
