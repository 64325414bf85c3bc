import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../base/ports.js';
import { atomsOf } from './atoms.js';
import { characterSets } from './character-set.js';
import { findText } from './find-text.js';
import { includesPattern } from './includes-pattern.js';
import { matchTokens } from './match-tokens.js';
import { literal, many, type Token, type TokenPattern } from './token-pattern.js';

const { any, noColon, digit } = characterSets;
const ROUNDS = 400;

/** Every text of at most five of these characters: enough to tell short patterns apart. */
const texts = everyText(5);

function everyText(length: number): string[] {
  if (length === 0) return [''];
  const shorter = everyText(length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return [...shorter, ...longest.flatMap((text) => ['a', 'A', ':', '7', '!'].map((one) => text + one))];
}

function randomToken(random: SeededRandom): Token {
  const set = random.pick([any, noColon, digit]);
  switch (random.below(4)) {
    case 0:
      return many(set);
    case 1:
      return { kind: 'one', set };
    default:
      return literal(random.pick(['a', 'A', ':', '7']), random.chance(0.3))[0] ?? many(set);
  }
}

function randomPattern(random: SeededRandom): TokenPattern {
  if (random.chance(0.3)) return literal(random.pick(texts.filter((text) => text.length < 4)));
  return Array.from({ length: 1 + random.below(4) }, () => randomToken(random));
}

const acceptedBy = (patterns: readonly TokenPattern[], text: string): string =>
  [...patterns.keys()].filter((index) => matchTokens(patterns[index] ?? [], text)).join();

describe('atoms', () => {
  it('every text lies in one, every one holds its text, and no two are alike', () => {
    const random = new SeededRandom(1);
    for (let round = 0; round < ROUNDS; round++) {
      const patterns = Array.from({ length: 1 + random.below(5) }, () => randomPattern(random));
      const { atoms } = atomsOf(patterns, 10_000);
      const signatures = new Set(atoms.map(({ accepted }) => accepted.join()));
      expect(signatures.size).toBe(atoms.length);
      expect(atoms.filter(({ accepted, text }) => acceptedBy(patterns, text) !== accepted.join())).toEqual([]);
      expect(texts.filter((text) => !signatures.has(acceptedBy(patterns, text)))).toEqual([]);
    }
  });

  it('a class of finitely many texts, all of them named, is none', () => {
    const patterns = [literal('ab', true), ...['ab', 'aB', 'Ab', 'AB'].map((text) => literal(text))];
    expect(
      atomsOf(patterns, 100)
        .atoms.map(({ accepted }) => accepted.join())
        .sort(),
    ).toEqual(['', '0,1', '0,2', '0,3', '0,4'].sort());
    expect(atomsOf(patterns.slice(0, -1), 100).atoms.map(({ accepted }) => accepted.join())).toContain('0');
  });
});

describe('finding a text', () => {
  it('finds one exactly where there is one', () => {
    const random = new SeededRandom(2);
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const patterns = Array.from({ length: 6 }, () => randomPattern(random));
      const indexes = [...patterns.keys()];
      const wanted = {
        groups: [indexes.filter(() => random.chance(0.5)), indexes.filter(() => random.chance(0.5))],
        none: indexes.filter(() => random.chance(0.3)),
      };
      const isWanted = (text: string): boolean => {
        const accepts = (index: number): boolean => matchTokens(patterns[index] ?? [], text);
        return wanted.groups.every((group) => group.some(accepts)) && !wanted.none.some(accepts);
      };
      const text = findText(patterns, wanted, 10_000);
      if (text === undefined) expect(texts.filter(isWanted)).toEqual([]);
      else expect(isWanted(text)).toBe(true);
      if (text !== undefined) found++;
    }
    expect(found).toBeGreaterThan(50);
    expect(found).toBeLessThan(ROUNDS - 50);
  });

  it('is not slowed down by many excluded infixes, wherever wildcards end', () => {
    for (const set of [any, noColon]) {
      const infix = (text: string): TokenPattern => [
        many(set),
        ...literal(text),
        many(set),
        ...literal(':'),
        many(any),
      ];
      const patterns = Array.from({ length: 40 }, (_, index) => infix(`w${index}x`));
      const none = [...patterns.keys()].slice(1);
      expect(findText(patterns, { groups: [[0]], none }, 5_000)).toMatch(/w0x.*:/);
      expect(findText([...patterns, infix('0')], { groups: [[0]], none: [...none, 40] }, 5_000)).toBeUndefined();
    }
  });
});

it('a pattern said to include another accepts all its texts', () => {
  const random = new SeededRandom(3);
  let included = 0;
  for (let round = 0; round < 5 * ROUNDS; round++) {
    const [outer, inner] = [randomPattern(random), randomPattern(random)];
    if (!includesPattern(outer, 0, inner, 0)) continue;
    included++;
    expect(texts.filter((text) => matchTokens(inner, text) && !matchTokens(outer, text))).toEqual([]);
  }
  expect(included).toBeGreaterThan(50);
});
