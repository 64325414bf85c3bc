import { includesSet } from './character-set.js';
import type { Token, TokenPattern } from './token-pattern.js';

/**
 * Whether the rest of a pattern from a place accepts every text that the rest of another does, so far as that shows
 * token by token. `true` is certain; `false` only means that it does not show. O(tokens of one × tokens of the other).
 */
export function includesPattern(
  outer: TokenPattern,
  outerFrom: number,
  inner: TokenPattern,
  innerFrom: number,
): boolean {
  const refuted = new Set<number>();
  const includes = (place: number, other: number): boolean => {
    const [wide, narrow] = [outer[place], inner[other]];
    if (wide === undefined) return narrow === undefined;
    const key = place * (inner.length + 1) + other;
    if (refuted.has(key)) return false;
    const holds =
      wide.kind === 'many'
        ? (narrow !== undefined && includesToken(wide, narrow) && includes(place, other + 1)) ||
          includes(place + 1, other)
        : narrow !== undefined &&
          narrow.kind !== 'many' &&
          includesToken(wide, narrow) &&
          includes(place + 1, other + 1);
    if (!holds) refuted.add(key);
    return holds;
  };
  return includes(outerFrom, innerFrom);
}

/** Whether one token stands for every character that another does. */
function includesToken(wide: Token, narrow: Token): boolean {
  if (wide.kind === 'character') {
    if (narrow.kind !== 'character') return false;
    const both = [wide.character, wide.other ?? wide.character];
    return both.includes(narrow.character) && both.includes(narrow.other ?? narrow.character);
  }
  if (narrow.kind !== 'character') return includesSet(wide.set, narrow.set);
  return wide.set.has(narrow.character) && wide.set.has(narrow.other ?? narrow.character);
}
