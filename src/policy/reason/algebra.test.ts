import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../base/ports.js';
import type { Policy } from '../document/policy.js';
import { allows, allowsBeyond, policyOf } from '../policy-questions.fixture.js';
import { randomPolicy } from '../random-policy.fixture.js';
import { randomRequest, requestFormula } from '../random-request.fixture.js';
import { all, Compiler, type Node } from './compile.js';
import { and, bounded, not, type Formula } from './formula.js';
import { findBox, findBoxes, type Box } from './search.js';
import { solve } from './solve.js';
import { Space } from './space.js';
import { allowedFormula } from './statement-formula.js';

const isLess = (left: Policy, right: Policy): boolean => solve(allowsBeyond(left, right)).kind === 'no';

/** Policies of which many are comparable: some at random, each also with one more statement of either effect. */
function related(random: SeededRandom): Policy[] {
  return Array.from({ length: 3 }, () => {
    const document = randomPolicy(random, { statements: 2, conditions: 1 }) as { Statement: object[] };
    const [more] = (randomPolicy(random, { statements: 1 }) as { Statement: object[] }).Statement;
    const plus = (effect: string): object => ({
      ...document,
      Statement: [...document.Statement, { ...more, Effect: effect }],
    });
    return [document, plus('Allow'), plus('Deny'), { ...document, Statement: document.Statement.toReversed() }];
  })
    .flat()
    .map((document) => policyOf(document));
}

describe.each([1, 2, 3, 4])('"less or equally permissive" is a partial order (seed %i)', (seed) => {
  const policies = related(new SeededRandom(seed));
  const less = policies.map((left) => policies.map((right) => isLess(left, right)));
  const indexes = policies.map((_, index) => index);
  const isLessAt = (left: number, right: number): boolean => less[left]?.[right] ?? false;
  const triples = indexes.flatMap((a) => indexes.flatMap((b) => indexes.map((c) => [a, b, c] as const)));

  it('every policy is less or equal to itself', () => {
    expect(indexes.filter((index) => !isLessAt(index, index))).toEqual([]);
  });

  it('it is transitive', () => {
    const chains = triples.filter(([a, b, c]) => isLessAt(a, b) && isLessAt(b, c));
    expect(chains.length).toBeGreaterThan(indexes.length);
    expect(chains.filter(([a, , c]) => !isLessAt(a, c))).toEqual([]);
  });

  it('two policies that are less or equal to each other decide every request alike', () => {
    const random = new SeededRandom(seed);
    const requests = Array.from({ length: 200 }, () => randomRequest(random));
    const equal = triples.filter(([a, b]) => a !== b && isLessAt(a, b) && isLessAt(b, a));
    expect(equal.length).toBeGreaterThan(0);
    for (const [a, b, c] of equal) {
      expect([isLessAt(a, c), isLessAt(c, a)]).toEqual([isLessAt(b, c), isLessAt(c, b)]);
    }
    for (const [a, b] of equal.filter(([, , c]) => c === 0)) {
      const [left, right] = [policies[a], policies[b]] as [Policy, Policy];
      expect(requests.filter((request) => allows(left, request) !== allows(right, request))).toEqual([]);
    }
  });
});

describe('differences', () => {
  it('what a allows beyond b and what b allows beyond a never meet', () => {
    const random = new SeededRandom(5);
    for (let round = 0; round < 100; round++) {
      const [left, right] = [policyOf(randomPolicy(random)), policyOf(randomPolicy(random))];
      const answer = solve({
        formula: (space, bindings) =>
          and([allowsBeyond(left, right).formula(space, bindings), allowsBeyond(right, left).formula(space, bindings)]),
        confirm: () => false,
      });
      expect(answer.kind).toBe('no');
    }
  });
});

describe('membership', () => {
  it.each(['atoms', 'lazy'] as const)(
    'a request lies in the formula exactly when the evaluator allows it (%s)',
    (engine) => {
      const random = new SeededRandom(6);
      let allowed = 0;
      for (let round = 0; round < 150; round++) {
        const policy = policyOf(randomPolicy(random));
        for (let index = 0; index < 10; index++) {
          const request = randomRequest(random);
          const space = new Space();
          const formula = bounded(allowedFormula(space, [policy]), 'upper');
          const whole = and([formula, requestFormula(space, request)]);
          const compiler = new Compiler(space, { engine });
          const isMember = findBox(compiler.dimensions, compiler.node(whole)) !== undefined;
          expect(isMember, JSON.stringify({ policy: policy.text, request: [...request.context], ...request })).toBe(
            allows(policy, request),
          );
          if (isMember) allowed++;
        }
      }
      expect(allowed).toBeGreaterThan(100);
    },
  );
});

describe('boxes', () => {
  const random = new SeededRandom(7);
  const cases = Array.from({ length: 60 }, () => {
    const policies = [randomPolicy(random), randomPolicy(random)].map((document) => policyOf(document));
    const [left, right] = policies as [Policy, Policy];
    const requests = Array.from({ length: 5 }, () => randomRequest(random));
    const space = new Space();
    const formula = bounded(and([allowedFormula(space, [left]), not(allowedFormula(space, [right]))]), 'upper');
    const points: Formula[] = requests.map((request) => requestFormula(space, request));
    const compiler = new Compiler(space);
    const root = compiler.node(formula);
    const found = findBoxes(compiler.dimensions, root, 2_000);
    const isIn = (request: number): boolean => {
      const one = requests[request];
      return one !== undefined && allows(left, one) && !allows(right, one);
    };
    return { compiler, root, ...found, points: points.map((point) => compiler.node(point)), isIn };
  });
  const nodeOf = (box: Box): Node => all(box.map((mask, dimension) => ({ kind: 'test', dimension, mask })));
  const meets = ({ dimensions }: Compiler, left: Box, right: Box): boolean =>
    dimensions.every((dimension, index) => {
      const [one, other] = [left[index], right[index]];
      return one === undefined || other === undefined || dimension.meet(one, other) !== undefined;
    });

  it('all are found', () => {
    expect(cases.filter(({ complete }) => !complete)).toEqual([]);
    expect(cases.filter(({ boxes }) => boxes.length > 3).length).toBeGreaterThan(5);
  });

  it('no two of them meet', () => {
    for (const { compiler, boxes } of cases) {
      const pairs = boxes.flatMap((left, index) => boxes.slice(index + 1).map((right) => [left, right] as const));
      expect(pairs.filter(([left, right]) => meets(compiler, left, right))).toEqual([]);
    }
  });

  it('together they are the formula: nothing of it is left out, nothing else is in them', () => {
    for (const { compiler, root, boxes } of cases) {
      const outside = all([root, ...boxes.map((box) => compiler.not(nodeOf(box)))]);
      expect(findBox(compiler.dimensions, outside)).toBeUndefined();
      const beyond = boxes.filter((box) => findBox(compiler.dimensions, all([nodeOf(box), compiler.not(root)])));
      expect(beyond).toEqual([]);
    }
  });

  it('a request lies in one of them if the evaluator says so, else in none', () => {
    for (const { compiler, boxes, points, isIn } of cases) {
      points.forEach((point, index) => {
        const holding = boxes.filter((box) => findBox(compiler.dimensions, all([point, nodeOf(box)])));
        expect(holding.length).toBe(isIn(index) ? 1 : 0);
      });
    }
  });
});
