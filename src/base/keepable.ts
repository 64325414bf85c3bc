/** How deep a value from outside may nest: what reads it afterwards recurs. */
const DEPTH_MAX = 64;

/** Why a value from outside cannot be kept: where in it (`.Resources.0.Id`; empty for all of it), and the rule it breaks. */
export interface Unkeepable {
  readonly path: string;
  readonly rule: string;
}

/** Every Node that is supported has it; the types of the language as it is compiled for do not. */
type Text = string & { isWellFormed(): boolean };

/** PostgreSQL keeps no U+0000, and half a surrogate pair is no text. */
export function isKeepable(text: string): boolean {
  return !text.includes('\0') && (text as Text).isWellFormed();
}

/**
 * The first thing in a JSON value that cannot be kept. O(value); the place is put together on the way back: of a million
 * values, few need one.
 */
export function unkeepableIn(value: unknown, depth = 0): Unkeepable | undefined {
  if (typeof value === 'string') return isKeepable(value) ? undefined : notText('');
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEPTH_MAX) return { path: '', rule: `it must not nest deeper than ${DEPTH_MAX}` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = unkeepableIn(value[index], depth + 1);
      if (found !== undefined) return { ...found, path: `.${index}${found.path}` };
    }
    return undefined;
  }
  // Parsed JSON has members of its own only; a list of them would cost as much as all the rest.
  for (const name in value) {
    if (!isKeepable(name)) return notText('');
    const found = unkeepableIn((value as Readonly<Record<string, unknown>>)[name], depth + 1);
    if (found !== undefined) return { ...found, path: `.${name}${found.path}` };
  }
  return undefined;
}

function notText(path: string): Unkeepable {
  return { path, rule: 'it must be text without U+0000 and without half characters' };
}
