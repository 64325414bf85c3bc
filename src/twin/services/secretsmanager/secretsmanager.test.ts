import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, it } from 'vitest';
import { callRecord } from '../../call-record.js';
import { twinFor, type TestTwin } from '../../testing.fixture.js';

const PARTNER = '999988887777';
const SecretId = 'db/password';
let test: TestTwin;
let secrets: SecretsManagerClient;
let arn: string;

beforeEach(async () => {
  test = twinFor({ accounts: [PARTNER] });
  secrets = await test.client('secretsmanager');
  arn = (await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: 's3cret' }))).ARN ?? '';
});

const policy = (Principal: unknown) =>
  JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal, Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
  });

it('a value is answered to who put it, and is in no estate and no record', async () => {
  expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ SecretString: 's3cret' });
  await secrets.send(new PutSecretValueCommand({ SecretId: arn.slice(0, -7), SecretString: 'n3w' }));
  expect(await secrets.send(new GetSecretValueCommand({ SecretId: arn }))).toMatchObject({ SecretString: 'n3w' });
  expect(JSON.stringify([...test.fork.all()])).not.toMatch(/s3cret|n3w/);
  const records = test.calls.map((call) => callRecord(call, 'event'));
  expect(JSON.stringify(records)).not.toMatch(/s3cret|n3w/);
});

it('of a secret that came with the estate the twin has no value, and says so', async () => {
  const configuration = { ARN: `${arn}2`, Name: 'read from AWS' };
  const place = { accountId: '111122223333', region: 'eu-west-1' };
  test.fork.put({ type: 'AWS::SecretsManager::Secret', arn: configuration.ARN, ...place, configuration });
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'read from AWS' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('put into it') as string,
  });
});

it('a resource policy is put, got and taken away; another account asks by ARN', async () => {
  const Principal = { AWS: `arn:aws:iam::${PARTNER}:root` };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'secretsmanager:GetResourcePolicy', Resource: '*' }];
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });
  await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  const theirs = await test.client('secretsmanager', { accountId: PARTNER });
  expect(await theirs.send(new GetResourcePolicyCommand({ SecretId: arn }))).toMatchObject({ ResourcePolicy });
  expect(test.calls.at(-1)?.asked).toMatchObject([{ action: 'secretsmanager:GetResourcePolicy', resource: arn }]);
  await expect(theirs.send(new GetResourcePolicyCommand({ SecretId }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await secrets.send(new DeleteResourcePolicyCommand({ SecretId }));
  expect(await secrets.send(new GetResourcePolicyCommand({ SecretId }))).not.toHaveProperty('ResourcePolicy');
});

it.each([
  ['that is not JSON', { ResourcePolicy: '{' }, 'MalformedPolicyDocumentException'],
  [
    'for everyone when that is blocked',
    { ResourcePolicy: policy('*'), BlockPublicPolicy: true },
    'PublicPolicyException',
  ],
])('a policy %s is refused', async (_, input, name) => {
  await expect(secrets.send(new PutResourcePolicyCommand({ SecretId, ...input }))).rejects.toMatchObject({ name });
});

it('a deleted secret can be described and restored, and nothing else', async () => {
  await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  expect((await secrets.send(new DescribeSecretCommand({ SecretId }))).DeletedDate).toBeDefined();
  expect((await secrets.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
  await expect(secrets.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
  await secrets.send(new RestoreSecretCommand({ SecretId }));
  expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ SecretString: 's3cret' });
});

it('secrets are listed by what begins with a value, tags among it', async () => {
  await secrets.send(new TagResourceCommand({ SecretId, Tags: [{ Key: 'team', Value: 'blue' }] }));
  await secrets.send(new CreateSecretCommand({ Name: 'other' }));
  const named = async (Key: 'name' | 'tag-value', ...Values: string[]) =>
    (await secrets.send(new ListSecretsCommand({ Filters: [{ Key, Values }] }))).SecretList?.map(({ Name }) => Name);
  expect(await named('tag-value', 'bl')).toEqual([SecretId]);
  expect(await named('name', '!db')).toEqual(['other']);
  await secrets.send(new UntagResourceCommand({ SecretId, TagKeys: ['team'] }));
  expect(await named('tag-value', 'bl')).toEqual([]);
});
