/** A set of values of one dimension, as its implementation keeps it. */
export type Domain = BitSet | LazyDomain;

/** Atoms as bits. */
export type BitSet = Uint32Array;

/** Tests that a value must pass, not yet known to have one: of each group one predicate, none of `none`. */
export interface LazyDomain {
  readonly key: string;
  readonly groups: readonly (readonly number[])[];
  readonly none: readonly number[];
  /** Whether the absent value is still possible. */
  readonly absent: boolean;
}

/** How a domain lies to a mask: outside it, partly in it, or within it. */
export type Overlap = 'none' | 'some' | 'all';

/** One dimension made ready for search. A mask is a test as a set of values; domains shrink as tests are assumed. */
export interface Dimension {
  readonly name: string;
  /** Set for an element of a many-valued key: the key and the element's value. */
  readonly element?: { readonly key: string; readonly value: string };
  full(): Domain;
  mask(predicates: readonly number[], negated: boolean, whenAbsent: boolean): Domain;
  complement(mask: Domain): Domain;
  /** The values in both, or `undefined` when there is none; the domain itself when that is all of it. */
  meet(domain: Domain, mask: Domain): Domain | undefined;
  overlap(domain: Domain, mask: Domain): Overlap;
  /** A value of the domain, preferably one of the given; `undefined` for the absent value. */
  pick(domain: Domain, preferred: readonly string[]): string | undefined;
}
