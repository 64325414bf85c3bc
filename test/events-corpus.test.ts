import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpret } from '../src/events/interpret.js';
import { compileRules, matchEvent } from '../src/events/machine.js';
import { matchText } from '../src/events/match-text.js';
import { parsePattern, type PatternError } from '../src/events/pattern.js';

interface Case<Expected> {
  readonly name: string;
  readonly given: { readonly pattern: unknown; readonly event?: unknown };
  readonly expect: Expected;
}

const corpus = <Expected>(name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'corpora', 'events', `${name}.json`), 'utf8')) as Case<Expected>[];

const matching = corpus<boolean>('matching');
const mistakes = corpus<Pick<PatternError, 'code' | 'path'>>('mistakes');

it('every case says what is expected, and has a name of its own', () => {
  expect(matching.length + mistakes.length).toBeGreaterThanOrEqual(300);
  expect(matching.filter((each) => typeof each.expect !== 'boolean')).toEqual([]);
  expect(mistakes.filter((each) => typeof each.expect?.path !== 'string')).toEqual([]);
  const names = [...matching, ...mistakes].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe('what patterns match', () => {
  const parsed = matching.map((each) => {
    const result = parsePattern(each.given.pattern);
    if ('error' in result) throw new Error(`${each.name}: ${result.error.message}`);
    return { ...each, pattern: result.pattern };
  });

  it.each(parsed)('$name', ({ pattern, given: { event }, expect: wanted }) => {
    const machine = compileRules([{ name: 'rule', pattern }]);
    expect(interpret(pattern, event), 'interpreter').toBe(wanted);
    expect(matchEvent(machine, event), 'automaton').toEqual(wanted ? ['rule'] : []);
    expect(matchText(machine, JSON.stringify(event)), 'text').toEqual({ matched: wanted ? ['rule'] : [] });
  });

  it('all rules together match what each matches alone', () => {
    const rules = parsed.map(({ pattern }, index) => ({ name: String(index), pattern }));
    const machine = compileRules(rules);
    for (const { event } of matching.map(({ given }) => given)) {
      const alone = rules.filter(({ pattern }) => interpret(pattern, event)).map(({ name }) => name);
      expect(new Set(matchEvent(machine, event))).toEqual(new Set(alone));
      expect(matchText(machine, JSON.stringify(event, undefined, 2))).toEqual({ matched: matchEvent(machine, event) });
    }
  });
});

describe('mistakes in patterns are told with their place', () => {
  it.each(mistakes)('$name', ({ given, expect: wanted }) => {
    const result = parsePattern(given.pattern);
    expect(result).toMatchObject({ error: wanted });
    const { error } = result as { error: PatternError };
    expect(error.message.length).toBeGreaterThan(10);
    expect(error.line !== undefined).toBe(typeof given.pattern === 'string');
  });
});
