import type { Policy } from '../document/policy.js';
import { policiesAllow } from '../evaluate/policy-allows.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { BudgetExceeded } from '../pattern/budget.js';
import { axioms } from '../reason/axioms.js';
import { Compiler } from '../reason/compile.js';
import { describeBox } from '../reason/describe-box.js';
import { and, bounded, not, reasonsOf, type Formula } from '../reason/formula.js';
import { mergedBoxes } from '../reason/merge-boxes.js';
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

/** So many boxes of the search, at most, go together into a case that is listed. */
const PIECES_MAX = 20;

/** So many cases are listed unless told otherwise. */
const CASES_MAX = 50;

/**
 * What `updated` allows and `existing` does not, as disjoint cases that together are all of it. Ask the other way round
 * for what was taken away.
 *
 * @param casesMax past so many cases the rest is not listed, and `complete` is false.
 */
export function difference(existing: readonly Policy[], updated: readonly Policy[], casesMax = CASES_MAX): Difference {
  const space = new Space();
  const formula = and([allowedFormula(space, updated), not(allowedFormula(space, existing))]);
  const confirm = (request: AccessRequest): boolean =>
    policiesAllow(updated, request) && !policiesAllow(existing, request);
  return boxCases(space, formula, confirm, casesMax);
}

/** The requests of a formula as disjoint cases. */
function boxCases(
  space: Space,
  formula: Formula,
  confirm: (request: AccessRequest) => boolean,
  casesMax: number,
): Difference {
  const reasons = reasonsOf(formula);
  try {
    const upper = bounded(formula, 'upper');
    const own = new Map([...space.dimensions].map(([key, { predicates }]) => [key, predicates.length]));
    const compiler = compilerOf(space, and([upper, axioms(space)]));
    const found = findBoxes(compiler.dimensions, compiler.root, casesMax * PIECES_MAX);
    const boxes = mergedBoxes(compiler.dimensions, found.boxes);
    const complete = found.complete && boxes.length <= casesMax;
    const cases = boxes.slice(0, casesMax).flatMap((box) => {
      const witness = witnessOf(compiler.dimensions, box, plausible([]));
      return confirm(witness) ? [{ description: describeBox(space, compiler.dimensions, box, own), witness }] : [];
    });
    return { cases, complete, reasons };
  } catch (error) {
    if (error instanceof BudgetExceeded) return { cases: [], complete: false, reasons: [error.message] };
    throw error;
  }
}

function compilerOf(space: Space, whole: Formula) {
  const compiler = new Compiler(space);
  return { dimensions: compiler.dimensions, root: compiler.node(whole) };
}
