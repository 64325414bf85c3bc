import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import * as sdk from '@aws-sdk/client-kms';
import type { DataKeyPairSpec, KMSClient } from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeMaterial, encodePublic } from '../../../keys/encode-material.js';
import { keySpecs, type KeySpec } from '../../../keys/key-spec.js';
import { twinFor } from '../../testing.fixture.js';
import { newKey, refusal } from './testing.fixture.js';

const pairSpecs = (Object.keys(keySpecs) as KeySpec[]).filter((spec) => keySpecs[spec].dataKeyPair);

describe('data keys', () => {
  let kms: KMSClient;
  let KeyId: string;
  const EncryptionContext = { tenant: 'a' };

  beforeAll(async () => {
    kms = await twinFor().client('kms');
    KeyId = await newKey(kms);
  });

  const opened = async (CiphertextBlob: Uint8Array | undefined) => {
    const { Plaintext } = await kms.send(new sdk.DecryptCommand({ CiphertextBlob, EncryptionContext }));
    return Buffer.from(Plaintext ?? []);
  };

  it.each([
    [{ KeySpec: 'AES_128' as const }, 16],
    [{ KeySpec: 'AES_256' as const }, 32],
    [{ NumberOfBytes: 64 }, 64],
    [{ NumberOfBytes: 1024 }, 1024],
  ])('%j: the ciphertext holds the plaintext of %i bytes', async (size, bytes) => {
    const asked = { KeyId, EncryptionContext, ...size };
    const { Plaintext, CiphertextBlob, KeyId: arn } = await kms.send(new sdk.GenerateDataKeyCommand(asked));
    expect(arn).toBe(KeyId);
    expect(Plaintext).toHaveLength(bytes);
    expect(await opened(CiphertextBlob)).toEqual(Buffer.from(Plaintext ?? []));
    const without = await kms.send(new sdk.GenerateDataKeyWithoutPlaintextCommand(asked));
    expect(without).not.toHaveProperty('Plaintext');
    expect(await opened(without.CiphertextBlob)).toHaveLength(bytes);
  });

  it.each([{}, { KeySpec: 'AES_256' as const, NumberOfBytes: 32 }])('%j is neither size or two', async (size) => {
    expect(await refusal(kms.send(new sdk.GenerateDataKeyCommand({ KeyId, ...size })))).toBe(
      'ValidationException: Please specify either number of bytes or key spec.',
    );
  });

  it.each(pairSpecs)('%s: the pair belongs together and its private half is PKCS#8', async (spec) => {
    const asked = { KeyId, EncryptionContext, KeyPairSpec: spec as DataKeyPairSpec };
    const answer = await kms.send(new sdk.GenerateDataKeyPairCommand(asked));
    const { PrivateKeyPlaintext = new Uint8Array(), PublicKey = new Uint8Array() } = answer;
    expect(answer).toMatchObject({ KeyId, KeyPairSpec: spec });
    expect(await opened(answer.PrivateKeyCiphertextBlob)).toEqual(Buffer.from(PrivateKeyPlaintext));
    const material = decodeMaterial(spec, PrivateKeyPlaintext);
    expect(material === undefined ? undefined : encodePublic(material.publicPart)).toEqual(Buffer.from(PublicKey));
    const without = await kms.send(new sdk.GenerateDataKeyPairWithoutPlaintextCommand(asked));
    expect(without).not.toHaveProperty('PrivateKeyPlaintext');
    expect(without.PublicKey).not.toEqual(PublicKey);
    if (spec.startsWith('ML_KEM')) return;
    const key = createPrivateKey({ key: Buffer.from(PrivateKeyPlaintext), format: 'der', type: 'pkcs8' });
    const open = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    const hash = spec === 'ECC_NIST_EDWARDS25519' ? null : 'sha256';
    expect(verify(hash, Buffer.from('x'), open, sign(hash, Buffer.from('x'), key))).toBe(true);
  });

  it('refuses SM2, and a wrapping key that is not symmetric', async () => {
    const sm2 = new sdk.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'SM2' });
    expect(await refusal(kms.send(sm2))).toMatch(/^UnsupportedOperationException/);
    const rsa = await newKey(kms, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect(await refusal(kms.send(new sdk.GenerateDataKeyCommand({ KeyId: rsa, KeySpec: 'AES_256' })))).toBe(
      'InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
    );
  });

  it('gives random bytes, and refuses a size it does not give', async () => {
    expect((await kms.send(new sdk.GenerateRandomCommand({ NumberOfBytes: 1024 }))).Plaintext).toHaveLength(1024);
    for (const NumberOfBytes of [0, 1025, undefined]) {
      const asked = NumberOfBytes === undefined ? {} : { NumberOfBytes };
      expect(await refusal(kms.send(new sdk.GenerateRandomCommand(asked)))).toMatch(/^ValidationException/);
    }
    const stored = new sdk.GenerateRandomCommand({ NumberOfBytes: 1, CustomKeyStoreId: 'cks-1234567890' });
    expect(await refusal(kms.send(stored))).toMatch(/^CustomKeyStoreNotFoundException/);
  });
});

describe('MACs and shared secrets', () => {
  let kms: KMSClient;
  beforeAll(async () => {
    kms = await twinFor().client('kms');
  });

  it.each([224, 256, 384, 512] as const)('HMAC_%i: makes a MAC and verifies only that', async (bits) => {
    const KeyId = await newKey(kms, { KeySpec: `HMAC_${bits}`, KeyUsage: 'GENERATE_VERIFY_MAC' });
    const asked = { KeyId, MacAlgorithm: `HMAC_SHA_${bits}` as const, Message: Buffer.from('m') };
    const { Mac = new Uint8Array() } = await kms.send(new sdk.GenerateMacCommand(asked));
    expect(Mac).toHaveLength(bits / 8);
    expect((await kms.send(new sdk.VerifyMacCommand({ ...asked, Mac }))).MacValid).toBe(true);
    const changed = Buffer.from(Mac);
    changed[0] = (changed[0] ?? 0) ^ 1;
    for (const wrong of [changed, Mac.subarray(1), Buffer.concat([Mac, Mac])]) {
      const said = await refusal(kms.send(new sdk.VerifyMacCommand({ ...asked, Mac: wrong })));
      expect(said).toMatch(/^KMSInvalidMacException/);
    }
    const other = bits === 256 ? 384 : 256;
    const wrong = { ...asked, MacAlgorithm: `HMAC_SHA_${other}` as const };
    expect(await refusal(kms.send(new sdk.GenerateMacCommand(wrong)))).toBe(
      `InvalidKeyUsageException: Algorithm HMAC_SHA_${other} is incompatible with key spec HMAC_${bits}.`,
    );
    expect(await refusal(kms.send(new sdk.GetPublicKeyCommand({ KeyId })))).toMatch(/^UnsupportedOperationException/);
  });

  it.each(['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'] as const)('%s: two keys agree', async (KeySpec) => {
    const [a, b] = await Promise.all([1, 2].map(() => newKey(kms, { KeySpec, KeyUsage: 'KEY_AGREEMENT' })));
    const derive = async (KeyId: string | undefined, of: string | undefined) => {
      const { PublicKey } = await kms.send(new sdk.GetPublicKeyCommand({ KeyId: of }));
      const asked = { KeyId, PublicKey, KeyAgreementAlgorithm: 'ECDH' as const };
      return kms.send(new sdk.DeriveSharedSecretCommand(asked));
    };
    const [one, two] = [await derive(a, b), await derive(b, a)];
    expect(one.SharedSecret).toEqual(two.SharedSecret);
    expect(one).toMatchObject({ KeyId: a, KeyOrigin: 'AWS_KMS', KeyAgreementAlgorithm: 'ECDH' });
    const other = await newKey(kms, { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' });
    expect(await refusal(derive(a, other))).toMatch(/^ValidationException: The public key is not a valid DER/);
  });

  it.each([512, 768, 1024] as const)('ML_KEM_%i: the owner finds the secret that was encapsulated', async (level) => {
    const KeyId = await newKey(kms, { KeySpec: `ML_KEM_${level}`, KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
    const asked = { KeyId, EncapsulationAlgorithm: 'ML_KEM' as const };
    const { SharedSecret, SharedSecretCiphertextBlob } = await kms.send(new sdk.EncapsulateCommand(asked));
    const given = { ...asked, SharedSecretCiphertextBlob };
    expect((await kms.send(new sdk.DecapsulateCommand(given))).SharedSecret).toEqual(SharedSecret);
    const cut = { ...asked, SharedSecretCiphertextBlob: SharedSecretCiphertextBlob?.subarray(1) };
    expect(await refusal(kms.send(new sdk.DecapsulateCommand(cut)))).toMatch(/^InvalidCiphertextException/);
  });
});
