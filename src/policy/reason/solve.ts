import type { Condition } from '../document/condition.js';
import { parseOperator } from '../document/operators.js';
import type { Template } from '../document/template.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { BudgetExceeded } from '../pattern/budget.js';
import { isLiteral, literalText } from '../pattern/token-pattern.js';
import { axioms } from './axioms.js';
import { Compiler, type CompileOptions } from './compile.js';
import { conditionFormula, type Bindings } from './condition-formula.js';
import { and, bounded, reasonsOf, type Formula } from './formula.js';
import { findBox, NODES_MAX, type SearchEffort } from './search.js';
import { Space } from './space.js';
import { witnessOf, type Preferred } from './witness.js';

/** Is there a request such that…? */
export interface Question {
  /** The question as a formula; policy variables take the values of `bindings` where it has one. */
  readonly formula: (space: Space, bindings: Bindings) => Formula;
  /** The second opinion on a witness: the evaluator of single requests, which shares no code with the search. */
  readonly confirm: (witness: AccessRequest) => boolean;
  /** The policy variables in play, in lower case. */
  readonly variables?: readonly string[];
}

/** The answer: with a request that shows it, as a proof over all requests, or openly not known. */
export type Answer =
  | { readonly kind: 'yes'; readonly witness: AccessRequest }
  | { readonly kind: 'no' }
  | { readonly kind: 'undetermined'; readonly reason: string };

/** How hard to try, and what witnesses should look like. */
export interface SolveOptions extends CompileOptions {
  readonly nodesMax?: number;
  readonly preferred?: Preferred;
  readonly partition?: string;
  /** Counts branches over all searches of the question. */
  readonly effort?: SearchEffort;
  /** Without the facts about real requests: for comparing against other solvers. */
  readonly withoutAxioms?: boolean;
}

const NO_BINDINGS: Bindings = new Map();
/** So many combinations of values of policy variables are tried. */
const CASES_MAX = 64;

/**
 * Answers a question exactly, or says that it could not.
 *
 * Where the formula is exact, one search decides. Where it is known only between bounds (policy variables of unknown
 * principals, what AWS leaves open): nothing within the upper bound is a proof of "no"; a witness of either bound that
 * the evaluator confirms is a "yes"; then the variables are given values, one case after another. What remains is
 * undetermined, with the reason.
 *
 * @throws Error when the evaluator contradicts the search on an exact formula: a bug, never an answer.
 */
export function solve(question: Question, options: SolveOptions = {}): Answer {
  try {
    return decide(question, options);
  } catch (error) {
    if (error instanceof BudgetExceeded) return { kind: 'undetermined', reason: error.message };
    throw error;
  }
}

function decide(question: Question, options: SolveOptions): Answer {
  const space = new Space();
  const formula = question.formula(space, NO_BINDINGS);
  const reasons = reasonsOf(formula);
  const upper = search(space, bounded(formula, 'upper'), options);
  if (upper === undefined) return { kind: 'no' };
  if (question.confirm(upper)) return { kind: 'yes', witness: upper };
  if (reasons.length === 0) throw new Error(`the evaluator does not confirm ${JSON.stringify(describe(upper))}`);
  const lower = search(space, bounded(formula, 'lower'), options);
  if (lower !== undefined && question.confirm(lower)) return { kind: 'yes', witness: lower };
  for (const bindings of casesOf(space, question.variables ?? [])) {
    const witness = searchCase(question, bindings, options);
    if (witness !== undefined && question.confirm(witness)) return { kind: 'yes', witness };
  }
  return { kind: 'undetermined', reason: reasons.join('; ') };
}

function searchCase(question: Question, bindings: Bindings, options: SolveOptions): AccessRequest | undefined {
  const space = new Space();
  const formula = and([
    question.formula(space, bindings),
    ...[...bindings].map((one) => bindingFormula(space, ...one)),
  ]);
  return search(space, bounded(formula, 'upper'), options);
}

function search(space: Space, formula: Formula, options: SolveOptions): AccessRequest | undefined {
  const whole = options.withoutAxioms === true ? formula : and([formula, axioms(space, options.partition)]);
  const compiler = new Compiler(space, options);
  const box = findBox(compiler.dimensions, compiler.node(whole), options.nodesMax ?? NODES_MAX, options.effort);
  return box === undefined ? undefined : witnessOf(compiler.dimensions, box, options.preferred);
}

/** A key has the value it is bound to. */
export function bindingFormula(space: Space, key: string, value: string | null): Formula {
  const name = value === null ? 'Null' : 'StringEquals';
  const parsed = parseOperator(name);
  if (parsed === undefined) throw new Error(`there is no operator ${name}`);
  const values: Template[] = [[value === null ? { kind: 'text', text: 'true' } : { kind: 'literal', text: value }]];
  const condition: Condition = { ...parsed, operatorName: name, key, keyName: key, values };
  return conditionFormula(space, condition, NO_BINDINGS);
}

/** Values to try for each variable: those that policies name, one that none names, and none at all. */
function* casesOf(space: Space, variables: readonly string[]): Iterable<Bindings> {
  let cases: Map<string, string | null>[] = [new Map()];
  for (const key of new Set(variables)) {
    const named = (space.dimensions.get(key)?.predicates ?? []).flatMap((predicate) =>
      predicate.kind === 'text' && isLiteral(predicate.pattern) ? [literalText(predicate.pattern)] : [],
    );
    const values = [...new Set([freshValue(key), ...named]), null];
    cases = cases.flatMap((one) => values.map((value) => new Map([...one, [key, value]]))).slice(0, CASES_MAX);
  }
  yield* cases;
}

/** A value that no policy names, of the shape its key has. */
function freshValue(key: string): string {
  if (key === 'aws:principalaccount' || key === 'aws:sourceaccount') return '999988887777';
  return key === 'aws:principalarn' ? 'arn:aws:iam::999988887777:user/somebody' : 'somebody';
}

function describe(request: AccessRequest): object {
  return { ...request, context: Object.fromEntries(request.context) };
}
