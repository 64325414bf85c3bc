import { describe, expect, it } from 'vitest';
import { isPublicPolicy } from './public-policy.js';

const allow = (given: object) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...given }] });

describe('S3’s meaning of public', () => {
  const cases: readonly { name: string; policy: string; isPublic: boolean }[] = [
    { name: 'everybody', policy: allow({ Principal: '*' }), isPublic: true },
    { name: 'everybody, spelled as AWS', policy: allow({ Principal: { AWS: ['*'] } }), isPublic: true },
    { name: 'everybody but one', policy: allow({ NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }), isPublic: true },
    { name: 'one account', policy: allow({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }), isPublic: false },
    { name: 'a service', policy: allow({ Principal: { Service: 'cloudtrail.amazonaws.com' } }), isPublic: false },
    {
      name: 'everybody of one organization',
      policy: allow({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      isPublic: false,
    },
    {
      name: 'everybody of any organization',
      policy: allow({ Principal: '*', Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } }),
      isPublic: true,
    },
    {
      name: 'everybody from a narrow range',
      policy: allow({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }),
      isPublic: false,
    },
    {
      name: 'everybody from a huge range',
      policy: allow({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } } }),
      isPublic: true,
    },
    {
      name: 'everybody with a condition that does not narrow',
      policy: allow({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      isPublic: true,
    },
    {
      name: 'a denial of everybody',
      policy: JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: '*' } }),
      isPublic: false,
    },
    { name: 'what cannot be read', policy: '{', isPublic: true },
  ];
  it.each(cases)('$name: $isPublic', ({ policy, isPublic }) => {
    expect(isPublicPolicy(policy)).toBe(isPublic);
  });
});
