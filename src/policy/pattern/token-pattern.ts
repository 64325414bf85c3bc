import type { Template } from '../document/template.js';
import { characterSets, type CharacterSet } from './character-set.js';

/**
 * A pattern as a sequence of tokens: what the automata of this room run on. Coarser than a regular expression, and
 * enough for everything an IAM policy can say of a text.
 */
export type TokenPattern = readonly Token[];

export type Token =
  /** One character; `other` is its other case where case does not matter. */
  | { readonly kind: 'character'; readonly character: string; readonly other?: string }
  /** Any one character of a set. */
  | { readonly kind: 'one'; readonly set: CharacterSet }
  /** Any run of characters of a set, also none. */
  | { readonly kind: 'many'; readonly set: CharacterSet };

/** How the wildcards of a text are read. */
export interface Reading {
  readonly ignoreCase?: boolean;
  /** The characters a wildcard stands for. */
  readonly set?: CharacterSet;
  /** ARNs: wildcards of the first five segments do not cross a colon. */
  readonly segments?: boolean;
}

/** A text that stands for itself. */
export function literal(text: string, ignoreCase = false): Token[] {
  return text.split('').map((character) => characterToken(character, ignoreCase));
}

/** Any run of characters of a set. */
export function many(set: CharacterSet = characterSets.any): Token {
  return { kind: 'many', set };
}

/** Exactly `count` characters of a set. */
export function exactly(count: number, set: CharacterSet): Token[] {
  return Array.from({ length: count }, () => ({ kind: 'one', set }) as const);
}

/** The tokens of a template without variables, with its wildcards. */
export function glob(template: Template, reading: Reading = {}): TokenPattern {
  const tokens: Token[] = [];
  let colons = 0;
  for (const part of template) {
    if (part.kind === 'variable') throw new Error(`the variable \`${part.key}\` was not substituted`);
    for (const character of part.text.split('')) {
      const set = setOf(reading, colons);
      if (part.kind === 'text' && character === '*') pushMany(tokens, set);
      else if (part.kind === 'text' && character === '?') tokens.push({ kind: 'one', set });
      else {
        if (character === ':') colons++;
        tokens.push(characterToken(character, reading.ignoreCase ?? false));
      }
    }
  }
  return tokens;
}

/**
 * The tokens of an ARN pattern: a lone `*` is everything; missing segments are completed with `*`.
 *
 * Source: IAM user guide, "IAM JSON policy elements: Resource", incomplete ARNs.
 */
export function arnGlob(template: Template, set: CharacterSet = characterSets.any): TokenPattern {
  const text = template.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  if (/^\*+$/.test(text) && template.every(({ kind }) => kind === 'text')) return [many(set)];
  const colons = template.reduce((count, part) => count + ('text' in part ? part.text.split(':').length - 1 : 0), 0);
  const completion = colons < 5 ? [{ kind: 'text', text: ':*'.repeat(5 - colons) } as const] : [];
  return glob([...template, ...completion], { segments: true, set });
}

/** Whether a pattern is one text and no other. */
export function isLiteral(pattern: TokenPattern): boolean {
  return pattern.every((token) => token.kind === 'character' && token.other === undefined);
}

/** The only text of a literal pattern. */
export function literalText(pattern: TokenPattern): string {
  return pattern.map((token) => (token.kind === 'character' ? token.character : '')).join('');
}

/** A text that tells patterns apart: equal keys, equal patterns. */
export function patternKey(pattern: TokenPattern): string {
  return pattern
    .map((token) => {
      if (token.kind === 'character') return token.other === undefined ? token.character : `\u0002${token.character}`;
      return `${token.kind === 'one' ? '\u0003' : '\u0004'}${token.set.id}`;
    })
    .join('');
}

function setOf({ set = characterSets.any, segments }: Reading, colons: number): CharacterSet {
  if (segments !== true || colons >= 5) return set;
  return set === characterSets.any ? characterSets.noColon : characterSets.noColonNorSeparator;
}

function pushMany(tokens: Token[], set: CharacterSet): void {
  const last = tokens.at(-1);
  if (last?.kind === 'many' && last.set === set) return;
  tokens.push({ kind: 'many', set });
}

function characterToken(character: string, ignoreCase: boolean): Token {
  if (!ignoreCase || !/[a-z]/i.test(character)) return { kind: 'character', character };
  const lower = character.toLowerCase();
  return { kind: 'character', character: lower, other: character.toUpperCase() };
}
