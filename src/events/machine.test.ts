import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainMatch } from './explain.js';
import { interpret } from './interpret.js';
import { compileRules, matchEvent } from './machine.js';
import { matchText, readEvent } from './match-text.js';
import { parsePattern, type EventPattern } from './pattern.js';

const name = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c');
const text = fc.constantFrom('', 'x', 'xy', 'yx', 'X', 'x*y', '10.0.0.1', '::1', 'é', 'a"b', 'b\\');
const number = fc.constantFrom(0, 1, 2, -1, 1.5);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

/** Events in which everything meets: keys with dots, lists in lists, objects where values are expected. */
const { event } = fc.letrec<{ event: unknown; value: unknown }>((tie) => ({
  event: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    tie('event'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));

const operator = fc.oneof(
  scalar,
  fc.record({ prefix: text }),
  fc.record({ suffix: text }),
  fc.record({ prefix: fc.record({ 'equals-ignore-case': text }) }),
  fc.record({ suffix: fc.record({ 'equals-ignore-case': text }) }),
  fc.record({ 'equals-ignore-case': text }),
  fc.constantFrom({ wildcard: 'x*' }, { wildcard: '*y' }, { wildcard: '*' }, { wildcard: 'x\\*y' }),
  fc.record({ 'anything-but': fc.oneof(text, number) }),
  fc.record({ 'anything-but': fc.record({ prefix: fc.constantFrom('x', 'y') }) }),
  fc.constantFrom({ numeric: ['>', 0] }, { numeric: ['>=', 0, '<', 2] }, { numeric: ['=', 1] }),
  fc.constantFrom({ cidr: '10.0.0.0/8' }, { cidr: '::/0' }),
  fc.record({ exists: fc.boolean() }),
);

const { pattern } = fc.letrec<{ pattern: Record<string, unknown>; value: unknown }>((tie) => ({
  pattern: fc.oneof(
    fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 3 }),
    fc.record({
      $or: fc.array(fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 2 }), { minLength: 2, maxLength: 3 }),
    }),
  ),
  value: fc.oneof({ maxDepth: 2 }, fc.array(operator, { minLength: 1, maxLength: 3 }), tie('pattern')),
}));

function parsed(given: unknown): EventPattern {
  const result = parsePattern(given, { charactersMax: 1e6, alternativesMax: 1e4 });
  if ('error' in result) throw new Error(result.error.message);
  return result.pattern;
}

describe('the automaton and the interpreter agree', () => {
  it('on every pattern and event, whatever they are', () => {
    let matches = 0;
    fc.assert(
      fc.property(pattern, event, (given, happened) => {
        const one = parsed(given);
        const wanted = interpret(one, happened);
        if (wanted) matches += 1;
        expect(matchEvent(compileRules([{ name: 'r', pattern: one }]), happened)).toEqual(wanted ? ['r'] : []);
        expect(explainMatch(one, happened).matched).toBe(wanted);
      }),
      { numRuns: 3000 },
    );
    expect(matches).toBeGreaterThan(100);
  });

  it('on many rules at once, from text as from a value', () => {
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 12 }), event, (given, happened) => {
        const rules = given.map((each, index) => ({ name: String(index), pattern: parsed(each) }));
        const machine = compileRules(rules);
        const wanted = rules.filter((rule) => interpret(rule.pattern, happened)).map((rule) => rule.name);
        expect(matchEvent(machine, happened).sort()).toEqual(wanted.sort());
        const sifted = matchText(machine, JSON.stringify(happened));
        expect('matched' in sifted && [...sifted.matched].sort()).toEqual(wanted);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('array consistency', () => {
  /** Few values and few names, so that many choices of elements are right but for one field. */
  const bit = fc.constantFrom(0, 1);
  const element = (inner: fc.Arbitrary<unknown>) =>
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'l', 'l.b'), fc.oneof(bit, inner), { maxKeys: 4 });
  const list = (inner: fc.Arbitrary<unknown>) =>
    fc.array(fc.oneof({ weight: 5, arbitrary: element(inner) }, bit, inner));
  const lists = fc.array(element(list(list(bit))), { minLength: 1, maxLength: 4 });
  const crowded = fc.oneof(fc.record({ l: lists, m: lists, 'l.l': lists }, { requiredKeys: ['l'] }), lists);
  const asked = fc.constantFrom([0], [1], [{ exists: true }], [{ exists: false }], [{ 'anything-but': 1 }]);
  const path = fc
    .tuple(fc.constantFrom('l', 'm', ''), fc.constantFrom('l.', ''), fc.constantFrom('a', 'b', 'c', 'd', 'l'))
    .map(([first, second, last]) => `${first === '' ? '' : `${first}.`}${second}${last}`);
  const fields = fc.dictionary(path, asked, { minKeys: 2, maxKeys: 6 });

  it('is kept with lists in lists and beside lists, and many fields of each', () => {
    let matches = 0;
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 4 }), crowded, (given, happened) => {
        const rules = given.map((each, index) => ({ name: String(index), pattern: parsed(each) }));
        const wanted = rules.filter((rule) => interpret(rule.pattern, happened)).map((rule) => rule.name);
        matches += wanted.length;
        expect(matchEvent(compileRules(rules), happened).sort()).toEqual(wanted);
      }),
      { numRuns: 3000 },
    );
    expect(matches).toBeGreaterThan(100);
  });

  it.each<[string, unknown, unknown]>([
    [
      'a field that is nowhere does not let go of the element chosen before it',
      { l: { a: [1], b: [{ exists: false }], c: [1] } },
      { l: [{ a: 1 }, { c: 1 }] },
    ],
    [
      'an array under another spelling of the path does not let go of the element chosen before it',
      { a: { b: { c: [1], d: [1], e: [1] } } },
      { a: { b: [{ c: 1 }, { e: 1 }] }, 'a.b': [{ d: 1 }] },
    ],
    ['an event that is an array has elements too', { a: [1], b: [1] }, [{ a: 1 }, { b: 1 }]],
  ])('%s', (_name, given, happened) => {
    expect(interpret(parsed(given), happened)).toBe(false);
    expect(matchEvent(compileRules([{ name: 'r', pattern: parsed(given) }]), happened)).toEqual([]);
  });
});

/** JSON texts with all that JSON allows: keys that come twice, escapes where none are needed, blanks, deep lists. */
const jsonText = (() => {
  const blank = fc.constantFrom('', '', ' ', '\n\t');
  const string = (of: fc.Arbitrary<string>) =>
    fc
      .tuple(of, fc.constantFrom(0, 0, 0, 1))
      .map(([value, escaped]) =>
        escaped === 0
          ? JSON.stringify(value)
          : `"${Array.from({ length: value.length }, (_, at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`,
      );
  const key = string(fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c', 'aa', 'x"a', 'a\\', '😀', 'a/b'));
  const { object } = fc.letrec<{ object: string; value: string }>((tie) => ({
    object: fc
      .array(fc.tuple(blank, key, blank, blank, tie('value')), { maxLength: 4 })
      .map(
        (members) => `{${members.map(([one, name, two, three, of]) => `${one}${name}${two}:${three}${of}`).join()}}`,
      ),
    value: fc.oneof(
      { maxDepth: 4 },
      string(fc.oneof(text, fc.constantFrom('"a":"x"', 'a":1', '\ud800', 'é😀'))),
      fc.constantFrom('0', '1', '1.0', '10e-1', '-1', 'true', 'false', 'null', '[]', '{}', '1.50'),
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    ),
  }));
  return object;
})();

describe('an event given as text', () => {
  const rulesOf = (given: readonly unknown[]) =>
    given.map((each, index) => ({ name: String(index), pattern: parsed(each) }));
  const patterns = fc.array(pattern, { minLength: 1, maxLength: 4 });

  it('is answered as JSON.parse and the automaton answer it', () => {
    let matches = 0;
    fc.assert(
      fc.property(patterns, jsonText, (given, happened) => {
        const machine = compileRules(rulesOf(given));
        const wanted = matchEvent(machine, JSON.parse(happened));
        matches += wanted.length;
        expect(matchText(machine, happened)).toEqual({ matched: wanted });
      }),
      { numRuns: 3000 },
    );
    expect(matches).toBeGreaterThan(100);
  });

  it('never matches when it is not JSON, and is never refused when it is', () => {
    const cut = fc.tuple(jsonText, fc.nat(), fc.constantFrom('', '"', '}', ',', '0', '\\', '\u0000'));
    fc.assert(
      fc.property(patterns, cut, (given, [whole, at, put]) => {
        const place = at % whole.length;
        const broken = whole.slice(0, place) + put + whole.slice(place + 1);
        const machine = compileRules(rulesOf(given));
        let wanted: readonly string[] | undefined;
        try {
          wanted = matchEvent(machine, JSON.parse(broken));
        } catch {
          wanted = undefined;
        }
        const answer = matchText(machine, broken);
        if (wanted !== undefined) expect(answer).toEqual({ matched: wanted });
        else if ('matched' in answer) expect(answer.matched).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  const machine = compileRules([{ name: 'r', pattern: parsed({ a: ['x'], 'b.c': [{ exists: true }] }) }]);

  it('is told to be cut off, wherever it is', () => {
    const whole = JSON.stringify({ z: { deep: ['"', '\\', { a: 1 }] }, a: 'x', b: { c: [1, 2] }, d: [] });
    expect(matchText(machine, whole)).toEqual({ matched: ['r'] });
    for (let length = 0; length < whole.length; length++) {
      const part = whole.slice(0, length);
      expect(matchText(machine, part), part).toEqual(
        part.endsWith('}') ? expect.not.objectContaining({ matched: ['r'] }) : { malformed: expect.anything() },
      );
    }
  });

  it.each<[string, string, number, number]>([
    ['something after its end', '{"a":"x","b":{"c":1}} trailing', 1, 23],
    ['a comma before its end', '{"a":"x","b":{"c":1},}', 1, 22],
    ['a number with a leading zero where no rule looks', '{"a":"x","z":01,\n"b":{"c":1}}', 1, 14],
    ['a control character in a text where no rule looks', '{"a":"x",\n"z":"\u0001","b":{"c":1}}', 2, 5],
    ['no comma between members', '{"a":"x" "b":{"c":1}}', 1, 10],
  ])('that could match is refused for %s, with the place', (_name, given, line, column) => {
    expect(matchText(machine, given)).toMatchObject({ malformed: { line, column } });
  });

  it('that could match nothing is read no further', () => {
    expect(matchText(machine, '{"a":"y",,}')).toEqual({ matched: [] });
    expect(readEvent('{"a":"y",,}')).toMatchObject({ malformed: { line: 1, column: 10 } });
  });

  it('a key that comes twice counts as it does for JSON.parse: the last one', () => {
    const one = compileRules([{ name: 'r', pattern: parsed({ a: ['x'] }) }]);
    expect(matchText(one, '{"a":"x","a":"y"}')).toEqual({ matched: [] });
    expect(matchText(one, '{"a":"y","a":"x"}')).toEqual({ matched: ['r'] });
  });

  it('keys and values with escapes are read as what they mean', () => {
    const one = compileRules([{ name: 'r', pattern: parsed({ 'a"': ['b\\'] }) }]);
    expect(matchText(one, String.raw`{"skip\\":"\"}","a\"":"b\\"}`)).toEqual({ matched: ['r'] });
    expect(matchText(one, String.raw`{"\u0061\u0022":"\u0062\u005c"}`)).toEqual({ matched: ['r'] });
  });
});

describe('why a pattern matches or not', () => {
  const given = parsed({
    source: ['aws.ec2'],
    detail: { state: [{ prefix: 'stop' }, 'gone'], size: [{ numeric: ['>', 3] }] },
  });
  it('is told field by field', () => {
    expect(explainMatch(given, { source: 'aws.ec2', detail: { state: 'running' } })).toEqual({
      matched: false,
      alternatives: 1,
      inDifferentElements: false,
      fields: [
        { path: 'source', matched: true, expected: '"aws.ec2"', seen: '"aws.ec2"' },
        {
          path: 'detail.state',
          matched: false,
          expected: 'a text that begins with "stop" or "gone"',
          seen: '"running"',
        },
        { path: 'detail.size', matched: false, expected: 'a number > 3', seen: 'nothing' },
      ],
    });
  });

  it('says when every field matches, but in different elements', () => {
    const apart = parsed({ list: { a: [1], b: [2] } });
    expect(explainMatch(apart, { list: [{ a: 1 }, { b: 2 }] })).toMatchObject({
      matched: false,
      inDifferentElements: true,
    });
  });

  it('tells of the alternative that comes closest', () => {
    const either = parsed({ $or: [{ a: [1], b: [1] }, { c: [1] }] });
    expect(explainMatch(either, { a: 1 }).fields.map(({ path }) => path)).toEqual(['a', 'b']);
  });
});

it('rules that ask the same in the beginning share it, and a rule that is added later is matched too', () => {
  const machine = compileRules([{ name: 'one', pattern: parsed({ a: ['x'], b: [1] }) }]);
  machine.add({ name: 'two', pattern: parsed({ a: ['x'], b: [{ numeric: ['<', 5] }] }) });
  expect(matchEvent(machine, { a: 'x', b: 1 }).sort()).toEqual(['one', 'two']);
});

it('alternatives that are all true are gone through once: no pattern multiplies the work', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`f${index}`, ['x', { prefix: '' }, { suffix: '' }]]),
  );
  const machine = compileRules([{ name: 'r', pattern: parsed(JSON.stringify(fields)) }]);
  const happened = Object.fromEntries(Object.keys(fields).map((key) => [key, 'x']));
  expect(matchEvent(machine, happened)).toEqual(['r']);
});
