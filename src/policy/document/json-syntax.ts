/** What may come next. */
type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd';

const SPACE = /[ \t\n\r]*/y;
/** Anything from the space on but a quotation mark and a backslash. */
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Where a text stops being JSON: the offset of the first character that cannot be there, its length when the text ends
 * too soon, `undefined` when it is JSON. The platform's parser tells the offset of some errors only.
 *
 * Without recursion: a hostile text may be nested as deep as it is long. O(text).
 */
export function syntaxErrorAt(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = take(SPACE, text, 0) ?? 0;
  while (at < text.length) {
    const next = step(text, at, expected, open);
    if (next === undefined) return at;
    expected = next.expected;
    at = take(SPACE, text, next.at) ?? next.at;
    if (open.length === 0 && expected === 'commaOrEnd') return at < text.length ? at : undefined;
  }
  return text.length;
}

/** Reads one token; `undefined` when it is not one that may come here. */
function step(
  text: string,
  at: number,
  expected: Expected,
  open: ('{' | '[')[],
): { at: number; expected: Expected } | undefined {
  const character = text[at];
  switch (expected) {
    case 'colon':
      return character === ':' ? { at: at + 1, expected: 'value' } : undefined;
    case 'commaOrEnd':
      if (character === ',') return { at: at + 1, expected: open.at(-1) === '{' ? 'key' : 'value' };
      return closed(character, at, open);
    case 'key':
    case 'keyOrEnd': {
      const end = take(STRING, text, at);
      if (end !== undefined) return { at: end, expected: 'colon' };
      return expected === 'keyOrEnd' ? closed(character, at, open) : undefined;
    }
    case 'value':
    case 'valueOrEnd': {
      if (character === '{' || character === '[') {
        open.push(character);
        return { at: at + 1, expected: character === '{' ? 'keyOrEnd' : 'valueOrEnd' };
      }
      const end = take(STRING, text, at) ?? take(SCALAR, text, at);
      if (end !== undefined) return { at: end, expected: 'commaOrEnd' };
      return expected === 'valueOrEnd' ? closed(character, at, open) : undefined;
    }
  }
}

function closed(character: string | undefined, at: number, open: ('{' | '[')[]) {
  if (open.at(-1) !== (character === '}' ? '{' : character === ']' ? '[' : undefined)) return undefined;
  open.pop();
  return { at: at + 1, expected: 'commaOrEnd' as const };
}

/** The end of a pattern that begins at an offset. */
function take(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
