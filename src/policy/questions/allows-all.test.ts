import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../document/parse-policy.js';
import { allowsAll } from './allows-all.js';

const policyOf = (...Statement: readonly object[]) => {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'identity', 'test');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
};
const allow = (more: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const deny = (more: object) => ({ ...allow(more), Effect: 'Deny' });
const everything = { actions: [], resources: [] };
const iam = { actions: ['iam:*'], resources: [] };
const keys = { actions: ['kms:Decrypt'], resources: ['arn:aws:kms:*:999988887777:key/*'] };

describe('whether a policy allows every request of an access', () => {
  it.each([
    { name: 'everything', policy: policyOf(allow({})), access: everything, expect: 'yes' },
    {
      name: 'all services by their names',
      policy: policyOf(allow({ Action: '*:*' })),
      access: everything,
      expect: 'yes',
    },
    {
      name: 'two statements that are everything together',
      policy: policyOf(allow({ Action: 'iam:*' }), allow({ NotAction: 'iam:*', Action: undefined })),
      access: everything,
      expect: 'yes',
    },
    {
      name: 'one service less',
      policy: policyOf(allow({ NotAction: 's3:*', Action: undefined })),
      access: everything,
      expect: 'no',
    },
    {
      name: 'another service less',
      policy: policyOf(allow({ NotAction: 's3:*', Action: undefined })),
      access: iam,
      expect: 'yes',
    },
    { name: 'a deny', policy: policyOf(allow({}), deny({ Action: 'iam:CreateUser' })), access: iam, expect: 'no' },
    { name: 'a deny elsewhere', policy: policyOf(allow({}), deny({ Action: 's3:*' })), access: iam, expect: 'yes' },
    {
      name: 'a condition',
      policy: policyOf(allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
      access: iam,
      expect: 'no',
    },
    {
      name: 'keys of every account',
      policy: policyOf(allow({ Resource: 'arn:aws:kms:*:*:key/*' })),
      access: keys,
      expect: 'yes',
    },
    {
      name: 'keys of another account',
      policy: policyOf(allow({ Resource: 'arn:aws:kms:*:111122223333:key/*' })),
      access: keys,
      expect: 'no',
    },
    {
      name: 'keys by the caller’s tag',
      policy: policyOf(allow({ Resource: 'arn:aws:kms:*:*:key/${aws:PrincipalTag/key}' })),
      access: keys,
      expect: 'no',
    },
  ])('$name: $expect', ({ policy, access, expect: wanted }) => {
    expect(allowsAll([policy], access).kind).toBe(wanted);
  });

  it('shows a request that is not allowed', () => {
    const answer = allowsAll([policyOf(allow({}), deny({ Action: 'iam:CreateUser' }))], iam);
    expect(answer).toMatchObject({ kind: 'no', witness: { action: 'iam:createuser' } });
  });
});
