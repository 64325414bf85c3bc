import { describe, expect, test } from 'vitest';
import { allowsSomething, policyOf } from '../policy-questions.fixture.js';
import { solve } from './solve.js';

/** Whether some real request has what a statement asks, whoever sends it. */
function isPossible(Condition: object, Principal: unknown = '*'): boolean {
  const statement = { Effect: 'Allow', Principal, Action: '*', Resource: '*', Condition };
  return solve(allowsSomething(policyOf({ Version: '2012-10-17', Statement: [statement] }))).kind === 'yes';
}

const user = { AWS: 'arn:aws:iam::111122223333:user/ann' };
const service = { Service: 'sns.amazonaws.com' };

describe('what is true of every real request', () => {
  test.each<[string, boolean, object, unknown]>([
    ['it is by TLS or not', false, { Null: { 'aws:SecureTransport': 'true' } }, '*'],
    ['that is true or false', false, { StringNotEquals: { 'aws:SecureTransport': ['true', 'false'] } }, '*'],
    ['it has a time', false, { Null: { 'aws:CurrentTime': 'true' } }, '*'],
    ['it has a region', false, { Null: { 'aws:RequestedRegion': 'true' } }, '*'],
    ['MFA may be unsaid', true, { Null: { 'aws:MultiFactorAuthPresent': 'true' } }, user],
    ['a user sends no source', false, { Null: { 'aws:SourceArn': 'false' } }, user],
    ['a service may', true, { Null: { 'aws:SourceArn': 'false' } }, service],
    ['or may not', true, { Null: { 'aws:SourceAccount': 'true' } }, service],
    ['a service is of no organization', false, { Null: { 'aws:PrincipalOrgID': 'false' } }, service],
    ['a user may be', true, { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, user],
    ['a service has no tags', false, { StringLike: { 'aws:PrincipalTag/team': '*' } }, service],
    ['a user has the account of its ARN', false, { StringNotEquals: { 'aws:PrincipalAccount': '111122223333' } }, user],
    ['a service has no account', false, { Null: { 'aws:PrincipalAccount': 'false' } }, service],
    ['an account has twelve digits', false, { StringEquals: { 'aws:PrincipalAccount': '12345' } }, '*'],
    [
      'through an endpoint there is no address',
      false,
      { Null: { 'aws:SourceIp': 'false', 'aws:SourceVpce': 'false' } },
      '*',
    ],
    ['a service is one', false, { Bool: { 'aws:PrincipalIsAWSService': 'false' } }, service],
    ['a user is none', false, { Bool: { 'aws:PrincipalIsAWSService': 'true' } }, user],
    ['a user is of type User', false, { StringNotEquals: { 'aws:PrincipalType': 'User' } }, user],
  ])('%s', (_, possible, condition, principal) => {
    expect(isPossible(condition, principal)).toBe(possible);
  });
});
