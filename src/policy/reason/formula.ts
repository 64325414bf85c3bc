/**
 * A question as a Boolean formula over tests that each look at one dimension of a request: the principal, the action,
 * the resource, or one context key. In negation normal form: negation stands only inside the tests.
 */
export type Formula =
  /** The value lies in one of the predicates, or in none when negated. `whenAbsent`: what holds without a value. */
  | {
      readonly kind: 'test';
      readonly dimension: string;
      readonly predicates: readonly number[];
      readonly negated: boolean;
      readonly whenAbsent: boolean;
    }
  /** Of a set of values: some element, or every one, lies in (or, negated, outside) the predicates. */
  | {
      readonly kind: 'elements';
      readonly dimension: string;
      readonly predicates: readonly number[];
      readonly negated: boolean;
      readonly quantifier: 'some' | 'every';
    }
  /**
   * Something not known exactly: it holds at least where `lower` does and at most where `upper` does. Questions are
   * asked of both; only where the answers agree is the truth known.
   */
  | { readonly kind: 'between'; readonly lower: Formula; readonly upper: Formula; readonly reason: string }
  | { readonly kind: 'and'; readonly parts: readonly Formula[] }
  | { readonly kind: 'or'; readonly parts: readonly Formula[] };

/** Holds for every request. */
export const always: Formula = { kind: 'and', parts: [] };
/** Holds for none. */
export const never: Formula = { kind: 'or', parts: [] };

/** All of the parts; flattened, with constants folded. */
export function and(parts: readonly Formula[]): Formula {
  const kept: Formula[] = [];
  for (const part of parts) {
    if (part.kind === 'or' && part.parts.length === 0) return never;
    if (part.kind === 'and') kept.push(...part.parts);
    else kept.push(part);
  }
  const [only] = kept;
  return kept.length === 1 && only !== undefined ? only : kept.length === 0 ? always : { kind: 'and', parts: kept };
}

/** One of the parts; flattened, with constants folded. */
export function or(parts: readonly Formula[]): Formula {
  const kept: Formula[] = [];
  for (const part of parts) {
    if (part.kind === 'and' && part.parts.length === 0) return always;
    if (part.kind === 'or') kept.push(...part.parts);
    else kept.push(part);
  }
  const [only] = kept;
  return kept.length === 1 && only !== undefined ? only : kept.length === 0 ? never : { kind: 'or', parts: kept };
}

/** The opposite, by De Morgan's laws. O(formula). */
export function not(formula: Formula): Formula {
  switch (formula.kind) {
    case 'test':
      return { ...formula, negated: !formula.negated, whenAbsent: !formula.whenAbsent };
    case 'elements':
      return { ...formula, negated: !formula.negated, quantifier: formula.quantifier === 'some' ? 'every' : 'some' };
    case 'between':
      return { ...formula, lower: not(formula.upper), upper: not(formula.lower) };
    case 'and':
      return or(formula.parts.map(not));
    case 'or':
      return and(formula.parts.map(not));
  }
}

/** The formula with what is not known exactly replaced by its bound: `upper` allows too much, `lower` too little. */
export function bounded(formula: Formula, bound: 'lower' | 'upper'): Formula {
  switch (formula.kind) {
    case 'between':
      return bounded(formula[bound], bound);
    case 'and':
      return and(formula.parts.map((part) => bounded(part, bound)));
    case 'or':
      return or(formula.parts.map((part) => bounded(part, bound)));
    case 'test':
    case 'elements':
      return formula;
  }
}

/** Why a formula is not known exactly; empty when it is. */
export function reasonsOf(formula: Formula): string[] {
  const reasons = new Set<string>();
  const visit = (part: Formula): void => {
    if (part.kind === 'between') reasons.add(part.reason);
    else if (part.kind === 'and' || part.kind === 'or') part.parts.forEach(visit);
  };
  visit(formula);
  return [...reasons];
}
