/** Levenshtein distance, O(a·b) time and O(b) space. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The names most like what was typed, nearest first: for "did you mean" in error messages. */
export function nearest(typed: string, names: Iterable<string>, count = 3): string[] {
  const wanted = typed.toLowerCase();
  return [...names]
    .map((name) => ({ name, score: name.toLowerCase().includes(wanted) ? 0 : distance(wanted, name.toLowerCase()) }))
    .filter(({ score }) => score <= Math.max(3, Math.ceil(typed.length / 2)))
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}
