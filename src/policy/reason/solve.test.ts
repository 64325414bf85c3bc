import { describe, expect, it } from 'vitest';
import { allowsSomething, policyOf } from '../policy-questions.fixture.js';
import { AccessMatrix } from './access-matrix.js';
import { solve } from './solve.js';

const policy = (Condition: object) =>
  policyOf({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition }],
  });

describe('the search and the evaluator agree at the edges', () => {
  it.each([
    {
      name: 'a date at the beginning of the epoch',
      condition: { DateGreaterThan: { 'aws:CurrentTime': '1970-01-01' } },
    },
    { name: 'a date before the epoch', condition: { DateLessThan: { 'aws:CurrentTime': '1970-01-01T00:00:00Z' } } },
    { name: 'a year', condition: { DateEquals: { 'aws:CurrentTime': '1950' } } },
    { name: 'a very small number', condition: { NumericLessThan: { 's3:max-keys': '1e-9' } } },
    { name: 'a negative number', condition: { NumericLessThan: { 's3:max-keys': '-1e30' } } },
    {
      name: 'all addresses but one',
      condition: { NotIpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1', '::/1'] } },
    },
  ])('$name', ({ condition }) => {
    expect(solve(allowsSomething(policy(condition))).kind).toBe('yes');
  });

  it('a text that is no ARN matches no ARN pattern but the lone wildcard', () => {
    const asText = { StringEquals: { 'aws:SourceArn': 'arn:aws:sns' } };
    const ask = (condition: object) => solve(allowsSomething(policy(condition)), { withoutAxioms: true });
    expect(ask({ ...asText, ArnLike: { 'aws:SourceArn': 'arn:aws:sns' } }).kind).toBe('no');
    expect(ask({ ...asText, ArnNotLike: { 'aws:SourceArn': 'arn:aws:sns' } }).kind).toBe('yes');
    expect(ask({ ...asText, ArnLike: { 'aws:SourceArn': '*' } }).kind).toBe('yes');
  });
});

describe('past its budget an answer is undetermined, with the reason', () => {
  /** Clauses of three keys as denies: a grant is left where none of them holds, which takes a search to find. */
  const clauses = (count: number) =>
    policyOf({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
        ...Array.from({ length: count }, (_, at) => ({
          Effect: 'Deny',
          Principal: '*',
          Action: '*',
          Resource: '*',
          Condition: {
            StringEquals: Object.fromEntries(
              [at % 20, (at * 7 + 3) % 20, (at * 13 + 5) % 20].map((key, place) => [
                `aws:RequestTag/k${key}`,
                (at >> place) % 2 === 0 ? 'x' : 'y',
              ]),
            ),
          },
        })),
      ],
    });

  it('by branches', () => {
    const asked = allowsSomething(clauses(85));
    expect(solve(asked).kind).toBe('yes');
    const answer = solve(asked, { nodesMax: 1 });
    expect(answer).toMatchObject({ kind: 'undetermined', reason: expect.stringContaining('1') as string });
  });

  it('by branches, of a matrix too', () => {
    const resource = { accountId: '111122223333', policies: [clauses(85)], policyRequired: false, controlLevels: [] };
    const target = { actions: ['s3:GetObject'], resources: ['*'], side: resource };
    const anonymous = { principal: { kind: 'anonymous' } as const, facts: new Map<string, readonly string[]>() };
    const ask = (nodesMax?: number) =>
      new AccessMatrix([anonymous], [target], nodesMax === undefined ? {} : { nodesMax }).ask(0, 0).kind;
    expect(ask()).toBe('yes');
    expect(ask(1)).toBe('undetermined');
  });

  it('by states of wildcard patterns', () => {
    const patterns = Array.from({ length: 30 }, (_, at) => `*${'abcdefghij'[at % 10]}${at}*`);
    const Condition = { StringNotLike: { 's3:prefix': patterns }, StringLike: { 's3:prefix': '*z*' } };
    expect(solve(allowsSomething(policy(Condition))).kind).toBe('yes');
    const answer = solve(allowsSomething(policy(Condition)), { statesMax: 2, lazyStatesMax: 2 });
    expect(answer).toMatchObject({ kind: 'undetermined', reason: expect.stringContaining('states') as string });
  });
});
