/** A value at the end of a path of an event. Objects and arrays are walked, never compared. */
export type Scalar = string | number | boolean | null;

/** An end of a range, and whether it belongs to it. */
export interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
}

/** Addresses from `first` to `last`, of one IP version. */
export interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly bits: number;
}

/** One way to ask of a text. `text` of an `IgnoreCase` one is folded. */
export type TextTest =
  | {
      readonly kind: 'prefix' | 'suffix' | 'prefixIgnoreCase' | 'suffixIgnoreCase' | 'equalsIgnoreCase';
      readonly text: string;
    }
  /** Literal texts around the stars: `a*b` is `['a', 'b']`. */
  | { readonly kind: 'wildcard'; readonly parts: readonly string[] };

/** One member of a pattern's leaf array: the leaf matches when any of its conditions holds. */
export type Condition =
  | { readonly kind: 'equals'; readonly value: Scalar }
  | TextTest
  | { readonly kind: 'numeric'; readonly lower?: Bound; readonly upper?: Bound }
  | { readonly kind: 'cidr'; readonly range: AddressRange }
  | { readonly kind: 'exists'; readonly exists: boolean }
  | { readonly kind: 'not'; readonly values: readonly (string | number)[] }
  | { readonly kind: 'notText'; readonly tests: readonly TextTest[] };

/** A leaf of a pattern: a path of field names and what its value must be. */
export interface Field {
  readonly path: readonly string[];
  readonly conditions: readonly Condition[];
}

/**
 * Case is folded to upper case, as the service does it: é is É, ß is SS, and the Kelvin sign is not K (whose upper case is
 * itself). Measured on event-ruler; Unicode's own folding differs.
 */
export function foldCase(text: string): string {
  return text.toUpperCase();
}
