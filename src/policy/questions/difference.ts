import type { Policy } from '../document/policy.js';
import { policiesAllow } from '../evaluate/policy-allows.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { BudgetExceeded } from '../pattern/budget.js';
import { axioms } from '../reason/axioms.js';
import { Compiler } from '../reason/compile.js';
import { describeBox } from '../reason/describe-box.js';
import { and, bounded, not, reasonsOf, type Formula } from '../reason/formula.js';
import { findBoxes } from '../reason/search.js';
import { Space } from '../reason/space.js';
import { allowedFormula } from '../reason/statement-formula.js';
import { witnessOf } from '../reason/witness.js';
import { plausible } from './plausible.js';

/** Some of the requests in which two policies differ: who, what, where, under which conditions. */
export interface DifferenceCase {
  /** What all requests of the case have in common, by dimension, in readable form. */
  readonly description: Readonly<Record<string, string>>;
  readonly witness: AccessRequest;
}

/** What one side allows and the other does not. */
export interface Difference {
  readonly cases: readonly DifferenceCase[];
  /** `false`: there are more cases than were listed. */
  readonly complete: boolean;
  /** Why the difference is only known in part; empty when it is exact. */
  readonly reasons: readonly string[];
}

export const CASES_MAX = 50;

/**
 * What `updated` allows and `existing` does not, as disjoint cases that together are all of it. Ask the other way round
 * for what was taken away.
 */
export function difference(existing: readonly Policy[], updated: readonly Policy[]): Difference {
  const space = new Space();
  const formula = and([allowedFormula(space, updated), not(allowedFormula(space, existing))]);
  const confirm = (request: AccessRequest): boolean =>
    policiesAllow(updated, request) && !policiesAllow(existing, request);
  return boxCases(space, formula, confirm);
}

/** The requests of a formula as disjoint cases. */
export function boxCases(space: Space, formula: Formula, confirm: (request: AccessRequest) => boolean): Difference {
  const reasons = reasonsOf(formula);
  try {
    const whole = and([bounded(formula, 'upper'), axioms(space)]);
    const compiler = new Compiler(space);
    const { boxes, complete } = findBoxes(compiler.dimensions, compiler.node(whole), CASES_MAX);
    const cases = boxes.flatMap((box) => {
      const witness = witnessOf(compiler.dimensions, box, plausible([]));
      return confirm(witness) ? [{ description: describeBox(space, compiler.dimensions, box), witness }] : [];
    });
    return { cases, complete, reasons };
  } catch (error) {
    if (error instanceof BudgetExceeded) return { cases: [], complete: false, reasons: [error.message] };
    throw error;
  }
}
