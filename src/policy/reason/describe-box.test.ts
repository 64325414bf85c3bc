import { describe, expect, it, test } from 'vitest';
import { SeededRandom } from '../../base/ports.js';
import { policyOf } from '../policy-questions.fixture.js';
import { randomPolicy } from '../random-policy.fixture.js';
import { difference } from '../questions/difference.js';
import { Compiler } from './compile.js';
import { and, bounded, not } from './formula.js';
import { mergedBoxes } from './merge-boxes.js';
import { findBoxes } from './search.js';
import { Space } from './space.js';
import { allowedFormula } from './statement-formula.js';

const identity = (...Statement: object[]) =>
  policyOf({ Version: '2012-10-17', Statement: Statement.map((one) => ({ Principal: '*', ...one })) });
const allow = (Action: unknown, Resource: unknown = '*', Condition: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  Condition,
});
const saidOf = (before: ReturnType<typeof identity>, after: ReturnType<typeof identity>) => {
  const { cases, complete } = difference([before], [after]);
  expect(complete).toBe(true);
  return cases.map(({ description }) => description);
};
const nothing = identity({ Effect: 'Deny', Action: '*', Resource: '*' });

describe('a case of a difference says just what it is', () => {
  test.each<[string, object, object, Record<string, string>[]]>([
    [
      'a list as a list',
      allow('s3:Get0'),
      allow(['s3:Get0', 's3:Get1', 's3:Put*']),
      [{ action: 's3:get1; or s3:put*' }],
    ],
    [
      'a wildcard less what was there',
      allow('s3:GetObject'),
      allow('s3:Get*'),
      [{ action: 's3:get*, not s3:getobject' }],
    ],
    [
      'values of a key as a list',
      allow('s3:a', '*', { StringEquals: { 's3:prefix': 'z' } }),
      allow('s3:a', '*', { StringEquals: { 's3:prefix': ['x', 'y', 'z'] } }),
      [{ action: 's3:a', 's3:prefix': 'x; or y' }],
    ],
    [
      'a key that may be absent',
      allow('s3:a', '*', { StringEquals: { 's3:prefix': 'x' } }),
      allow('s3:a', '*', { StringEqualsIfExists: { 's3:prefix': 'x' } }),
      [{ action: 's3:a', 's3:prefix': 'absent' }],
    ],
    [
      'resources as a list',
      allow('s3:a', 'arn:aws:s3:::c'),
      allow('s3:a', ['arn:aws:s3:::a', 'arn:aws:s3:::b', 'arn:aws:s3:::c']),
      [{ action: 's3:a', resource: 'arn:aws:s3:::a; or arn:aws:s3:::b' }],
    ],
    [
      'addresses as ranges',
      allow('s3:b'),
      allow('s3:a', '*', { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.0.2.1'] } }),
      [{ action: 's3:a', 'aws:sourceip': '10.0.0.0 to 10.255.255.255; or 192.0.2.1' }],
    ],
  ])('%s', (_, before, after, expected) => {
    const base = identity(before);
    expect(saidOf(base, identity(before, after)).length).toBeGreaterThan(0);
    expect(saidOf(base, identity(before, after))).toEqual(expected);
  });

  it('puts together what the search split: one statement, one case', () => {
    const statements = Array.from({ length: 12 }, (_, at) =>
      allow(`s3:Get${at}`, `arn:aws:s3:::b${at}/*`, { StringEquals: { [`aws:PrincipalTag/t${at}`]: 'x' } }),
    );
    const cases = saidOf(nothing, identity(...statements));
    expect(cases.map(({ action }) => action).sort()).toEqual(
      statements.map(({ Action }) => String(Action).toLowerCase()).sort(),
    );
  });
});

it.each([1, 2, 3])('boxes put together are disjoint and the same requests (seed %i)', (seed) => {
  const random = new SeededRandom(seed);
  for (let round = 0; round < 40; round++) {
    const [left, right] = [0, 1].map(() => policyOf(randomPolicy(random, { statements: 2, conditions: 1 })));
    const space = new Space();
    const formula = bounded(and([allowedFormula(space, [left!]), not(allowedFormula(space, [right!]))]), 'upper');
    const compiler = new Compiler(space);
    const { dimensions } = compiler;
    const { boxes, complete } = findBoxes(dimensions, compiler.node(formula), 200);
    if (!complete) continue;
    const merged = mergedBoxes(dimensions, boxes);
    expect(merged.length).toBeLessThanOrEqual(boxes.length);
    const meets = (one: (typeof boxes)[number], other: (typeof boxes)[number]): boolean =>
      dimensions.every((dimension, at) => dimension.meet(one[at]!, other[at]!) !== undefined);
    expect(merged.filter((one, at) => merged.some((other, place) => place > at && meets(one, other)))).toEqual([]);
    // Every box lies within one of the merged, and every merged box meets only such boxes.
    const within = (one: (typeof boxes)[number], other: (typeof boxes)[number]): boolean =>
      dimensions.every((dimension, at) => dimension.meet(one[at]!, other[at]!) === one[at]);
    expect(boxes.filter((one) => !merged.some((other) => within(one, other)))).toEqual([]);
    const volume = (all: typeof boxes): bigint =>
      all.reduce((sum, box) => sum + box.reduce((product, domain) => product * sizeOf(domain), 1n), 0n);
    expect(volume(merged)).toBe(volume(boxes));
  }
});

/** How many atoms a domain holds; the random policies have no dimension without. */
function sizeOf(domain: unknown): bigint {
  if (!(domain instanceof Uint32Array)) throw new Error('a dimension went lazy');
  let bits = 0n;
  for (let word of domain) for (; word !== 0; word &= word - 1) bits++;
  return bits;
}
