import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePolicy } from '../../../policy/document/parse-policy.js';
import { notDenied } from '../../../policy/questions/not-denied.js';
import { plainReading } from './plain-reading.js';

const ARN = 'arn:aws:s3:::photos';
const statement = fc.record({
  Effect: fc.constantFrom('Deny', 'Deny', 'Allow'),
  Principal: fc.constantFrom<unknown>('*', { AWS: '*' }, { AWS: '444455556666' }, { Service: 'sns.amazonaws.com' }),
  Action: fc.constantFrom<unknown>('*', 's3:*', ['s3:GetObject', 's3:*'], 's3:GetObject'),
  Resource: fc.constantFrom<unknown>('*', [ARN, `${ARN}/*`], ARN, `${ARN}/*`, `${ARN}*`),
  Condition: fc.constantFrom<unknown>(
    {},
    { Bool: { 'aws:SecureTransport': 'false' } },
    { Bool: { 'aws:SecureTransport': ['true', 'false'] } },
    { Bool: { 'aws:SecureTransport': 'true' } },
    { BoolIfExists: { 'aws:SecureTransport': 'false' } },
    { Bool: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'false' } },
  ),
});

it('what is read off a policy is what the proof over all requests answers', () => {
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (Statement) => {
      const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'resource', 'bucket policy');
      if (!parsed.ok) throw new Error('the policy was not read');
      const plain = plainReading(parsed.policy, ARN);
      if (plain === undefined) return;
      const access = { actions: ['s3:*'], resources: [ARN, `${ARN}/*`] };
      const proof = notDenied(parsed.policy, access, { key: 'aws:securetransport', value: 'false' });
      expect(proof.kind).toBe(plain === 'refused' ? 'no' : 'yes');
    }),
  );
});
