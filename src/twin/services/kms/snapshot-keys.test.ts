import * as sdk from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { MemoryKeyStore } from '../../../keys/key-store.js';
import { twinFor } from '../../testing.fixture.js';
import { keyResource, newKey, refusal } from './testing.fixture.js';

const KeyId = '12345678-1234-1234-1234-123456789012';
const DAY_MS = 24 * 60 * 60 * 1000;

describe('keys that came from a snapshot, without their material', () => {
  it('have the same material on every twin whose store is a fork of one', async () => {
    const keyStore = new MemoryKeyStore();
    const signing = { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' } as const;
    const resources = [keyResource({ KeyId, ...signing })];
    const one = await twinFor({ resources, keyStore }).client('kms');
    const two = await twinFor({ resources, keyStore: keyStore.fork() }).client('kms');
    const three = await twinFor({ resources }).client('kms');
    const asked = { KeyId, SigningAlgorithm: 'RSASSA_PSS_SHA_256' as const, Message: Buffer.from('m') };
    const { Signature } = await one.send(new sdk.SignCommand(asked));
    expect((await two.send(new sdk.VerifyCommand({ ...asked, Signature }))).SignatureValid).toBe(true);
    const elsewhere = three.send(new sdk.VerifyCommand({ ...asked, Signature }));
    expect(await refusal(elsewhere)).toMatch(/^KMSInvalidSignatureException/);
  });

  it('are not thought gone when they are replicas in a region that was not read', async () => {
    const arn = (region: string) => `arn:aws:kms:${region}:111122223333:key/${KeyId}`;
    const primary = keyResource({
      KeyId,
      KeyState: 'PendingReplicaDeletion',
      MultiRegion: true,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'PRIMARY',
        PrimaryKey: { Arn: arn('eu-west-1'), Region: 'eu-west-1' },
        ReplicaKeys: [{ Arn: arn('us-east-1'), Region: 'us-east-1' }],
      },
    });
    const twin = twinFor({ resources: [primary] });
    const kms = await twin.client('kms');
    twin.advance(1000 * DAY_MS);
    const { KeyMetadata } = await kms.send(new sdk.DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata?.KeyState).toBe('PendingReplicaDeletion');
  });

  it('lose imported material on the day it expires', async () => {
    const ValidTo = '2026-03-02T00:00:00.000Z';
    const imported = { Origin: 'EXTERNAL', ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo } as const;
    const twin = twinFor({ resources: [keyResource({ KeyId, ...imported })] });
    const kms = await twin.client('kms');
    const { CiphertextBlob } = await kms.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    twin.advance(DAY_MS);
    expect(await refusal(kms.send(new sdk.DecryptCommand({ CiphertextBlob })))).toMatch(/is pending import\.$/);
    expect(twin.events).toMatchObject([{ name: 'DeleteExpiredKeyMaterial', at: new Date(ValidTo) }]);
  });

  it('wait for their material again when their deletion is called off before it was imported', async () => {
    const kms = await twinFor().client('kms');
    const external = await newKey(kms, { Origin: 'EXTERNAL' });
    await kms.send(new sdk.ScheduleKeyDeletionCommand({ KeyId: external }));
    await kms.send(new sdk.CancelKeyDeletionCommand({ KeyId: external }));
    const { KeyMetadata } = await kms.send(new sdk.DescribeKeyCommand({ KeyId: external }));
    expect(KeyMetadata?.KeyState).toBe('PendingImport');
  });

  it('of a spec that only China has are described, and refused for use', async () => {
    const key = keyResource({ KeyId, KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['SM2DSA'] });
    const kms = await twinFor({ resources: [key] }).client('kms');
    expect((await kms.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeySpec).toBe('SM2');
    const call = kms.send(new sdk.SignCommand({ KeyId, SigningAlgorithm: 'SM2DSA', Message: Buffer.from('m') }));
    expect(await refusal(call)).toBe('UnsupportedOperationException: The twin has no cryptography for key spec SM2.');
  });
});
