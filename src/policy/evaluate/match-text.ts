import type { Template } from '../document/template.js';

/** Stand-ins for wildcards that mean themselves, from Unicode's private use area. */
const LITERAL_MANY = '\uE02A';
const LITERAL_ONE = '\uE03F';

/**
 * The pattern of a substituted template: `*` and `?` of the text are wildcards, those of literal parts are not.
 * Templates must have no variables left.
 */
export function patternOf(template: Template): string {
  let pattern = '';
  for (const part of template) {
    if (part.kind === 'variable') throw new Error(`the variable \`${part.key}\` was not substituted`);
    pattern += part.kind === 'text' ? part.text : part.text.replaceAll('*', LITERAL_MANY).replaceAll('?', LITERAL_ONE);
  }
  return pattern;
}

/** The text of a substituted template where no wildcard has a meaning. */
export function plainText(template: Template): string {
  return template.map((part) => (part.kind === 'variable' ? '' : part.text)).join('');
}

/** Whether a value matches a pattern: `*` any run of characters, `?` any one. O(pattern × value) at worst. */
export function matchGlob(pattern: string, value: string): boolean {
  let p = 0;
  let v = 0;
  let star = -1;
  let resume = 0;
  while (v < value.length) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p++;
      resume = v;
    } else if (wanted !== undefined && (wanted === '?' || sameCharacter(wanted, value[v]))) {
      p++;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function sameCharacter(wanted: string, found: string | undefined): boolean {
  return wanted === found || (wanted === LITERAL_MANY && found === '*') || (wanted === LITERAL_ONE && found === '?');
}

/**
 * Whether an ARN matches a pattern segment by segment: a wildcard of the first five segments does not cross a colon.
 * A pattern with fewer than six segments is completed with `*`, and a lone `*` matches everything. A value that is no
 * ARN matches nothing else.
 *
 * Source: IAM user guide, "IAM JSON policy elements: Resource".
 */
export function matchArn(pattern: string, value: string): boolean {
  if (/^\*+$/.test(pattern)) return true;
  const wanted = segmentsOf(pattern);
  const found = segmentsOf(value);
  if (found.length < 6) return false;
  for (let index = 0; index < 6; index++) {
    if (!matchGlob(wanted[index] ?? '*', found[index] ?? '')) return false;
  }
  return true;
}

/** The first five segments, and all the rest as the sixth. */
function segmentsOf(text: string): string[] {
  const parts = text.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Lower case of the letters A to Z alone: how AWS's case-insensitive comparisons are read here. */
export function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
