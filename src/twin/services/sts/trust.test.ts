import { describe, expect, it } from 'vitest';
import { trusts } from './trust.js';

const caller = {
  arn: 'arn:aws:iam::111122223333:user/a',
  accountId: '111122223333',
  userId: 'A',
  kind: 'user',
} as const;
const policy = (given: object) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...given }] });

describe('whom a role trusts', () => {
  const cases: readonly { name: string; document: string | undefined; externalId?: string; expected: boolean }[] = [
    {
      name: 'the caller’s account',
      document: policy({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }),
      expected: true,
    },
    { name: 'the account’s number alone', document: policy({ Principal: { AWS: '111122223333' } }), expected: true },
    { name: 'the caller', document: policy({ Principal: { AWS: [caller.arn] } }), expected: true },
    {
      name: 'another account',
      document: policy({ Principal: { AWS: 'arn:aws:iam::444455556666:root' } }),
      expected: false,
    },
    { name: 'a service', document: policy({ Principal: { Service: 'ec2.amazonaws.com' } }), expected: false },
    {
      name: 'URL-encoded, as the API gives it',
      document: encodeURIComponent(policy({ Principal: { AWS: '*' } })),
      expected: true,
    },
    {
      name: 'with the external id',
      document: policy({ Principal: { AWS: '*' }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
      externalId: 'x',
      expected: true,
    },
    {
      name: 'with another external id',
      document: policy({ Principal: { AWS: '*' }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
      externalId: 'y',
      expected: false,
    },
    {
      name: 'with a condition it cannot judge',
      document: policy({ Principal: { AWS: '*' }, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      expected: false,
    },
    {
      name: 'another action',
      document: policy({ Principal: { AWS: '*' }, Action: 'sts:TagSession' }),
      expected: false,
    },
    { name: 'no document', document: undefined, expected: false },
    { name: 'nonsense', document: '%E0%A4%A', expected: false },
  ];
  it.each(cases)('$name: $expected', ({ document, externalId, expected }) => {
    expect(trusts(document, caller, externalId)).toBe(expected);
  });
});
