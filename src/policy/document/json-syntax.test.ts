import { assert, constantFrom, json, nat, property } from 'fast-check';
import { expect, it, test } from 'vitest';
import { syntaxErrorAt } from './json-syntax.js';

test.each<[string, number | undefined]>([
  ['{}', undefined],
  [' [1, -2.5e3, true, null, "a\\u00e9\\n", {"b": []}] ', undefined],
  ['', 0],
  ['{"a": oops}', 6],
  ['{"a": 1,}', 8],
  ['[1 2]', 3],
  ['{"a" 1}', 5],
  ['{"a": "b', 6],
  ['{"a": [1}', 8],
  ['{} {}', 3],
  ['{"a": 1', 7],
  ['[01]', 2],
])('%j stops being JSON at %s', (text, offset) => {
  expect(syntaxErrorAt(text)).toBe(offset);
});

it('agrees with the platform on what is JSON, whole and damaged', () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  assert(
    property(json(), nat(), constantFrom('', '"', '{', ']', ',', '\\', 'x', '1'), (text, where, put) => {
      const at = where % (text.length + 1);
      const damaged = text.slice(0, at) + put + text.slice(at + 1);
      for (const one of [text, damaged]) expect(syntaxErrorAt(one) === undefined).toBe(isJson(one));
    }),
  );
});

it('goes as deep as a text does', () => {
  expect(syntaxErrorAt('['.repeat(1_000_000))).toBe(1_000_000);
});
