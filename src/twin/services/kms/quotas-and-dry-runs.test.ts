import * as sdk from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { diff } from '../../../estate/diff.js';
import { Fork } from '../../../estate/fork.js';
import { services } from '../../../reference/services.js';
import { serviceModel } from '../../protocols/service-model.js';
import { twinFor } from '../../testing.fixture.js';
import { keyResource, newKey, refusal } from './testing.fixture.js';

const bytes = Buffer.alloc(32, 1);
const GranteePrincipal = 'arn:aws:iam::111122223333:root';

/** Everything a dry run can be asked of: which key, and a good input. */
const DRY: Readonly<Record<string, { key?: sdk.CreateKeyRequest; input: (made: Made) => object }>> = {
  CreateGrant: { input: () => ({ GranteePrincipal, Operations: ['Decrypt'] }) },
  Decapsulate: {
    key: { KeySpec: 'ML_KEM_768' as sdk.KeySpec, KeyUsage: 'ENCAPSULATE_DECAPSULATE' as sdk.KeyUsageType },
    input: () => ({ EncapsulationAlgorithm: 'ML_KEM', SharedSecretCiphertextBlob: Buffer.alloc(1088) }),
  },
  Decrypt: { input: ({ CiphertextBlob }) => ({ CiphertextBlob }) },
  DeriveSharedSecret: {
    key: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
    input: ({ PublicKey }) => ({ KeyAgreementAlgorithm: 'ECDH', PublicKey }),
  },
  Encapsulate: {
    key: { KeySpec: 'ML_KEM_768' as sdk.KeySpec, KeyUsage: 'ENCAPSULATE_DECAPSULATE' as sdk.KeyUsageType },
    input: () => ({ EncapsulationAlgorithm: 'ML_KEM' }),
  },
  Encrypt: { input: () => ({ Plaintext: bytes }) },
  GenerateDataKey: { input: () => ({ KeySpec: 'AES_256' }) },
  GenerateDataKeyPair: { input: () => ({ KeyPairSpec: 'RSA_4096' }) },
  GenerateDataKeyPairWithoutPlaintext: { input: () => ({ KeyPairSpec: 'RSA_4096' }) },
  GenerateDataKeyWithoutPlaintext: { input: () => ({ NumberOfBytes: 16 }) },
  GenerateMac: {
    key: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    input: () => ({ Message: bytes, MacAlgorithm: 'HMAC_SHA_256' }),
  },
  ReEncrypt: { input: ({ CiphertextBlob, KeyId }) => ({ CiphertextBlob, DestinationKeyId: KeyId }) },
  RetireGrant: { input: ({ GrantId }) => ({ GrantId }) },
  RevokeGrant: { input: ({ GrantId }) => ({ GrantId }) },
  Sign: {
    key: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    input: () => ({ Message: bytes, SigningAlgorithm: 'ECDSA_SHA_256' }),
  },
  Verify: {
    key: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    input: () => ({ Message: bytes, Signature: bytes, SigningAlgorithm: 'ECDSA_SHA_256' }),
  },
  VerifyMac: {
    key: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    input: () => ({ Message: bytes, Mac: bytes, MacAlgorithm: 'HMAC_SHA_256' }),
  },
};

interface Made {
  readonly KeyId: string;
  readonly GrantId: string | undefined;
  readonly CiphertextBlob: Uint8Array | undefined;
  readonly PublicKey: Uint8Array | undefined;
}

type AnyCommand = new (input: object) => sdk.EncryptCommand;
const commands = sdk as unknown as Readonly<Record<string, AnyCommand>>;

describe('a dry run', () => {
  it('is had of every operation that KMS has it of', async () => {
    const { operations } = serviceModel(await services.kms.load());
    const offered = [...operations.values()]
      .filter(({ input }) => 'members' in input && input.members.some(({ name }) => name === 'DryRun'))
      .map(({ name }) => name);
    expect(Object.keys(DRY)).toEqual(offered.sort());
  });

  it.each(Object.entries(DRY))(
    '%s: says that it would have worked and does nothing',
    async (operation, { key, input }) => {
      const twin = twinFor();
      const kms = await twin.client('kms');
      const KeyId = await newKey(kms, key ?? {});
      const encrypted =
        key === undefined ? await kms.send(new sdk.EncryptCommand({ KeyId, Plaintext: bytes })) : undefined;
      const grant = await kms.send(
        new sdk.CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['DescribeKey'] }),
      );
      const shown =
        operation === 'DeriveSharedSecret' ? await kms.send(new sdk.GetPublicKeyCommand({ KeyId })) : undefined;
      const made = {
        KeyId,
        GrantId: grant.GrantId,
        CiphertextBlob: encrypted?.CiphertextBlob,
        PublicKey: shown?.PublicKey,
      };
      const before = new Fork(twin.fork);
      const used = () => kms.send(new sdk.GetKeyLastUsageCommand({ KeyId }));
      const { KeyLastUsage } = await used();
      const Command = commands[`${operation}Command`];
      const given = { ...(operation === 'ReEncrypt' ? {} : { KeyId }), ...input(made), DryRun: true };
      expect(await refusal(kms.send(new Command!(given)))).toBe(
        'DryRunOperationException: The request would have succeeded, but the DryRun option is set.',
      );
      expect([...diff(before, twin.fork)]).toEqual([]);
      expect((await used()).KeyLastUsage).toEqual(KeyLastUsage);
    },
  );
});

describe('quotas', () => {
  const keys = (count: number, given: object) =>
    Array.from({ length: count }, (_, place) =>
      keyResource({ KeyId: `${String(place).padStart(8, '0')}-0000-4000-8000-000000000000`, ...given }),
    );

  it('an account has 100,000 keys in a region, and those that AWS manages do not count', async () => {
    const full = await twinFor({ resources: keys(100_000, {}) }).client('kms');
    expect(await refusal(full.send(new sdk.CreateKeyCommand({})))).toMatch(
      /^LimitExceededException: .*100000 KMS keys/,
    );
    const resources = [...keys(99_999, {}), ...keys(100_000, { KeyManager: 'AWS' }).slice(99_999)];
    const almost = await twinFor({ resources }).client('kms');
    expect(await refusal(almost.send(new sdk.CreateKeyCommand({})))).toBe('was answered');
    expect(await refusal(almost.send(new sdk.CreateKeyCommand({})))).toMatch(/^LimitExceededException/);
  });

  it('a policy has 32,768 bytes, and a key 50 tags', async () => {
    const kms = await twinFor().client('kms');
    const KeyId = await newKey(kms);
    const Tags = Array.from({ length: 51 }, (_, place) => ({ TagKey: `tag-${place}`, TagValue: '' }));
    await kms.send(new sdk.TagResourceCommand({ KeyId, Tags: Tags.slice(0, 50) }));
    const one = kms.send(new sdk.TagResourceCommand({ KeyId, Tags: Tags.slice(50) }));
    expect(await refusal(one)).toBe('TagException: Too many tags');
    const { Policy = '' } = await kms.send(new sdk.GetKeyPolicyCommand({ KeyId }));
    const padded = (bytes: number) => Policy + ' '.repeat(bytes - Policy.length);
    const put = (bytes: number) => refusal(kms.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy: padded(bytes) })));
    expect(await put(32_768)).toBe('was answered');
    expect(await put(32_769)).toMatch(/^LimitExceededException|^ValidationException.*length less than or equal to/);
  });
});
