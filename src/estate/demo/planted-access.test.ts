import { expect, it } from 'vitest';
import type { TypeName } from '../resource-types.js';
import { demoOrganization } from './demo-organization.js';
import { plantedAccess, plantedExternal } from './planted-access.js';

const options = { accounts: 6, seed: 1, now: new Date('2026-03-01T00:00:00.000Z'), scale: 0.2 };
const demo = demoOrganization(options);
const planted = plantedAccess(options);

it('whatever was planted is in the organization, where it is said to be', () => {
  for (const { type, arn, accountId, region } of planted) {
    expect(demo.get(type, arn, accountId), arn).toMatchObject({ accountId, region });
  }
  expect(new Set(planted.map(({ arn }) => arn)).size).toBe(planted.length);
});

it('every type that can be shared has cases of both kinds', () => {
  const verdicts = (type: TypeName) =>
    [...new Set(planted.filter((each) => each.type === type).map(({ verdict }) => verdict))].sort();
  const types = [...new Set(planted.map(({ type }) => type))];
  const lacking = types.filter(
    (type) => !['external', 'internal'].every((each) => verdicts(type).includes(each as 'external')),
  );
  expect(lacking).toEqual([]);
  expect(types.sort()).toEqual([
    'AWS::DynamoDB::Table',
    'AWS::EC2::Image',
    'AWS::EC2::Snapshot',
    'AWS::ECR::Repository',
    'AWS::EFS::FileSystem',
    'AWS::IAM::Role',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::Lambda::LayerVersion',
    'AWS::RDS::DBClusterSnapshot',
    'AWS::RDS::DBSnapshot',
    'AWS::S3::AccessPoint',
    'AWS::S3::Bucket',
    'AWS::SNS::Topic',
    'AWS::SQS::Queue',
    'AWS::SecretsManager::Secret',
  ]);
});

it('the same options plant the same, and only some of it is open to the outside', () => {
  expect(plantedAccess(options)).toEqual(planted);
  const outside = plantedExternal(options);
  expect(outside.length).toBeGreaterThan(0);
  expect(outside.length).toBeLessThan(planted.length);
});

it('what is said of a stream names the stream', () => {
  const streams = planted.filter(({ partArn }) => partArn !== undefined);
  expect(streams.map(({ verdict }) => verdict)).toContain('external');
  for (const { arn, partArn, accountId } of streams) {
    expect(demo.get('AWS::DynamoDB::Table', arn, accountId)?.configuration.LatestStreamArn).toBe(partArn);
  }
});

it('a small organization has them too', () => {
  expect(plantedExternal({ ...options, accounts: 1 }).length).toBeGreaterThan(5);
});

it('policies refer to an endpoint that exists', () => {
  const endpoints = new Set(
    [...demo.list('AWS::EC2::VPCEndpoint')].map(({ configuration }) => configuration.VpcEndpointId),
  );
  const named = JSON.stringify([...demo.all()]).match(/vpce-[0-9a-f]+/g) ?? [];
  expect(named.length).toBeGreaterThan(endpoints.size);
  expect(named.filter((id) => !endpoints.has(id))).toEqual([]);
});
