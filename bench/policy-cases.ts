import { SeededRandom } from '../src/base/ports.js';
import { allowsBeyond, allowsSomething, policyOf } from '../src/policy/policy-questions.fixture.js';
import { randomPolicy } from '../src/policy/random-policy.fixture.js';
import type { Question } from '../src/policy/reason/solve.js';

/** A question, from documents alone: reading them is part of what is measured. */
export interface Case {
  readonly name: string;
  readonly characters: number;
  readonly question: () => Question;
}

type Statement = Readonly<Record<string, unknown>>;

const everything: Statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };

/** Does one document allow anything that another does not? */
export function beyond(name: string, left: readonly Statement[], right: readonly Statement[]): Case {
  const [one, other] = [documentOf(left), documentOf(right)];
  const characters = JSON.stringify(one).length;
  return { name, characters, question: () => allowsBeyond(policyOf(one), policyOf(other)) };
}

function anything(name: string, statements: readonly Statement[]): Case {
  const document = documentOf(statements);
  const characters = JSON.stringify(document).length;
  return { name, characters, question: () => allowsSomething(policyOf(document)) };
}

function documentOf(Statement: readonly Statement[]): object {
  return { Version: '2012-10-17', Statement };
}

/** Two random policies of exactly so many statements each. */
export function randomPair(seed: number, statements: number): Case {
  const random = new SeededRandom(seed);
  const some = (): Statement[] => {
    const result: Statement[] = [];
    while (result.length < statements) {
      result.push(...(randomPolicy(random, { statements: 5 }) as { Statement: Statement[] }).Statement);
    }
    return result.slice(0, statements);
  };
  return beyond(`${statements} random statements`, some(), some());
}

/** A large policy against itself in the opposite order: nothing to find. */
export function permutedEqual(count: number): Case {
  const statements: Statement[] = Array.from({ length: count }, (_, index) => ({
    Effect: 'Allow',
    Principal: '*',
    Action: ['s3:GetObject', 's3:PutObject', 's3:List*'].slice(0, 1 + (index % 3)),
    Resource: [`arn:aws:s3:::team-${index}-data`, `arn:aws:s3:::team-${index}-data/*`],
    ...(index % 4 === 0 ? { Condition: { StringEquals: { 'aws:PrincipalTag/team': `t${index}` } } } : {}),
  }));
  const insecure = { ...everything, Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
  return beyond(`${count} statements, permuted`, [...statements, insecure], [insecure, ...statements.toReversed()]);
}

/** Everything allowed but for many denies that overlap: is anything left? */
export function overlappingDenies(count: number): Case {
  const random = new SeededRandom(7);
  const denies = Array.from({ length: count }, (): Statement => {
    const conditions: Record<string, Record<string, string>> = {};
    for (let left = 1 + random.below(2); left > 0; left--) {
      const operator = random.pick(['StringNotEquals', 'StringEquals', 'StringLike']);
      const value = `v${random.below(6)}${operator === 'StringLike' ? '*' : ''}`;
      (conditions[operator] ??= {})[`aws:PrincipalTag/t${random.below(8)}`] = value;
    }
    const bucket = `arn:aws:s3:::b${random.below(30)}`;
    const resources = [
      `${bucket}/*`,
      'arn:aws:s3:::*',
      'arn:aws:ec2:*:*:instance/*',
      `${bucket}/p${random.below(5)}/*`,
    ];
    return {
      Effect: 'Deny',
      Principal: random.chance(0.5) ? '*' : { AWS: String(100_000_000_000 + random.below(20)) },
      [random.chance(0.2) ? 'NotAction' : 'Action']: random.pick(['s3:Get*', 's3:Put*', 'ec2:*', 's3:*Object', '*']),
      [random.chance(0.2) ? 'NotResource' : 'Resource']: random.pick([...resources, '*']),
      Condition: conditions,
    };
  });
  return anything(`${count} overlapping denies`, [everything, ...denies]);
}

/** Patterns that begin and end in `*`, all on the resource: each doubles the atoms. */
export function infixDenies(count: number): readonly Case[] {
  return ['', 'arn:aws:s3:::'].flatMap((prefix) => {
    const among = (Effect: string, texts: readonly string[]): Statement => ({
      ...everything,
      Effect,
      Resource: texts.map((text) => prefix + text),
    });
    const denies = Array.from({ length: count - 1 }, (_, index) => among('Deny', [`*w${index + 1}x*`]));
    const statements = [among('Allow', ['*w0x*']), ...denies];
    const other = [among('Allow', ['*w0*', '*0x*']), among('Deny', ['*w1x*', '*w2*'])];
    return [
      beyond(`${count} infixes after "${prefix}"`, statements, other),
      beyond(`${count} infixes, permuted`, statements, statements.toReversed()),
    ];
  });
}

/** Random 3-SAT where it is hardest, a deny for each clause: is there an assignment? */
export function satisfiability(keys: number): Case {
  const random = new SeededRandom(keys);
  const denies = Array.from({ length: Math.round(keys * 4.3) }, (): Statement => {
    const chosen = new Set<number>();
    while (chosen.size < 3) chosen.add(random.below(keys));
    const conditions: Record<string, Record<string, string>> = {};
    for (const key of chosen) {
      const operator = random.chance(0.5) ? 'StringEquals' : 'StringNotEquals';
      (conditions[operator] ??= {})[`aws:PrincipalTag/x${key}`] = '1';
    }
    return { ...everything, Effect: 'Deny', Condition: conditions };
  });
  return anything(`3-SAT of ${keys} keys`, [everything, ...denies]);
}
