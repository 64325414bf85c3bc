import { literal } from '../pattern/token-pattern.js';
import { and, not, or, type Formula } from './formula.js';
import type { Algebra } from './path-formula.js';
import { PRINCIPAL, services } from './principal-dimension.js';
import { isOneOf, type Space } from './space.js';
import { effectFormula, type StatementOptions } from './statement-formula.js';

/** The evaluation logic in formulas over a space. */
export function formulaAlgebra(space: Space, options: StatementOptions = {}): Algebra<Formula> {
  return {
    effect: (policies, effect, via) =>
      effectFormula(space, policies, effect, via === undefined ? options : { ...options, via }),
    and,
    or,
    not,
    ofServices: isOneOf(space, PRINCIPAL, [services], false),
    through: (endpointId) => isOneOf(space, 'aws:sourcevpce', [literal(endpointId)]),
  };
}
