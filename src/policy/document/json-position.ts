/** A place in a text: lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a value begins and ends in a text: offsets, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a walk over a JSON text finds: where each value lies, and the keys that an object gives twice. */
interface Walk {
  readonly text: string;
  at: number;
  readonly spans: Map<string, Span>;
  readonly duplicates: string[];
}

/**
 * Where each value of a JSON text begins, by its path (`$.Statement[0].Action`). Computed only when an error or an
 * explanation needs it: reading a policy itself uses the platform's parser. The text must be valid JSON.
 *
 * @returns look-ups from path to position and to span, and the paths of keys given more than once. O(text).
 */
export function positionsOf(text: string): {
  readonly at: (path: string) => Position | undefined;
  readonly span: (path: string) => Span | undefined;
  readonly duplicates: readonly string[];
} {
  const walk: Walk = { text, at: 0, spans: new Map(), duplicates: [] };
  value(walk, '$');
  const at = (path: string): Position | undefined => {
    const span = walk.spans.get(path);
    return span === undefined ? undefined : positionAt(text, span.start);
  };
  return { at, span: (path) => walk.spans.get(path), duplicates: walk.duplicates };
}

/** The line and column of an offset in a text. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

function value(walk: Walk, path: string): void {
  skipSpace(walk);
  const start = walk.at;
  const first = walk.text[walk.at];
  if (first === '{') members(walk, path);
  else if (first === '[') items(walk, path);
  else if (first === '"') string(walk);
  else while (walk.at < walk.text.length && !/[\s,\]}]/.test(walk.text[walk.at] ?? '')) walk.at++;
  walk.spans.set(path, { start, end: walk.at });
}

function members(walk: Walk, path: string): void {
  const seen = new Set<string>();
  walk.at++;
  for (;;) {
    skipSpace(walk);
    if (walk.text[walk.at] === '}') break;
    if (walk.text[walk.at] === ',') {
      walk.at++;
      continue;
    }
    const key = string(walk);
    const memberPath = `${path}.${key}`;
    if (seen.has(key)) walk.duplicates.push(memberPath);
    seen.add(key);
    skipSpace(walk);
    walk.at++;
    value(walk, memberPath);
  }
  walk.at++;
}

function items(walk: Walk, path: string): void {
  walk.at++;
  for (let index = 0; ;) {
    skipSpace(walk);
    if (walk.text[walk.at] === ']') break;
    if (walk.text[walk.at] === ',') walk.at++;
    else value(walk, `${path}[${index++}]`);
  }
  walk.at++;
}

function string(walk: Walk): string {
  const start = walk.at++;
  while (walk.text[walk.at] !== '"') walk.at += walk.text[walk.at] === '\\' ? 2 : 1;
  walk.at++;
  return JSON.parse(walk.text.slice(start, walk.at)) as string;
}

function skipSpace(walk: Walk): void {
  while (/\s/.test(walk.text[walk.at] ?? '')) walk.at++;
}
