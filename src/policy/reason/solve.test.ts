import { describe, expect, it } from 'vitest';
import { allowsSomething, policyOf } from '../policy-questions.fixture.js';
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
