import {
  CreateTableCommand,
  DeleteResourcePolicyCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  ListTablesCommand,
  PutResourcePolicyCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { twinFor, type TestTwin } from '../../testing.fixture.js';

const PARTNER = '999988887777';
const ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders';
let test: TestTwin;
let dynamodb: DynamoDBClient;

const create = (TableName: string, more: object = {}) =>
  dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...more,
    }),
  );

beforeEach(async () => {
  test = twinFor({ accounts: [PARTNER] });
  dynamodb = await test.client('dynamodb');
  await create('orders', { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } });
});

it('a table and its stream have policies of their own', async () => {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: ARN }));
  const stream = Table?.LatestStreamArn ?? '';
  expect(stream).toContain(`${ARN}/stream/`);
  const put = (ResourceArn: string, Policy: string) =>
    dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
  await put(ARN, '{"Id":"table"}');
  await put(stream, '{"Id":"stream"}');
  const got = async (ResourceArn: string) =>
    (await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }))).Policy;
  expect([await got(ARN), await got(stream)]).toEqual(['{"Id":"table"}', '{"Id":"stream"}']);
  await dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn: stream }));
  await expect(got(stream)).rejects.toMatchObject({ name: 'PolicyNotFoundException' });
  expect(await got(ARN)).toBe('{"Id":"table"}');
});

it('another account asks by ARN, once a policy lets it', async () => {
  const theirs = await test.client('dynamodb', { accountId: PARTNER });
  await expect(theirs.send(new DescribeTableCommand({ TableName: ARN }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  const Principal = { AWS: `arn:aws:iam::${PARTNER}:root` };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'dynamodb:DescribeTable', Resource: ARN }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: ARN, Policy }));
  expect((await theirs.send(new DescribeTableCommand({ TableName: ARN }))).Table?.TableName).toBe('orders');
  await expect(theirs.send(new DescribeTableCommand({ TableName: 'orders' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

it('a policy is changed only at the revision that is expected', async () => {
  const put = (ExpectedRevisionId: string) =>
    dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: ARN, Policy: '{}', ExpectedRevisionId }));
  const { RevisionId = '' } = await put('NO_POLICY');
  await expect(put('NO_POLICY')).rejects.toMatchObject({ name: 'PolicyNotFoundException' });
  await expect(put(RevisionId)).resolves.toMatchObject({ RevisionId });
});

it('tables are listed by name, page by page', async () => {
  await create('b-table');
  await create('a-table');
  const first = await dynamodb.send(new ListTablesCommand({ Limit: 2 }));
  expect(first).toMatchObject({ TableNames: ['a-table', 'b-table'], LastEvaluatedTableName: 'b-table' });
  const rest = await dynamodb.send(new ListTablesCommand({ ExclusiveStartTableName: 'b-table' }));
  expect(rest.TableNames).toEqual(['orders']);
  expect(rest.LastEvaluatedTableName).toBeUndefined();
});

it('a protected table is not deleted, and a name is taken once', async () => {
  await create('kept', { DeletionProtectionEnabled: true });
  await expect(dynamodb.send(new DeleteTableCommand({ TableName: 'kept' }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(create('kept')).rejects.toMatchObject({ name: 'ResourceInUseException' });
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }));
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual(['kept']);
});
