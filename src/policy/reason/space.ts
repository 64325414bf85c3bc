import type { Range } from '../pattern/ordered-value.js';
import { patternKey, type TokenPattern } from '../pattern/token-pattern.js';
import { always, never, type Formula } from './formula.js';

/** What the values of a dimension are compared as. */
export type DimensionKind = 'text' | 'number' | 'address';

/** A set of values that a condition names. */
export type Predicate =
  | { readonly kind: 'text'; readonly pattern: TokenPattern }
  | { readonly kind: 'number'; readonly range: Range<number> }
  | { readonly kind: 'address'; readonly range: Range<bigint> };

/** One thing about a request that tests look at. */
export interface DimensionDeclaration {
  readonly name: string;
  readonly kind: DimensionKind;
  /** Whether a request can lack it: the principal, the action and the resource are always there. */
  readonly optional: boolean;
  /** Whether a request can hold several values of it. */
  readonly many: boolean;
  readonly predicates: Predicate[];
}

/** How a dimension is first named. */
interface Naming {
  readonly kind: DimensionKind;
  readonly optional?: boolean;
  readonly many?: boolean;
}

/**
 * The dimensions of some questions and the predicates on each, every predicate once. All formulas that are solved
 * together are written in one space; atoms are computed for it once.
 */
export class Space {
  readonly dimensions = new Map<string, DimensionDeclaration>();
  private readonly ids = new Map<string, Map<string, number>>();

  /**
   * A test on a dimension. Predicates of a kind other than the dimension's are not comparable: the test is then only
   * known to lie between never and always.
   */
  test(
    dimension: string,
    naming: Naming,
    predicates: readonly Predicate[],
    { negated = false, whenAbsent = false }: { negated?: boolean; whenAbsent?: boolean } = {},
  ): Formula {
    const declared = this.declare(dimension, naming);
    if (declared.kind !== naming.kind) return incomparable(dimension, declared.kind, naming.kind);
    const ids = this.intern(declared, predicates);
    return { kind: 'test', dimension, predicates: ids, negated, whenAbsent: whenAbsent && declared.optional };
  }

  /** A test on the elements of a dimension that holds several values. */
  elements(
    dimension: string,
    predicates: readonly Predicate[],
    { negated = false, quantifier }: { negated?: boolean; quantifier: 'some' | 'every' },
  ): Formula {
    const declared = this.declare(dimension, { kind: 'text', optional: true, many: true });
    return { kind: 'elements', dimension, predicates: this.intern(declared, predicates), negated, quantifier };
  }

  /** Whether a dimension is there and holds several values. */
  isMany(dimension: string): boolean {
    return this.dimensions.get(dimension)?.many ?? false;
  }

  private declare(name: string, { kind, optional = true, many = false }: Naming): DimensionDeclaration {
    const known = this.dimensions.get(name);
    if (known !== undefined) return known;
    const made = { name, kind, optional, many, predicates: [] };
    this.dimensions.set(name, made);
    this.ids.set(name, new Map());
    return made;
  }

  private intern(declared: DimensionDeclaration, predicates: readonly Predicate[]): number[] {
    const ids = this.ids.get(declared.name);
    const result = new Set<number>();
    for (const predicate of predicates) {
      const key = predicateKey(predicate);
      let id = ids?.get(key);
      if (id === undefined) {
        id = declared.predicates.length;
        declared.predicates.push(predicate);
        ids?.set(key, id);
      }
      result.add(id);
    }
    return [...result];
  }
}

function incomparable(dimension: string, first: DimensionKind, second: DimensionKind): Formula {
  const reason = `\`${dimension}\` is compared both as ${first} and as ${second}`;
  return { kind: 'between', lower: never, upper: always, reason };
}

function predicateKey(predicate: Predicate): string {
  if (predicate.kind === 'text') return patternKey(predicate.pattern);
  const { low, lowOpen, high, highOpen } = predicate.range;
  return `${lowOpen ? '(' : '['}${low},${high}${highOpen ? ')' : ']'}`;
}

/** A dimension's value is one of these: for facts that a question takes as given. */
export function isOneOf(space: Space, dimension: string, patterns: readonly TokenPattern[], optional = true): Formula {
  return space.test(
    dimension,
    { kind: 'text', optional },
    patterns.map((pattern) => ({ kind: 'text', pattern })),
  );
}
