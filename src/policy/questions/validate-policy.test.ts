import { describe, expect, it, test } from 'vitest';
import type { PolicyKind } from '../document/policy-kinds.js';
import { COMPARED_MAX, locator, validatePolicy } from './validate-policy.js';

const codes = (given: unknown, kind: PolicyKind = 'identity') =>
  validatePolicy(typeof given === 'string' ? given : JSON.stringify(given), kind).map(({ type, code }) => [type, code]);
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' };
const shared = { ...read, Principal: { AWS: '111122223333' } };
const everyone = { ...read, Principal: '*' };

describe('a document that is no policy', () => {
  test.each<[string, unknown, PolicyKind, string]>([
    ['is not JSON', '{"Statement": [', 'identity', 'JSON_SYNTAX_ERROR'],
    ['is a list', '[]', 'identity', 'DATA_TYPE_MISMATCH'],
    [
      'is nested too deep',
      `{"Statement":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'identity',
      'DOCUMENT_TOO_LARGE',
    ],
    ['is of a version that does not exist', { ...policy(read), Version: '2020-01-01' }, 'identity', 'INVALID_VERSION'],
    ['has an unknown element', { ...policy(read), Comment: 'x' }, 'identity', 'INVALID_POLICY_ELEMENT'],
    ['has no statement', { Version: '2012-10-17' }, 'identity', 'MISSING_STATEMENT'],
    ['has no effect', policy({ ...read, Effect: undefined }), 'identity', 'MISSING_EFFECT'],
    ['has an unknown effect', policy({ ...read, Effect: 'allow' }), 'identity', 'INVALID_EFFECT'],
    ['has no action', policy({ ...read, Action: undefined }), 'identity', 'MISSING_ACTION'],
    ['has an action without a service', policy({ ...read, Action: 'GetObject' }), 'identity', 'INVALID_ACTION'],
    ['has no resource', policy({ ...read, Resource: undefined }), 'identity', 'MISSING_RESOURCE'],
    ['has a resource that is no ARN', policy({ ...read, Resource: 'data' }), 'identity', 'INVALID_ARN_PREFIX'],
    ['has Action and NotAction', policy({ ...read, NotAction: 's3:*' }), 'identity', 'UNSUPPORTED_ELEMENT_COMBINATION'],
    ['names a principal', policy(shared), 'identity', 'UNSUPPORTED_PRINCIPAL'],
    ['names none', policy(read), 'resource', 'MISSING_PRINCIPAL'],
    [
      'names a principal that is none',
      policy({ ...shared, Principal: { AWS: 'bob' } }),
      'resource',
      'INVALID_PRINCIPAL_FORMAT',
    ],
    ['names one of no type', policy({ ...shared, Principal: { User: '1' } }), 'resource', 'INVALID_PRINCIPAL_KEY'],
    [
      'has a wildcard in a principal',
      policy({ ...shared, Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      'resource',
      'UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
    ],
    [
      'has an unknown operator',
      policy({ ...read, Condition: { Equals: {} } }),
      'identity',
      'INVALID_CONDITION_OPERATOR',
    ],
    [
      'compares a number with a text',
      policy({ ...read, Condition: { NumericLessThan: { 's3:max-keys': 'ten' } } }),
      'identity',
      'DATA_TYPE_MISMATCH',
    ],
  ])('because it %s', (_, given, kind, code) => {
    expect(codes(given, kind)).toContainEqual(['ERROR', code]);
  });
});

describe('a policy', () => {
  test.each<[string, unknown, PolicyKind]>([
    ['of an identity', policy(read), 'identity'],
    ['of a resource', policy(shared), 'resource'],
    [
      'of everyone in an organization',
      policy({ ...everyone, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      'resource',
    ],
    [
      'that passes one role',
      policy({ ...read, Action: 'iam:PassRole', Resource: 'arn:aws:iam::111122223333:role/app' }),
      'identity',
    ],
    [
      'that passes roles to one service',
      policy({
        ...read,
        Action: 'iam:PassRole',
        Resource: '*',
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      }),
      'identity',
    ],
    [
      'of a service with a source',
      policy({
        ...read,
        Principal: { Service: 'sns.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      }),
      'resource',
    ],
    [
      'of trust',
      policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
      'trust',
    ],
  ])('%s has nothing to be said of it', (_, given, kind) => {
    expect(codes(given, kind)).toEqual([]);
  });

  it('that allows everything warns as AWS does, and of itself', () => {
    expect(codes(policy({ Effect: 'Allow', Action: '*', Resource: '*' }))).toEqual([
      ['SECURITY_WARNING', 'STAR_IN_ACTION_AND_RESOURCE'],
      ['SECURITY_WARNING', 'PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE'],
      ['WARNING', 'CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE'],
    ]);
  });

  test.each<[string, unknown, PolicyKind, string[]]>([
    [
      'passes any role',
      policy({ ...read, Action: 'iam:PassRole', Resource: '*' }),
      'identity',
      ['SECURITY_WARNING', 'PASS_ROLE_WITH_STAR_IN_RESOURCE'],
    ],
    [
      'passes all roles but one',
      policy({ Effect: 'Allow', Action: 'iam:PassRole', NotResource: 'arn:aws:iam::111122223333:role/app' }),
      'identity',
      ['SECURITY_WARNING', 'PASS_ROLE_WITH_NOT_RESOURCE'],
    ],
    [
      'allows all but some principals',
      policy({ ...read, NotPrincipal: { AWS: '111122223333' } }),
      'resource',
      ['SECURITY_WARNING', 'ALLOW_WITH_NOT_PRINCIPAL'],
    ],
    ['lets in everyone', policy(everyone), 'resource', ['SECURITY_WARNING', 'PUBLIC_ACCESS']],
    [
      'lets a service act for anybody',
      policy({ ...read, Principal: { Service: 'sns.amazonaws.com' } }),
      'resource',
      ['SECURITY_WARNING', 'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL'],
    ],
    [
      'uses ForAllValues where there is one value',
      policy({ ...read, Condition: { 'ForAllValues:StringEquals': { 'aws:PrincipalArn': 'x' } } }),
      'identity',
      ['SECURITY_WARNING', 'FORALLVALUES_WITH_SINGLE_VALUED_KEY'],
    ],
    ['has no version', { Statement: [read] }, 'identity', ['WARNING', 'MISSING_VERSION']],
    [
      'uses a Sid twice',
      policy({ ...read, Sid: 'A' }, { ...read, Sid: 'A', Action: 's3:PutObject' }),
      'identity',
      ['ERROR', 'UNIQUE_SIDS_REQUIRED'],
    ],
    [
      'gives a key twice',
      '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}',
      'identity',
      ['ERROR', 'JSON_SYNTAX_ERROR'],
    ],
    ['has an empty Sid', policy({ ...read, Sid: '' }), 'identity', ['SUGGESTION', 'EMPTY_SID_VALUE']],
    ['has no actions', policy({ ...read, Action: [] }), 'identity', ['SUGGESTION', 'EMPTY_ARRAY_ACTION']],
    [
      'has an empty condition',
      policy({ ...read, Condition: {} }),
      'identity',
      ['SUGGESTION', 'EMPTY_OBJECT_CONDITION'],
    ],
    [
      'has a condition without values',
      policy({ ...read, Condition: { StringEquals: { 'aws:PrincipalOrgID': [] } } }),
      'identity',
      ['SUGGESTION', 'EMPTY_ARRAY_CONDITION'],
    ],
    [
      'names an action that another includes',
      policy({ ...read, Action: ['s3:Get*', 's3:GetObject'] }),
      'identity',
      ['SUGGESTION', 'REDUNDANT_ACTION'],
    ],
    [
      'says something twice',
      policy(read, { ...read, Resource: 'arn:aws:s3:::data/logs/*' }),
      'identity',
      ['SUGGESTION', 'REDUNDANT_STATEMENT'],
    ],
    [
      'asks what no request can meet',
      policy({
        ...read,
        Condition: { StringEquals: { 'aws:username': 'a' }, StringNotEquals: { 'aws:username': 'a' } },
      }),
      'identity',
      ['WARNING', 'STATEMENT_NEVER_APPLIES'],
    ],
    [
      'allows what it denies',
      policy(read, { Effect: 'Deny', Action: 's3:*', Resource: '*' }),
      'identity',
      ['WARNING', 'STATEMENT_ALWAYS_DENIED'],
    ],
    [
      'is longer than it may be',
      policy({ ...read, Resource: Array.from({ length: 300 }, (_, n) => `arn:aws:s3:::bucket-${n}/*`) }),
      'identity',
      ['WARNING', 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA'],
    ],
    [
      'has too many statements to compare',
      policy(...Array.from({ length: COMPARED_MAX + 1 }, (_, n) => ({ ...read, Resource: `arn:aws:s3:::b${n}` }))),
      'identity',
      ['SUGGESTION', 'STATEMENTS_NOT_COMPARED'],
    ],
  ])('that %s', (_, given, kind, finding) => {
    expect(codes(given, kind)).toContainEqual(finding);
  });
});

it('a document longer than any of AWS is not reasoned about, which is said and takes no time', () => {
  const Action = Array.from({ length: 12_000 }, (_, index) => `s3:Get*${index}`);
  expect(codes(policy({ ...everyone, Action }), 'resource')).toEqual([
    ['WARNING', 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA'],
    ['SUGGESTION', 'REDUNDANT_ACTION'],
    ['SUGGESTION', 'STATEMENTS_NOT_COMPARED'],
  ]);
});

describe('the location of a finding', () => {
  it('counts lines from 1, columns and offsets from 0, and ends where the value has ended', () => {
    const text = [
      '{',
      '    "Version": "2012-10-17",',
      '    "Statement": [',
      '        {',
      '            "Sid": ""',
      '        }',
      '    ]',
      '}',
    ].join('\n');
    expect(locator(text)('$.Statement[0].Sid')).toEqual({
      elements: ['Statement', 0, 'Sid'],
      start: { line: 5, column: 19, offset: 79 },
      end: { line: 5, column: 21, offset: 81 },
    });
  });

  it('of what is missing is the nearest thing that is there', () => {
    expect(locator('{"Statement":[{}]}')('$.Statement[0].Effect').elements).toEqual(['Statement', 0]);
  });

  it('leads through keys with dots', () => {
    const text = JSON.stringify({
      Statement: { Condition: { StringEquals: { 'accounts.google.com:aud': ['a', 'b'] } } },
    });
    const { elements, start, end } = locator(text)('$.Statement.Condition.StringEquals.accounts.google.com:aud[1]');
    expect(elements).toEqual(['Statement', 'Condition', 'StringEquals', 'accounts.google.com:aud', 1]);
    expect(text.slice(start.offset, end.offset)).toBe('"b"');
  });

  it('of a syntax error is where reading stopped', () => {
    expect(locator('{"a":\n oops}')('$')).toMatchObject({ elements: [], start: { line: 2, column: 1, offset: 7 } });
    expect(locator('{"a":')('$').elements).toEqual([]);
  });
});
