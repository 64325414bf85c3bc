import { expect, it } from 'vitest';
import type { TypeName } from '../estate/resource-types.js';
import { services } from '../reference/services.js';
import { collectors } from './catalogue.js';
import { collectorsFor, readActions, readOperations } from './operations.js';
import { everyType } from './every-type.fixture.js';

it('every type is produced by exactly one collector', () => {
  const produced = collectors.flatMap(({ types }) => types);
  expect([...produced].sort()).toEqual([...new Set(produced)].sort());
  expect([...produced].sort()).toEqual([...everyType].filter((type) => type !== 'AWS::::Account').sort());
});

it('every operation a collector reads is one of the SDK, and only reads', async () => {
  for (const { service, reads } of collectors) {
    const module = (await services[service].load()) as unknown as Record<string, unknown>;
    for (const operation of reads) {
      expect(module, `${service}:${operation}`).toHaveProperty(`${operation}Command`);
      expect(operation).toMatch(/^(Describe|Get|List)/);
    }
  }
});

it('lists the collectors, operations and IAM actions that some types need', () => {
  const chosen = collectorsFor(
    new Set<TypeName>(['AWS::S3::Bucket', 'Hikeshi::S3::AccountPublicAccessBlock']),
    collectors,
  );
  expect(readOperations(chosen)).toEqual([
    's3:GetBucketAcl',
    's3:GetBucketEncryption',
    's3:GetBucketLifecycleConfiguration',
    's3:GetBucketLocation',
    's3:GetBucketLogging',
    's3:GetBucketOwnershipControls',
    's3:GetBucketPolicy',
    's3:GetBucketPolicyStatus',
    's3:GetBucketTagging',
    's3:GetBucketVersioning',
    's3:GetPublicAccessBlock',
    's3:ListBuckets',
    's3control:GetPublicAccessBlock',
  ]);
  expect(readActions(chosen)).toEqual([
    's3:GetAccountPublicAccessBlock',
    's3:GetBucketAcl',
    's3:GetBucketLocation',
    's3:GetBucketLogging',
    's3:GetBucketOwnershipControls',
    's3:GetBucketPolicy',
    's3:GetBucketPolicyStatus',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketTagging',
    's3:GetBucketVersioning',
    's3:GetEncryptionConfiguration',
    's3:GetLifecycleConfiguration',
    's3:ListAllMyBuckets',
  ]);
});

it('two collectors that share a listing need its action once', () => {
  const actions = readActions(collectors);
  expect(actions).toEqual([...new Set(actions)].sort());
  expect(actions).toContain('iam:GetAccountAuthorizationDetails');
});
