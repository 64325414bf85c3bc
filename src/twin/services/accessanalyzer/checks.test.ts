import {
  AccessCheckResourceType,
  CheckAccessNotGrantedCommand,
  CheckNoNewAccessCommand,
  CheckNoPublicAccessCommand,
  type AccessAnalyzerClient,
} from '@aws-sdk/client-accessanalyzer';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

let client: AccessAnalyzerClient;
beforeAll(async () => {
  client = await twinFor().client('accessanalyzer');
});

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' };
const shared = { ...read, Principal: { AWS: '111122223333' } };

describe('CheckNoNewAccess', () => {
  const compare = (existing: string, updated: string) =>
    client.send(
      new CheckNoNewAccessCommand({
        existingPolicyDocument: existing,
        newPolicyDocument: updated,
        policyType: 'IDENTITY_POLICY',
      }),
    );

  it('passes when the new policy says the same in other words', async () => {
    const split = [
      { ...read, Resource: 'arn:aws:s3:::data/a*' },
      { ...read, Resource: 'arn:aws:s3:::data/*' },
    ];
    expect(await compare(policy(read), policy(...split))).toMatchObject({
      result: 'PASS',
      message: 'The modified permissions do not grant new access compared to your existing policy.',
    });
  });

  it('fails with the statement that grants more', async () => {
    const wider = { ...read, Sid: 'Wider', Resource: 'arn:aws:s3:::*' };
    expect(await compare(policy(read), policy(read, wider))).toMatchObject({
      result: 'FAIL',
      reasons: [
        { description: 'New access in the statement with sid: Wider.', statementId: 'Wider', statementIndex: 1 },
      ],
    });
  });

  it('fails when a deny is gone', async () => {
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::data/secret/*' };
    expect(await compare(policy(read, deny), policy(read))).toMatchObject({
      result: 'FAIL',
      reasons: [{ description: 'New access in the statement with index: 0.', statementIndex: 0 }],
    });
  });
});

describe('CheckAccessNotGranted', () => {
  const ask = (access: { actions?: string[]; resources?: string[] }) =>
    client.send(
      new CheckAccessNotGrantedCommand({
        policyDocument: policy(shared),
        policyType: 'RESOURCE_POLICY',
        access: [access],
      }),
    );

  test.each([
    ['an action that is not granted', { actions: ['s3:PutObject'] }, 'PASS'],
    ['an action that is', { actions: ['s3:PutObject', 's3:GetObject'] }, 'FAIL'],
    ['a resource that is not', { resources: ['arn:aws:s3:::other/*'] }, 'PASS'],
    ['a resource that is', { resources: ['arn:aws:s3:::data/secret'] }, 'FAIL'],
    ['the action on another resource', { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::other/*'] }, 'PASS'],
  ])('%s: %s', async (_, access, result) => {
    expect((await ask(access)).result).toBe(result);
  });

  test.each([
    ['wildcards in actions', { actions: ['s3:*'] }],
    ['wildcards outside the resource part', { resources: ['arn:aws:*:::data'] }],
    ['nothing', {}],
  ])('refuses %s', async (_, access) => {
    await expect(ask(access)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('CheckNoPublicAccess', () => {
  const ask = (document: string, resourceType: AccessCheckResourceType = 'AWS::S3::Bucket') =>
    client.send(new CheckNoPublicAccessCommand({ policyDocument: document, resourceType }));
  const everyone = { Sid: 'Bob', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'] };

  it("fails AWS's own example, in AWS's words", async () => {
    const { $metadata: _, ...answer } = await ask(policy(everyone));
    expect(answer).toEqual({
      message: 'The resource policy grants public access for the given resource type.',
      reasons: [
        {
          description: 'Public access granted in the following statement with sid: Bob.',
          statementId: 'Bob',
          statementIndex: 0,
        },
      ],
      result: 'FAIL',
    });
  });

  test.each([
    ['a fixed account', shared],
    ['a fixed organization', { ...everyone, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } }],
    ['a narrow range of addresses', { ...everyone, Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }],
  ])('passes %s', async (_, statement) => {
    expect((await ask(policy(statement))).result).toBe('PASS');
  });

  it('takes every resource type that AWS takes', async () => {
    for (const type of Object.values(AccessCheckResourceType)) {
      const statement = { ...everyone, Action: '*', ...(type === 'AWS::KMS::Key' ? { Resource: '*' } : {}) };
      expect((await ask(policy(statement), type)).result, type).toBe('FAIL');
    }
  });

  it('refuses what is no policy, and says where', async () => {
    await expect(ask(policy({ ...everyone, Effect: 'allow' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('$.Statement[0].Effect') as string,
    });
  });

  it('never passes what it did not decide', async () => {
    const Action = Array.from({ length: 4000 }, (_, index) => `s3:Get${index}`);
    await expect(ask(policy({ ...shared, Action }))).rejects.toMatchObject({
      name: 'UnprocessableEntityException',
      message: expect.stringContaining('Neither PASS nor FAIL is known') as string,
    });
  });
});
