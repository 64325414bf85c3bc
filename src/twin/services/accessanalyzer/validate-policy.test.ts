import { ValidatePolicyCommand, type ValidatePolicyCommandInput } from '@aws-sdk/client-accessanalyzer';
import { expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const ask = async (given: Omit<ValidatePolicyCommandInput, 'policyType'> & Partial<ValidatePolicyCommandInput>) => {
  const client = await twinFor().client('accessanalyzer');
  return client.send(new ValidatePolicyCommand({ policyType: 'RESOURCE_POLICY', ...given }));
};

const trust = (Sid: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid, Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }],
  });

it('a finding has the shape of AWS, with its place in the document', async () => {
  const { findings } = await ask({ policyDocument: trust('') });
  expect(findings).toEqual([
    {
      findingDetails: 'Add a value to the empty string in the Sid element.',
      findingType: 'SUGGESTION',
      issueCode: 'EMPTY_SID_VALUE',
      learnMoreLink:
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-sid-value',
      locations: [
        {
          path: [{ value: 'Statement' }, { index: 0 }, { value: 'Sid' }],
          span: { start: { line: 1, column: 44, offset: 44 }, end: { line: 1, column: 46, offset: 46 } },
        },
      ],
    },
  ]);
});

it('a trust policy is judged as one, and so is each other type', async () => {
  const document = trust('A');
  const role = 'AWS::IAM::AssumeRolePolicyDocument';
  expect((await ask({ policyDocument: document, validatePolicyResourceType: role })).findings).toEqual([]);
  const { findings } = await ask({ policyDocument: document, policyType: 'SERVICE_CONTROL_POLICY' });
  expect(findings?.map(({ issueCode }) => issueCode)).toEqual(['UNSUPPORTED_PRINCIPAL', 'MISSING_RESOURCE']);
  const wrong = ask({ policyDocument: document, policyType: 'IDENTITY_POLICY', validatePolicyResourceType: role });
  await expect(wrong).rejects.toMatchObject({ name: 'ValidationException' });
});

it('findings are paged', async () => {
  const policyDocument = '{"Statement":[{},{}]}';
  const first = await ask({ policyDocument, maxResults: 1 });
  expect(first.findings).toHaveLength(1);
  expect(first.nextToken).toBeDefined();
});

it('what is no JSON at all is a finding, not a failure', async () => {
  const hostile = ['', '{', 'null', '"x"', '{"Statement":'.repeat(2000), '{"Statement":[[[[]]]]}', '{"__proto__":1}'];
  for (const policyDocument of hostile) {
    const { findings } = await ask({ policyDocument });
    expect(findings?.[0]?.findingType, policyDocument.slice(0, 30)).toBe('ERROR');
  }
});
