import {
  AddLayerVersionPermissionCommand,
  AddPermissionCommand,
  DeleteLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  GetPolicyCommand,
  ListLayersCommand,
  ListLayerVersionsCommand,
  RemoveLayerVersionPermissionCommand,
  RemovePermissionCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { beforeEach, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const place = { accountId: '111122223333', region: 'eu-west-1' };
const LayerArn = 'arn:aws:lambda:eu-west-1:111122223333:layer:base';
const FunctionName = 'handler';
const permission = { FunctionName, StatementId: 'one', Action: 'lambda:InvokeFunction' };
const layer = { LayerName: 'base', VersionNumber: 2 };
let lambda: LambdaClient;

beforeEach(async () => {
  const FunctionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:handler';
  const version = (Version: number) => ({
    type: 'AWS::Lambda::LayerVersion' as const,
    arn: `${LayerArn}:${Version}`,
    ...place,
    configuration: { LayerName: 'base', LayerArn, LayerVersionArn: `${LayerArn}:${Version}`, Version },
  });
  lambda = await twinFor({
    resources: [
      { type: 'AWS::Lambda::Function', arn: FunctionArn, ...place, configuration: { FunctionName, FunctionArn } },
      version(1),
      version(2),
    ],
  }).client('lambda');
});

const statements = (policy: string | undefined) =>
  (JSON.parse(policy ?? '{}') as { Statement: Record<string, unknown>[] }).Statement;

it.each([
  ['an account', { Principal: '999988887777' }, { Principal: { AWS: 'arn:aws:iam::999988887777:root' } }],
  [
    'everyone with a token',
    { Principal: '*', EventSourceToken: 'token' },
    { Principal: '*', Condition: { StringEquals: { 'lambda:EventSourceToken': 'token' } } },
  ],
  [
    'everyone through the function’s URL',
    { Principal: '*', InvokedViaFunctionUrl: true },
    { Principal: '*', Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } },
  ],
  [
    'a role',
    { Principal: 'arn:aws:iam::999988887777:role/r' },
    { Principal: { AWS: 'arn:aws:iam::999988887777:role/r' } },
  ],
  [
    'an organization',
    { Principal: '*', PrincipalOrgID: 'o-exampleorg1' },
    { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } },
  ],
  [
    'a service on behalf of an account',
    { Principal: 's3.amazonaws.com', SourceAccount: '111122223333' },
    {
      Principal: { Service: 's3.amazonaws.com' },
      Condition: { StringEquals: { 'AWS:SourceAccount': '111122223333' } },
    },
  ],
])('a permission for %s becomes a statement', async (_, input, statement) => {
  await lambda.send(new AddPermissionCommand({ ...permission, ...input }));
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  expect(statements(Policy)).toMatchObject([{ Sid: 'one', Effect: 'Allow', ...statement }]);
  await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'one' }));
  await expect(lambda.send(new GetPolicyCommand({ FunctionName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

it('a policy that has changed since it was read is not changed again', async () => {
  await lambda.send(new AddPermissionCommand({ ...permission, Principal: '*' }));
  const { RevisionId } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  await lambda.send(new AddPermissionCommand({ ...permission, StatementId: 'two', Principal: '*' }));
  await expect(
    lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'one', RevisionId })),
  ).rejects.toMatchObject({ name: 'PreconditionFailedException' });
});

it('every version of a layer has a policy of its own', async () => {
  const given = {
    StatementId: 'org',
    Action: 'lambda:GetLayerVersion',
    Principal: '*',
    OrganizationId: 'o-exampleorg1',
  };
  await lambda.send(new AddLayerVersionPermissionCommand({ ...layer, ...given }));
  const { Policy } = await lambda.send(new GetLayerVersionPolicyCommand(layer));
  expect(statements(Policy)).toMatchObject([
    { Resource: `${LayerArn}:2`, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } },
  ]);
  await expect(lambda.send(new GetLayerVersionPolicyCommand({ ...layer, VersionNumber: 1 }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await lambda.send(new RemoveLayerVersionPermissionCommand({ ...layer, StatementId: 'org' }));
  await expect(lambda.send(new GetLayerVersionPolicyCommand(layer))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

it('a layer is listed once with its latest version, its versions newest first', async () => {
  const { Layers } = await lambda.send(new ListLayersCommand({}));
  expect(Layers).toMatchObject([{ LayerName: 'base', LayerArn, LatestMatchingVersion: { Version: 2 } }]);
  const versions = async () =>
    (await lambda.send(new ListLayerVersionsCommand({ LayerName: 'base' }))).LayerVersions?.map((each) => each.Version);
  expect(await versions()).toEqual([2, 1]);
  await lambda.send(new DeleteLayerVersionCommand(layer));
  expect(await versions()).toEqual([1]);
});
