import { describe, expect, it } from 'vitest';
import type { Resource } from '../../estate/estate.js';
import { documentOf, iamGroup, iamRole, iamUser, managedPolicy } from '../iam-identities.fixture.js';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, rehearsed, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const OWN = `arn:aws:kms:*:${ACCOUNT}:key/*`;
const KEY = `arn:aws:kms:eu-west-1:444455556666:key/1234`;
const allow = (statement: object) => ({ Effect: 'Allow', Resource: '*', ...statement });
const deny = { Effect: 'Deny', Action: ['kms:Decrypt', 'kms:ReEncryptFrom'], NotResource: [OWN] };
const inline = (...documents: readonly string[]) =>
  documents.map((document, index) => ({ PolicyName: `own-${index}`, PolicyDocument: encodeURIComponent(document) }));

async function run(resource: Resource, keys?: string) {
  const control = resource.type === 'AWS::IAM::ManagedPolicy' ? 'KMS.1' : 'KMS.2';
  const parameters: Record<string, string> = keys === undefined ? {} : { keys };
  return rehearsed(playbook, subjectOf(control, resource), parameters, estateOf(resource));
}
type Done = Extract<Awaited<ReturnType<typeof run>>, { plan: Plan }>;
const documents = ({ plan }: Done) =>
  plan.steps.map(
    ({ call }) => (JSON.parse(call.input['PolicyDocument'] as string) as { Statement: object[] }).Statement,
  );
const restored = { closes: true, opens: [], undo: { status: 'restores' } };

describe('decryption with all keys', () => {
  it.each([
    {
      name: 'is narrowed where it is named',
      statements: [{ Sid: 'Read', Action: ['kms:Decrypt', 's3:GetObject'] }, { Action: 'sqs:SendMessage' }],
      changed: [
        allow({ Sid: 'Read', Action: ['s3:GetObject'] }),
        { Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [OWN] },
        allow({ Action: 'sqs:SendMessage' }),
      ],
      warnings: ['accessLost'],
    },
    {
      name: 'is narrowed where nothing else is allowed',
      statements: [{ Sid: 'Read', Action: 'kms:Decrypt', Resource: ['*', KEY] }],
      changed: [{ Sid: 'Read', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [OWN, KEY] }],
      warnings: ['accessLost'],
    },
    {
      name: 'is taken out of `kms:ReEncrypt*`',
      statements: [{ Action: ['kms:ReEncrypt*', 'kms:Describe*'] }],
      changed: [
        allow({ Action: ['kms:ReEncryptTo', 'kms:Describe*'] }),
        { Effect: 'Allow', Action: ['kms:ReEncryptFrom'], Resource: [OWN] },
      ],
      warnings: ['accessLost'],
    },
    {
      name: 'is denied where it is part of more',
      statements: [{ Action: 'kms:*' }],
      changed: [allow({ Action: 'kms:*' }), deny],
      warnings: ['accessLost', 'denies'],
    },
    {
      name: 'is denied where everything is allowed',
      statements: [{ NotAction: 'iam:*' }],
      changed: [allow({ NotAction: 'iam:*' }), deny],
      warnings: ['accessLost', 'denies'],
    },
  ])('$name', async ({ statements, changed, warnings }) => {
    const result = (await run(managedPolicy(documentOf(...statements)))) as Done;
    expect(documents(result)).toEqual([changed]);
    expect(result.plan.warnings.map(({ code }) => code)).toEqual(warnings);
    expect(result.rehearsal.summary).toMatchObject(restored);
  });

  it('can be limited to keys by name', async () => {
    const result = (await run(managedPolicy(documentOf({ Action: 'kms:Decrypt' })), KEY)) as Done;
    expect(documents(result)).toEqual([[{ Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [KEY] }]]);
    expect(result.rehearsal.summary).toMatchObject(restored);
  });

  const bad = documentOf({ Action: 'kms:Decrypt' });
  const good = documentOf({ Action: 'kms:Decrypt', Resource: OWN });
  it.each([
    { of: 'a role', identity: iamRole({ RolePolicyList: inline(bad, good) }), operation: 'PutRolePolicy' },
    { of: 'a group', identity: iamGroup({ GroupPolicyList: inline(bad, good) }), operation: 'PutGroupPolicy' },
    { of: 'a user', identity: iamUser({ UserPolicyList: inline(bad, good) }), operation: 'PutUserPolicy' },
  ])('is limited in the inline policies of $of, and only there', async ({ identity, operation }) => {
    const result = (await run(identity)) as Done;
    expect(result.plan.steps.map(({ id, call }) => [id, call.operation])).toEqual([['put-own-0', operation]]);
    expect(documents(result)).toEqual([[{ Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [OWN] }]]);
    expect(result.rehearsal.summary).toMatchObject(restored);
  });

  const long = { Action: 's3:GetObject', Resource: `arn:aws:s3:::${'a'.repeat(1_900)}` };
  it.each([
    { name: 'a key is none', resource: managedPolicy(bad), keys: 'alias/own', says: '`alias/own`' },
    { name: 'it is limited already', resource: managedPolicy(good), says: 'any more' },
    {
      name: 'inline policies are limited already',
      resource: iamRole({ RolePolicyList: inline(good) }),
      says: 'any more',
    },
    {
      name: 'the policies would be too large',
      resource: iamUser({ UserPolicyList: inline(bad, documentOf(long)) }),
      says: '2048',
    },
  ])('is refused when $name', async ({ resource, keys, says }) => {
    expect(await run(resource, keys)).toMatchObject({ refused: expect.stringContaining(says) as string });
  });
});
