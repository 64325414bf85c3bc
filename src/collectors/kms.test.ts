import { expect, it } from 'vitest';
import { kms } from './kms.js';
import { collectFrom } from './testing.fixture.js';

const [keys] = kms;
const own = { KeyManager: 'CUSTOMER', KeySpec: 'SYMMETRIC_DEFAULT', Origin: 'AWS_KMS', KeyState: 'Enabled' };

const read = (metadata: object) =>
  collectFrom([keys], {
    ListKeys: { Keys: [{ KeyId: 'k', KeyArn: 'arn' }] },
    DescribeKey: { KeyMetadata: { KeyId: 'k', Arn: 'arn', ...metadata } },
    GetKeyRotationStatus: { KeyRotationEnabled: true, RotationPeriodInDays: 90, KeyId: 'k' },
    GetKeyPolicy: { Policy: '{}' },
    ListGrants: { Grants: [{ GrantId: 'g' }], Truncated: false },
    ListResourceTags: { Tags: [], Truncated: false },
  });

it.each([
  { name: 'an own symmetric key', metadata: own, rotates: true, policy: true },
  { name: 'a disabled one', metadata: { ...own, KeyState: 'Disabled' }, rotates: true, policy: true },
  { name: 'an asymmetric key', metadata: { ...own, KeySpec: 'RSA_2048' }, rotates: false, policy: true },
  { name: 'an HMAC key', metadata: { ...own, KeySpec: 'HMAC_256' }, rotates: false, policy: true },
  { name: 'imported material', metadata: { ...own, Origin: 'EXTERNAL' }, rotates: false, policy: true },
  { name: 'a custom key store', metadata: { ...own, Origin: 'AWS_CLOUDHSM' }, rotates: false, policy: true },
  { name: 'a key being deleted', metadata: { ...own, KeyState: 'PendingDeletion' }, rotates: false, policy: true },
  {
    name: 'one that waits for replicas',
    metadata: { ...own, KeyState: 'PendingReplicaDeletion' },
    rotates: false,
    policy: true,
  },
  { name: 'a key AWS manages', metadata: { ...own, KeyManager: 'AWS' }, rotates: false, policy: false },
])('$name: rotation asked $rotates, policy asked $policy', async ({ metadata, rotates, policy }) => {
  const { resources, gaps, calls } = await read(metadata);
  const asked = calls.map(({ operation }) => operation);
  expect(gaps).toEqual([]);
  expect(asked.includes('GetKeyRotationStatus')).toBe(rotates);
  expect(asked.includes('GetKeyPolicy')).toBe(policy);
  expect(asked.includes('ListGrants')).toBe(policy);
  expect(resources[0]?.configuration).toEqual({
    KeyId: 'k',
    Arn: 'arn',
    ...metadata,
    ...(rotates ? { KeyRotationEnabled: true, RotationPeriodInDays: 90 } : {}),
    ...(policy ? { Policy: '{}', Grants: [{ GrantId: 'g' }], Tags: [] } : {}),
  });
});

it('a key that may not be described is kept by its name, and nothing more is asked', async () => {
  const { resources, gaps, calls } = await collectFrom([keys], {
    ListKeys: { Keys: [{ KeyId: 'k', KeyArn: 'arn' }] },
    DescribeKey: 'AccessDeniedException',
  });
  expect(resources.map(({ configuration }) => configuration)).toEqual([{ KeyId: 'k', Arn: 'arn' }]);
  expect(gaps).toMatchObject([{ operation: 'DescribeKey', resourceArn: 'arn' }]);
  expect(calls).toHaveLength(2);
});
