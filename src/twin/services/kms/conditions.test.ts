import * as sdk from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { twinFor, type TestTwin } from '../../testing.fixture.js';
import { ACCOUNT, kmsAs, newKey, refusal, REGION, userResource } from './testing.fixture.js';

const { resource: user, caller } = userResource('worker');
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const DENIED = /^AccessDeniedException: User: arn:aws:iam::111122223333:user\/worker is not authorized/;

let twin: TestTwin;
let root: KMSClient;
let worker: KMSClient;

beforeEach(async () => {
  twin = twinFor({ resources: [user] });
  root = await twin.client('kms');
  worker = kmsAs(twin, caller);
});

/** A key policy: the account has everything, the worker one thing under a condition. */
function policy(Action: string | readonly string[], Condition?: object): string {
  const own = { Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' };
  const given = {
    Effect: 'Allow',
    Principal: { AWS: caller.arn },
    Action,
    Resource: '*',
    ...(Condition && { Condition }),
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [own, given] });
}

const bytes = Buffer.alloc(32, 1);
const P256: sdk.CreateKeyRequest = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
const sign = (MessageType: 'RAW' | 'DIGEST') => (KeyId: string) =>
  new sdk.SignCommand({ KeyId, Message: bytes, MessageType, SigningAlgorithm: 'ECDSA_SHA_256' });
const rsaSign = (SigningAlgorithm: sdk.SigningAlgorithmSpec) => (KeyId: string) =>
  new sdk.SignCommand({ KeyId, Message: bytes, SigningAlgorithm });
const encrypt = (EncryptionContext?: Record<string, string>) => (KeyId: string) =>
  new sdk.EncryptCommand({ KeyId, Plaintext: bytes, ...(EncryptionContext && { EncryptionContext }) });

interface Case {
  readonly key: string;
  readonly action: string;
  readonly condition: object;
  readonly spec?: sdk.CreateKeyRequest;
  readonly yes: (KeyId: string) => object;
  readonly no?: (KeyId: string) => object;
  /** Another key, on which the same call is refused. */
  readonly otherKey?: sdk.CreateKeyRequest;
}

const CASES: readonly Case[] = [
  {
    key: 'kms:SigningAlgorithm',
    action: 'kms:Sign',
    condition: { StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PSS_SHA_256' } },
    spec: { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
    yes: rsaSign('RSASSA_PSS_SHA_256'),
    no: rsaSign('RSASSA_PKCS1_V1_5_SHA_256'),
  },
  {
    key: 'kms:MessageType',
    action: 'kms:Sign',
    condition: { StringEquals: { 'kms:MessageType': 'DIGEST' } },
    spec: P256,
    yes: sign('DIGEST'),
    no: sign('RAW'),
  },
  {
    key: 'kms:EncryptionContext:tenant',
    action: 'kms:Encrypt',
    condition: { StringEquals: { 'kms:EncryptionContext:tenant': 'a' } },
    yes: encrypt({ tenant: 'a', more: 'b' }),
    no: encrypt({ tenant: 'b' }),
  },
  {
    key: 'kms:EncryptionContextKeys',
    action: 'kms:Encrypt',
    condition: { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'tenant' } },
    yes: encrypt({ tenant: 'z' }),
    no: encrypt(),
  },
  {
    key: 'kms:EncryptionAlgorithm',
    action: 'kms:Encrypt',
    condition: { StringEquals: { 'kms:EncryptionAlgorithm': 'RSAES_OAEP_SHA_256' } },
    spec: { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' },
    yes: (KeyId) => new sdk.EncryptCommand({ KeyId, Plaintext: bytes, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }),
    no: (KeyId) => new sdk.EncryptCommand({ KeyId, Plaintext: bytes, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }),
  },
  {
    key: 'kms:CallerAccount',
    action: 'kms:Encrypt',
    condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT } },
    yes: encrypt(),
  },
  {
    key: 'kms:KeySpec',
    action: 'kms:DescribeKey',
    condition: { StringEquals: { 'kms:KeySpec': 'ECC_NIST_P256' } },
    spec: P256,
    yes: (KeyId) => new sdk.DescribeKeyCommand({ KeyId }),
    otherKey: {},
  },
  {
    key: 'kms:KeyUsage',
    action: 'kms:DescribeKey',
    condition: { StringEquals: { 'kms:KeyUsage': 'SIGN_VERIFY' } },
    spec: P256,
    yes: (KeyId) => new sdk.DescribeKeyCommand({ KeyId }),
    otherKey: {},
  },
  {
    key: 'kms:CustomerMasterKeySpec',
    action: 'kms:DescribeKey',
    condition: { StringEquals: { 'kms:CustomerMasterKeySpec': 'ECC_NIST_P256' } },
    spec: P256,
    yes: (KeyId) => new sdk.DescribeKeyCommand({ KeyId }),
    otherKey: {},
  },
  {
    key: 'kms:KeyOrigin',
    action: 'kms:DescribeKey',
    condition: { StringEquals: { 'kms:KeyOrigin': 'EXTERNAL' } },
    spec: { Origin: 'EXTERNAL' },
    yes: (KeyId) => new sdk.DescribeKeyCommand({ KeyId }),
    otherKey: {},
  },
  {
    key: 'kms:MultiRegion',
    action: 'kms:DescribeKey',
    condition: { Bool: { 'kms:MultiRegion': 'true' } },
    spec: { MultiRegion: true },
    yes: (KeyId) => new sdk.DescribeKeyCommand({ KeyId }),
    otherKey: {},
  },
  {
    key: 'kms:MultiRegionKeyType',
    action: 'kms:DescribeKey',
    condition: { StringEquals: { 'kms:MultiRegionKeyType': 'PRIMARY' } },
    spec: { MultiRegion: true },
    yes: (KeyId) => new sdk.DescribeKeyCommand({ KeyId }),
    otherKey: {},
  },
  {
    key: 'aws:ResourceTag',
    action: 'kms:DescribeKey',
    condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
    spec: { Tags: [{ TagKey: 'team', TagValue: 'blue' }] },
    yes: (KeyId) => new sdk.DescribeKeyCommand({ KeyId }),
    otherKey: { Tags: [{ TagKey: 'team', TagValue: 'red' }] },
  },
  {
    key: 'aws:RequestTag',
    action: 'kms:TagResource',
    condition: { StringEquals: { 'aws:RequestTag/team': 'blue' } },
    yes: (KeyId) => new sdk.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'team', TagValue: 'blue' }] }),
    no: (KeyId) => new sdk.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'team', TagValue: 'red' }] }),
  },
  {
    key: 'aws:TagKeys',
    action: 'kms:UntagResource',
    condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } },
    yes: (KeyId) => new sdk.UntagResourceCommand({ KeyId, TagKeys: ['a'] }),
    no: (KeyId) => new sdk.UntagResourceCommand({ KeyId, TagKeys: ['a', 'b'] }),
  },
  {
    key: 'kms:ScheduleKeyDeletionPendingWindowInDays',
    action: 'kms:ScheduleKeyDeletion',
    condition: { NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '21' } },
    yes: (KeyId) => new sdk.ScheduleKeyDeletionCommand({ KeyId }),
    no: (KeyId) => new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
  },
  {
    key: 'kms:RotationPeriodInDays',
    action: 'kms:EnableKeyRotation',
    condition: { NumericLessThanEquals: { 'kms:RotationPeriodInDays': '180' } },
    yes: (KeyId) => new sdk.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }),
    no: (KeyId) => new sdk.EnableKeyRotationCommand({ KeyId }),
  },
  {
    key: 'kms:DataKeyPairSpec',
    action: 'kms:GenerateDataKeyPair',
    condition: { StringEquals: { 'kms:DataKeyPairSpec': 'ECC_NIST_P256' } },
    yes: (KeyId) => new sdk.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
    no: (KeyId) => new sdk.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P384' }),
  },
  {
    key: 'kms:MacAlgorithm',
    action: 'kms:GenerateMac',
    condition: { StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } },
    spec: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    yes: (KeyId) => new sdk.GenerateMacCommand({ KeyId, Message: bytes, MacAlgorithm: 'HMAC_SHA_256' }),
    no: (KeyId) => new sdk.GenerateMacCommand({ KeyId, Message: bytes, MacAlgorithm: 'HMAC_SHA_512' }),
  },
  {
    key: 'kms:WrappingAlgorithm and kms:WrappingKeySpec',
    action: 'kms:GetParametersForImport',
    condition: {
      StringEquals: { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_256', 'kms:WrappingKeySpec': 'RSA_2048' },
    },
    spec: { Origin: 'EXTERNAL' },
    yes: (KeyId) =>
      new sdk.GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
    no: (KeyId) =>
      new sdk.GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_1',
        WrappingKeySpec: 'RSA_2048',
      }),
  },
  {
    key: 'kms:GrantOperations and kms:GranteePrincipal',
    action: 'kms:CreateGrant',
    condition: {
      'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt', 'Encrypt'] },
      StringEquals: { 'kms:GranteePrincipal': ROOT },
    },
    yes: (KeyId) => new sdk.CreateGrantCommand({ KeyId, GranteePrincipal: ROOT, Operations: ['Decrypt'] }),
    no: (KeyId) => new sdk.CreateGrantCommand({ KeyId, GranteePrincipal: ROOT, Operations: ['Decrypt', 'Sign'] }),
  },
  {
    key: 'kms:GrantConstraintType',
    action: 'kms:CreateGrant',
    condition: { StringEquals: { 'kms:GrantConstraintType': 'EncryptionContextEquals' } },
    yes: (KeyId) =>
      new sdk.CreateGrantCommand({
        KeyId,
        GranteePrincipal: ROOT,
        Operations: ['Decrypt'],
        Constraints: { EncryptionContextEquals: { a: 'b' } },
      }),
    no: (KeyId) => new sdk.CreateGrantCommand({ KeyId, GranteePrincipal: ROOT, Operations: ['Decrypt'] }),
  },
  {
    key: 'kms:BypassPolicyLockoutSafetyCheck',
    action: 'kms:PutKeyPolicy',
    condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } },
    yes: (KeyId) => new sdk.PutKeyPolicyCommand({ KeyId, Policy: policy('kms:*') }),
    no: (KeyId) =>
      new sdk.PutKeyPolicyCommand({ KeyId, Policy: policy('kms:*'), BypassPolicyLockoutSafetyCheck: true }),
  },
];

const send = (kms: KMSClient, command: object) => kms.send(command as never) as Promise<unknown>;

describe('a key policy’s condition is decided on what the call says', () => {
  it.each(CASES)('$key', async ({ action, condition, spec = {}, yes, no, otherKey }) => {
    const KeyId = await newKey(root, { ...spec, Policy: policy(action, condition) });
    if (no !== undefined) expect(await refusal(send(worker, no(KeyId)))).toMatch(DENIED);
    if (otherKey !== undefined) {
      const other = await newKey(root, { ...otherKey, Policy: policy(action, condition) });
      expect(await refusal(send(worker, yes(other)))).toMatch(DENIED);
    }
    expect(await refusal(send(worker, yes(KeyId)))).toBe('was answered');
  });

  it('kms:ResourceAliases and kms:RequestAlias: by the aliases a key has, and by the one it was called by', async () => {
    const byAny = await newKey(root, {
      Policy: policy('kms:Encrypt', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/app' } }),
    });
    const byName = await newKey(root, {
      Policy: policy('kms:Encrypt', { StringEquals: { 'kms:RequestAlias': 'alias/named' } }),
    });
    expect(await refusal(send(worker, encrypt()(byAny)))).toMatch(DENIED);
    await root.send(new sdk.CreateAliasCommand({ AliasName: 'alias/app', TargetKeyId: byAny }));
    await root.send(new sdk.CreateAliasCommand({ AliasName: 'alias/named', TargetKeyId: byName }));
    expect(await refusal(send(worker, encrypt()(byAny)))).toBe('was answered');
    expect(await refusal(send(worker, encrypt()(byName)))).toMatch(DENIED);
    expect(await refusal(send(worker, encrypt()('alias/named')))).toBe('was answered');
    await root.send(new sdk.DeleteAliasCommand({ AliasName: 'alias/app' }));
    expect(await refusal(send(worker, encrypt()(byAny)))).toMatch(DENIED);
  });

  it('kms:ReEncryptOnSameKey: only from the key to itself', async () => {
    const condition = { Bool: { 'kms:ReEncryptOnSameKey': 'true' } };
    const given = policy(['kms:ReEncryptFrom', 'kms:ReEncryptTo'], condition);
    const [one, two] = [await newKey(root, { Policy: given }), await newKey(root, { Policy: given })];
    const { CiphertextBlob } = await root.send(new sdk.EncryptCommand({ KeyId: one, Plaintext: bytes }));
    const to = (DestinationKeyId: string) =>
      send(worker, new sdk.ReEncryptCommand({ CiphertextBlob, DestinationKeyId }));
    expect(await refusal(to(two))).toMatch(DENIED);
    expect(await refusal(to(one))).toBe('was answered');
  });

  it('kms:ViaService: nobody calls through a service here, so who may only do that is refused', async () => {
    const via = { StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` } };
    const KeyId = await newKey(root, { Policy: policy('kms:Encrypt', via) });
    expect(await refusal(send(worker, encrypt()(KeyId)))).toMatch(DENIED);
  });

  it('kms:RecipientAttestation: a recipient is refused clearly, whoever asks', async () => {
    const attested = { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': 'ab' } };
    const KeyId = await newKey(root, { Policy: policy('kms:Decrypt', attested) });
    const { CiphertextBlob } = await root.send(new sdk.EncryptCommand({ KeyId, Plaintext: bytes }));
    const Recipient = { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const, AttestationDocument: bytes };
    const asked = new sdk.DecryptCommand({ CiphertextBlob, Recipient });
    expect(await refusal(send(worker, asked))).toMatch(DENIED);
    expect(await refusal(send(root, asked))).toBe(
      'UnsupportedOperationException: The twin does not verify attestation documents: the Recipient parameter is not supported.',
    );
  });
});

describe('the lockout safety check', () => {
  const LOCKED =
    'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.';
  const only = (AWS: string, Action = 'kms:*') =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' }],
    });

  it.each([
    { name: 'another account’s', Policy: only('arn:aws:iam::999988887777:root'), said: LOCKED },
    { name: 'somebody else’s', Policy: only('arn:aws:iam::111122223333:user/other'), said: LOCKED },
    { name: 'without PutKeyPolicy', Policy: only(ROOT, 'kms:Encrypt'), said: LOCKED },
    { name: 'the caller’s own', Policy: only(caller.arn), said: 'was answered' },
    { name: 'the account’s', Policy: only(ROOT), said: 'was answered' },
  ])('a policy that makes the key $name: $said', async ({ Policy, said }) => {
    const KeyId = await newKey(root, { Policy: policy('kms:*') });
    expect(await refusal(worker.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy })))).toBe(said);
    const other = await newKey(root, { Policy: policy('kms:*') });
    const bypassing = { KeyId: other, Policy, BypassPolicyLockoutSafetyCheck: true };
    expect(await refusal(worker.send(new sdk.PutKeyPolicyCommand(bypassing)))).toBe('was answered');
  });

  it('holds for new keys and replicas too, and makes none that it refuses', async () => {
    const Policy = only('arn:aws:iam::999988887777:root');
    const before = twin.fork.editsOf(['AWS::KMS::Key']);
    expect(await refusal(newKey(root, { Policy }))).toBe(LOCKED);
    expect(twin.fork.editsOf(['AWS::KMS::Key'])).toBe(before);
    expect(await refusal(newKey(root, { Policy, BypassPolicyLockoutSafetyCheck: true }))).toBe('was answered');
    const KeyId = await newKey(root, { MultiRegion: true });
    const replicate = new sdk.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1', Policy });
    expect(await refusal(root.send(replicate))).toBe(LOCKED);
  });
});
