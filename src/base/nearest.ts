/** How many characters to insert, remove, replace or swap with the next: O(a·b) time and O(b) space. */
function distance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swap = swapped ? (beforePrevious[column - 2] ?? 0) + 1 : substitution;
      current.push(Math.min(substitution, swap, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Shorter names are in too many words to be meant by one. */
const PART_CHARACTERS_MIN = 3;

/** 0 for a part of the name, else how many characters differ, but at most 2 for a name with something more. */
function unlikeness(typed: string, name: string): number {
  if (name.includes(typed)) return 0;
  const differ = distance(typed, name);
  return name.length >= PART_CHARACTERS_MIN && typed.startsWith(name) ? Math.min(differ, 2) : differ;
}

/** The names most like what was typed, nearest first: for "did you mean" in error messages. */
export function nearest(typed: string, names: Iterable<string>, count = 3): string[] {
  const wanted = typed.toLowerCase();
  return [...names]
    .map((name) => ({ name, score: unlikeness(wanted, name.toLowerCase()) }))
    .filter(({ score }) => score <= Math.max(3, Math.ceil(typed.length / 2)))
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/** A message lists this many names at most. */
const LISTED_MAX = 10;

/** Names as they stand in a message. */
export const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/**
 * What to say to who typed a name that there is not: the names most like it; where none is, those there are.
 * `undefined` where there are none.
 */
export function didYouMean(typed: string, names: Iterable<string>): string | undefined {
  const all = [...new Set(names)];
  const like = nearest(typed, all);
  if (like.length > 0) return `did you mean ${quoted(like)}?`;
  if (all.length === 0) return undefined;
  const rest = all.length > LISTED_MAX ? `, … (${all.length} in all)` : '';
  return `it is one of ${quoted(all.sort().slice(0, LISTED_MAX))}${rest}`;
}
