import type { TokenPattern } from './token-pattern.js';

/** Whether a text matches a pattern, by following all open places at once. O(pattern × text). */
export function matchTokens(pattern: TokenPattern, text: string): boolean {
  let open = closed(pattern, [0]);
  for (const character of text.split('')) {
    const next: number[] = [];
    for (const place of open) {
      const token = pattern[place];
      if (token === undefined) continue;
      if (token.kind === 'character') {
        if (token.character === character || token.other === character) next.push(place + 1);
      } else if (token.set.has(character)) next.push(token.kind === 'one' ? place + 1 : place);
    }
    if (next.length === 0) return false;
    open = closed(pattern, next);
  }
  return open.includes(pattern.length);
}

function closed(pattern: TokenPattern, places: readonly number[]): number[] {
  const result: number[] = [];
  for (let place of places) {
    while (!result.includes(place)) {
      result.push(place);
      if (pattern[place]?.kind !== 'many') break;
      place++;
    }
  }
  return result;
}
