import * as sdk from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { diff } from '../../../estate/diff.js';
import { Fork } from '../../../estate/fork.js';
import { serviceEventRecord } from '../../service-event.js';
import { twinFor, type TestTwin } from '../../testing.fixture.js';
import { keyResource, newKey, refusal } from './testing.fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-03-01T00:00:00.000Z');
let twin: TestTwin;
let kms: KMSClient;

beforeEach(async () => {
  twin = twinFor();
  kms = await twin.client('kms');
});

const describeKey = async (KeyId: string, client = kms) =>
  (await client.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata ?? { KeyId };
const encrypt = async (KeyId: string, client = kms) =>
  (await client.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))).CiphertextBlob;

describe('making keys', () => {
  it.each([
    [
      { KeySpec: 'RSA_2048' },
      'ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    ],
    [
      { KeySpec: 'RSA_2048', KeyUsage: 'KEY_AGREEMENT' },
      'ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048',
    ],
    [
      { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'KEY_AGREEMENT' },
      'ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec ECC_SECG_P256K1',
    ],
    [
      { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' },
      'UnsupportedOperationException: KeySpec SM2 is not supported in this Region.',
    ],
    [
      { Origin: 'AWS_CLOUDHSM' },
      'ValidationException: You must specify a CustomKeyStoreId when the Origin is AWS_CLOUDHSM.',
    ],
    [{ CustomKeyStoreId: 'cks-1' }, 'CustomKeyStoreNotFoundException: The custom key store cks-1 does not exist.'],
    [{ Policy: '{' }, 'MalformedPolicyDocumentException: The new key policy is not valid JSON.'],
    [
      {
        Tags: [
          { TagKey: 'a', TagValue: '1' },
          { TagKey: 'a', TagValue: '2' },
        ],
      },
      'TagException: Duplicate tag keys',
    ],
    [{ Tags: [{ TagKey: 'aws:a', TagValue: '1' }] }, 'TagException: Tags beginning with aws: are reserved'],
  ] as const)('refuses %j', async (input, said) => {
    expect(await refusal(kms.send(new sdk.CreateKeyCommand(input as unknown as sdk.CreateKeyRequest)))).toBe(said);
  });

  it('says only what DescribeKey says', async () => {
    const KeyId = await newKey(kms, { Description: 'd', Tags: [{ TagKey: 'a', TagValue: 'b' }] });
    expect(Object.keys(await describeKey(KeyId)).sort()).toEqual([
      'AWSAccountId',
      'Arn',
      'CreationDate',
      'CurrentKeyMaterialId',
      'CustomerMasterKeySpec',
      'Description',
      'Enabled',
      'EncryptionAlgorithms',
      'KeyId',
      'KeyManager',
      'KeySpec',
      'KeyState',
      'KeyUsage',
      'MultiRegion',
      'Origin',
    ]);
  });

  it.each([
    [
      '12345678-1234-1234-1234-123456789012',
      "NotFoundException: Key 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012' does not exist",
    ],
    ['nonsense', "NotFoundException: Invalid keyId 'nonsense'"],
    ['alias/none', 'NotFoundException: Alias arn:aws:kms:eu-west-1:111122223333:alias/none is not found.'],
    [
      'arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012',
      'NotFoundException: Invalid arn us-east-1',
    ],
    ['arn:aws', 'InvalidArnException: Invalid arn arn:aws'],
  ])('there is no key %s', async (KeyId, said) => {
    expect(await refusal(kms.send(new sdk.DescribeKeyCommand({ KeyId })))).toBe(said);
  });
});

describe('deletion', () => {
  it('takes the key, its aliases and its material when the waiting period is over', async () => {
    const KeyId = await newKey(kms);
    await kms.send(new sdk.CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: KeyId }));
    const CiphertextBlob = await encrypt(KeyId);
    const answer = await kms.send(new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(answer).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: new Date(NOW + 7 * DAY_MS) });
    twin.advance(7 * DAY_MS - 1);
    expect((await describeKey(KeyId)).KeyState).toBe('PendingDeletion');
    twin.advance(1);
    expect(await refusal(describeKey(KeyId))).toBe(`NotFoundException: Key '${KeyId}' does not exist`);
    expect(await refusal(kms.send(new sdk.DecryptCommand({ CiphertextBlob })))).toMatch(
      /^AccessDeniedException: The ciph/,
    );
    expect((await kms.send(new sdk.ListKeysCommand())).Keys).toEqual([]);
    expect((await kms.send(new sdk.ListAliasesCommand())).Aliases).toEqual([]);
    expect(twin.fork.get('AWS::KMS::Key', KeyId)).toBeUndefined();
    expect(twin.events.map((event) => serviceEventRecord(event, 'id'))).toMatchObject([
      {
        eventName: 'DeleteKey',
        eventType: 'AwsServiceEvent',
        eventTime: '2026-03-08T00:00:00Z',
        userIdentity: { invokedBy: 'AWS Internal' },
        resources: [{ ARN: KeyId, type: 'AWS::KMS::Key' }],
      },
    ]);
  });

  it('can be called off: the key is disabled, and as good as before once enabled', async () => {
    const KeyId = await newKey(kms);
    const CiphertextBlob = await encrypt(KeyId);
    await kms.send(new sdk.ScheduleKeyDeletionCommand({ KeyId }));
    twin.advance(29 * DAY_MS);
    await kms.send(new sdk.CancelKeyDeletionCommand({ KeyId }));
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    expect(await describeKey(KeyId)).not.toHaveProperty('DeletionDate');
    await kms.send(new sdk.EnableKeyCommand({ KeyId }));
    twin.advance(100 * DAY_MS);
    expect((await kms.send(new sdk.DecryptCommand({ CiphertextBlob }))).KeyId).toBe(KeyId);
  });

  it.each([6, 31])('refuses a waiting period of %i days', async (PendingWindowInDays) => {
    const KeyId = await newKey(kms);
    const call = kms.send(new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }));
    expect(await refusal(call)).toMatch(/^ValidationException/);
  });

  it('makes a primary wait for its replicas', async () => {
    const KeyId = await newKey(kms, { MultiRegion: true });
    await kms.send(new sdk.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1' }));
    const east = await twin.client('kms', { region: 'us-east-1' });
    const replica = KeyId.replace('eu-west-1', 'us-east-1');
    const answer = await kms.send(new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 10 }));
    expect(answer).toMatchObject({ KeyState: 'PendingReplicaDeletion', PendingWindowInDays: 10 });
    twin.advance(100 * DAY_MS);
    expect((await describeKey(KeyId)).KeyState).toBe('PendingReplicaDeletion');
    await encrypt(replica, east);
    await east.send(new sdk.ScheduleKeyDeletionCommand({ KeyId: replica, PendingWindowInDays: 7 }));
    twin.advance(7 * DAY_MS);
    const pending = await describeKey(KeyId);
    expect(pending).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: new Date(NOW + 117 * DAY_MS) });
    expect(pending.MultiRegionConfiguration?.ReplicaKeys).toEqual([]);
    twin.advance(10 * DAY_MS);
    expect(await refusal(describeKey(KeyId))).toMatch(/^NotFoundException/);
  });
});

describe('rotation', () => {
  const rotations = async (KeyId: string) =>
    (await kms.send(new sdk.ListKeyRotationsCommand({ KeyId }))).Rotations ?? [];

  it('follows the clock, keeps old ciphertexts readable, and changes nothing by being looked at', async () => {
    const KeyId = await newKey(kms);
    const before = await encrypt(KeyId);
    await kms.send(new sdk.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    const kept = new Fork(twin.fork);
    const status = () => kms.send(new sdk.GetKeyRotationStatusCommand({ KeyId }));
    const shown = { KeyRotationEnabled: true, RotationPeriodInDays: 90 };
    expect(await status()).toMatchObject({ ...shown, NextRotationDate: new Date(NOW + 90 * DAY_MS) });
    const first = (await describeKey(KeyId)).CurrentKeyMaterialId;
    twin.advance(181 * DAY_MS);
    expect(await status()).toMatchObject({ ...shown, NextRotationDate: new Date(NOW + 270 * DAY_MS) });
    expect(await rotations(KeyId)).toMatchObject([
      { RotationType: 'AUTOMATIC', RotationDate: new Date(NOW + 90 * DAY_MS), KeyMaterialState: 'NON_CURRENT' },
      { RotationType: 'AUTOMATIC', RotationDate: new Date(NOW + 180 * DAY_MS), KeyMaterialState: 'CURRENT' },
    ]);
    expect((await describeKey(KeyId)).CurrentKeyMaterialId).not.toBe(first);
    expect((await kms.send(new sdk.DecryptCommand({ CiphertextBlob: before }))).KeyMaterialId).toBe(first);
    expect([...diff(kept, twin.fork)]).toEqual([]);
    await kms.send(new sdk.DisableKeyRotationCommand({ KeyId }));
    twin.advance(1000 * DAY_MS);
    expect(await rotations(KeyId)).toHaveLength(2);
    expect((await kms.send(new sdk.DecryptCommand({ CiphertextBlob: before }))).KeyMaterialId).toBe(first);
  });

  it('is done on demand 25 times, without moving the schedule', async () => {
    const KeyId = await newKey(kms);
    await kms.send(new sdk.EnableKeyRotationCommand({ KeyId }));
    for (let time = 0; time < 25; time++) await kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId }));
    expect(await refusal(kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId })))).toMatch(/^LimitExceededException/);
    expect(await rotations(KeyId)).toHaveLength(25);
    const { NextRotationDate } = await kms.send(new sdk.GetKeyRotationStatusCommand({ KeyId }));
    expect(NextRotationDate).toEqual(new Date(NOW + 365 * DAY_MS));
  });

  it('is refused for keys that KMS does not rotate', async () => {
    const KeyId = await newKey(kms, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    const external = await newKey(kms, { Origin: 'EXTERNAL' });
    const enable = (id: string) => refusal(kms.send(new sdk.GetKeyRotationStatusCommand({ KeyId: id })));
    expect(await enable(KeyId)).toMatch(/^UnsupportedOperationException/);
    expect(await enable(external)).toBe(
      `UnsupportedOperationException: ${external} origin is EXTERNAL which is not valid for this operation.`,
    );
    const own = await newKey(kms);
    for (const RotationPeriodInDays of [89, 2561]) {
      const call = kms.send(new sdk.EnableKeyRotationCommand({ KeyId: own, RotationPeriodInDays }));
      expect(await refusal(call)).toMatch(/^ValidationException/);
    }
  });

  it('of a key from a snapshot counts whole periods from the day it was made', async () => {
    const key = keyResource({
      KeyId: '12345678-1234-1234-1234-123456789012',
      KeyRotationEnabled: true,
      CreationDate: '2024-06-01T00:00:00.000Z',
    });
    const client = await twinFor({ resources: [key] }).client('kms');
    const { NextRotationDate } = await client.send(new sdk.GetKeyRotationStatusCommand({ KeyId: key.arn }));
    expect(NextRotationDate).toEqual(new Date('2026-06-01T00:00:00.000Z'));
  });
});

describe('multi-Region keys', () => {
  it('decrypt for each other, and share rotation', async () => {
    const KeyId = await newKey(kms, { MultiRegion: true });
    expect(KeyId).toMatch(/key\/mrk-[0-9a-f]{32}$/);
    const early = await encrypt(KeyId);
    const answer = await kms.send(
      new sdk.ReplicateKeyCommand({
        KeyId,
        ReplicaRegion: 'us-east-1',
        Description: 'copy',
        Tags: [{ TagKey: 'a', TagValue: 'b' }],
      }),
    );
    const replica = KeyId.replace('eu-west-1', 'us-east-1');
    expect(answer.ReplicaKeyMetadata).toMatchObject({ Arn: replica, KeyState: 'Creating', Description: 'copy' });
    const east = await twin.client('kms', { region: 'us-east-1' });
    expect((await east.send(new sdk.DecryptCommand({ CiphertextBlob: early }))).KeyId).toBe(replica);
    await kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId }));
    const late = await encrypt(KeyId);
    expect((await east.send(new sdk.DecryptCommand({ CiphertextBlob: late }))).KeyId).toBe(replica);
    const back = await encrypt(replica, east);
    expect((await kms.send(new sdk.DecryptCommand({ CiphertextBlob: back }))).KeyId).toBe(KeyId);
    expect(await refusal(east.send(new sdk.RotateKeyOnDemandCommand({ KeyId: replica })))).toMatch(/^UnsupportedOper/);
    const again = kms.send(new sdk.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1' }));
    expect(await refusal(again)).toMatch(/^AlreadyExistsException/);
    const chained = east.send(new sdk.ReplicateKeyCommand({ KeyId: replica, ReplicaRegion: 'us-west-2' }));
    expect(await refusal(chained)).toMatch(/^UnsupportedOperationException/);
  });

  it('change their primary', async () => {
    const KeyId = await newKey(kms, { MultiRegion: true });
    await kms.send(new sdk.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1' }));
    const nowhere = kms.send(new sdk.UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'us-west-2' }));
    expect(await refusal(nowhere)).toMatch(/^NotFoundException/);
    await kms.send(new sdk.UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'us-east-1' }));
    const replica = KeyId.replace('eu-west-1', 'us-east-1');
    const east = await twin.client('kms', { region: 'us-east-1' });
    const set = {
      PrimaryKey: { Arn: replica, Region: 'us-east-1' },
      ReplicaKeys: [{ Arn: KeyId, Region: 'eu-west-1' }],
    };
    const primary = { MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY', ...set } };
    expect(await describeKey(replica, east)).toMatchObject(primary);
    const former = { MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', ...set } };
    expect(await describeKey(KeyId)).toMatchObject(former);
  });

  it('are not what other keys are', async () => {
    const KeyId = await newKey(kms);
    const call = kms.send(new sdk.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1' }));
    expect(await refusal(call)).toMatch(/^UnsupportedOperationException/);
  });
});
