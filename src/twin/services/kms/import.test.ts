import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import * as sdk from '@aws-sdk/client-kms';
import type { AlgorithmSpec, KeySpec, KeyUsageType, KMSClient, WrappingKeySpec } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { element, INTEGER, OCTET_STRING, SEQUENCE } from '../../../keys/der.js';
import { encodeMaterial } from '../../../keys/encode-material.js';
import { generateMaterial } from '../../../keys/generate-material.js';
import { twinFor, type TestTwin } from '../../testing.fixture.js';
import { newKey, refusal } from './testing.fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-03-01T00:00:00.000Z');
const FOR_GOOD = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;

/** Wraps as a customer would. */
function wrap(PublicKey: Uint8Array | undefined, algorithm: AlgorithmSpec, material: Uint8Array): Buffer {
  const key = { key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' } as const;
  const oaepHash = algorithm.endsWith('256') ? 'sha256' : 'sha1';
  const oaep = (bytes: Uint8Array) =>
    publicEncrypt({ ...key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
  if (algorithm.startsWith('RSAES')) return oaep(material);
  const aes = randomBytes(32);
  const cipher = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([oaep(aes), cipher.update(material), cipher.final()]);
}

describe('importing key material', () => {
  let twin: TestTwin;
  let kms: KMSClient;

  beforeEach(async () => {
    twin = twinFor();
    kms = await twin.client('kms');
  });

  async function bring(
    KeyId: string,
    material: Uint8Array,
    given: Partial<sdk.ImportKeyMaterialRequest> = FOR_GOOD,
    wrapping: { algorithm?: AlgorithmSpec; spec?: WrappingKeySpec; client?: KMSClient } = {},
  ) {
    const { algorithm = 'RSA_AES_KEY_WRAP_SHA_256', spec = 'RSA_2048', client = kms } = wrapping;
    const asked = { KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: spec };
    const { PublicKey, ImportToken } = await client.send(new sdk.GetParametersForImportCommand(asked));
    const EncryptedKeyMaterial = wrap(PublicKey, algorithm, material);
    return client.send(new sdk.ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...given }));
  }
  const external = (KeySpec: KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage: KeyUsageType = 'ENCRYPT_DECRYPT') =>
    newKey(kms, { KeySpec, KeyUsage, Origin: 'EXTERNAL' });
  const describeKey = async (KeyId: string) =>
    (await kms.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata ?? { KeyId };
  const encrypt = async (KeyId: string) =>
    (await kms.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))).CiphertextBlob;
  const rotations = async (KeyId: string) =>
    (await kms.send(new sdk.ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }))).Rotations ??
    [];

  it.each([
    ['RSAES_OAEP_SHA_1', 'RSA_2048'],
    ['RSAES_OAEP_SHA_256', 'RSA_3072'],
    ['RSA_AES_KEY_WRAP_SHA_1', 'RSA_2048'],
    ['RSA_AES_KEY_WRAP_SHA_256', 'RSA_4096'],
  ] as const)('unwraps %s under %s', async (algorithm, spec) => {
    const KeyId = await external();
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: 'PendingImport', Origin: 'EXTERNAL', Enabled: false });
    const { KeyMaterialId } = await bring(KeyId, randomBytes(32), FOR_GOOD, { algorithm, spec });
    expect(KeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
    const shown = { KeyState: 'Enabled', CurrentKeyMaterialId: KeyMaterialId, ...FOR_GOOD };
    expect(await describeKey(KeyId)).toMatchObject(shown);
    await encrypt(KeyId);
  });

  it.each([
    ['RSA_2048', 'SIGN_VERIFY'],
    ['ECC_NIST_P521', 'KEY_AGREEMENT'],
    ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY'],
    ['HMAC_384', 'GENERATE_VERIFY_MAC'],
    ['ML_DSA_65', 'SIGN_VERIFY'],
    ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE'],
  ] as const)('takes material of %s, and then no other', async (spec, usage) => {
    const KeyId = await external(spec, usage);
    const material = encodeMaterial(generateMaterial(spec));
    await bring(KeyId, material);
    expect((await describeKey(KeyId)).KeyState).toBe('Enabled');
    const other = encodeMaterial(generateMaterial(spec));
    expect(await refusal(bring(KeyId, other))).toMatch(/^IncorrectKeyMaterialException/);
    await bring(KeyId, material);
  });

  const p256 = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
  const scalar = (bytes: Buffer) => {
    const algorithm = Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex');
    const key = element(SEQUENCE, element(INTEGER, Buffer.of(1)), element(OCTET_STRING, bytes));
    return element(SEQUENCE, element(INTEGER, Buffer.of(0)), algorithm, element(OCTET_STRING, key));
  };
  /** A private key with another key's public half. */
  const chimera = () => {
    const [a, b] = [p256(), p256()].map((key) => key.export({ format: 'der', type: 'pkcs8' })) as [Buffer, Buffer];
    return Buffer.concat([a.subarray(0, -64), b.subarray(-64)]);
  };

  it.each([
    ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'a short key', () => randomBytes(31)],
    ['HMAC_256', 'GENERATE_VERIFY_MAC', 'a short key', () => randomBytes(31)],
    ['HMAC_256', 'GENERATE_VERIFY_MAC', 'a long key', () => randomBytes(65)],
    ['ECC_NIST_P256', 'SIGN_VERIFY', 'no key', () => randomBytes(100)],
    ['ECC_NIST_P384', 'SIGN_VERIFY', 'another curve', () => p256().export({ format: 'der', type: 'pkcs8' })],
    [
      'ECC_NIST_P256',
      'SIGN_VERIFY',
      'a cut key',
      () => p256().export({ format: 'der', type: 'pkcs8' }).subarray(0, -1),
    ],
    ['ECC_NIST_P256', 'SIGN_VERIFY', 'a scalar beyond the order', () => scalar(Buffer.alloc(32, 0xff))],
    ['ECC_NIST_P256', 'SIGN_VERIFY', 'the scalar 0', () => scalar(Buffer.alloc(32))],
    ['ECC_NIST_P256', 'SIGN_VERIFY', 'halves of two keys', chimera],
    ['ML_DSA_44', 'SIGN_VERIFY', 'another level', () => encodeMaterial(generateMaterial('ML_DSA_65'))],
  ] as const)('%s %s refuses %s', async (spec, usage, _what, material) => {
    const KeyId = await external(spec, usage);
    expect(await refusal(bring(KeyId, material()))).toMatch(/^IncorrectKeyMaterialException/);
    expect((await describeKey(KeyId)).KeyState).toBe('PendingImport');
  });

  it('refuses a wrong wrapping, a forged token, one for another key, and an old one', async () => {
    const [KeyId, other] = [await external(), await external()];
    const asked = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
    const { PublicKey, ImportToken, ParametersValidTo } = await kms.send(new sdk.GetParametersForImportCommand(asked));
    expect(ParametersValidTo).toEqual(new Date(NOW + DAY_MS));
    const EncryptedKeyMaterial = wrap(PublicKey, 'RSAES_OAEP_SHA_256', randomBytes(32));
    const given = { KeyId, ImportToken, EncryptedKeyMaterial, ...FOR_GOOD };
    const send = (changed: Partial<sdk.ImportKeyMaterialRequest>) =>
      refusal(kms.send(new sdk.ImportKeyMaterialCommand({ ...given, ...changed })));
    const sha1 = wrap(PublicKey, 'RSAES_OAEP_SHA_1', randomBytes(32));
    expect(await send({ EncryptedKeyMaterial: sha1 })).toMatch(/^InvalidCiphertextException/);
    expect(await send({ EncryptedKeyMaterial: randomBytes(10) })).toMatch(/^InvalidCiphertextException/);
    expect(await send({ ImportToken: randomBytes(200) })).toMatch(/^InvalidImportTokenException/);
    expect(await send({ KeyId: other })).toMatch(/^InvalidImportTokenException/);
    twin.advance(DAY_MS);
    expect(await send({})).toMatch(/^ExpiredImportTokenException/);
  });

  it('refuses wrappings that are too small or withdrawn, and keys whose material is KMS’s own', async () => {
    const rsa = await external('RSA_2048', 'SIGN_VERIFY');
    const parameters = (
      KeyId: string,
      WrappingAlgorithm: AlgorithmSpec,
      WrappingKeySpec: WrappingKeySpec = 'RSA_2048',
    ) => refusal(kms.send(new sdk.GetParametersForImportCommand({ KeyId, WrappingAlgorithm, WrappingKeySpec })));
    expect(await parameters(rsa, 'RSAES_OAEP_SHA_256')).toMatch(/^ValidationException/);
    expect(await parameters(rsa, 'RSAES_PKCS1_V1_5')).toMatch(/^UnsupportedOperationException/);
    expect(await parameters(rsa, 'RSA_AES_KEY_WRAP_SHA_256', 'SM2')).toMatch(/^UnsupportedOperationException/);
    const own = await newKey(kms);
    expect(await parameters(own, 'RSAES_OAEP_SHA_256')).toBe(
      `UnsupportedOperationException: ${own} origin is AWS_KMS which is not valid for this operation.`,
    );
  });

  it('loses material that expires, and gets it back by importing the same again', async () => {
    const KeyId = await external();
    const material = randomBytes(32);
    await bring(KeyId, material, { ValidTo: new Date(NOW + 10 * DAY_MS) });
    const CiphertextBlob = await encrypt(KeyId);
    const shown = await describeKey(KeyId);
    expect(shown).toMatchObject({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(NOW + 10 * DAY_MS) });
    twin.advance(10 * DAY_MS);
    expect(await refusal(kms.send(new sdk.DecryptCommand({ CiphertextBlob })))).toBe(
      `KMSInvalidStateException: ${KeyId} is pending import.`,
    );
    expect(await describeKey(KeyId)).not.toHaveProperty('ValidTo');
    expect(twin.events.map(({ name }) => name)).toEqual(['DeleteExpiredKeyMaterial']);
    expect(await refusal(bring(KeyId, randomBytes(32)))).toMatch(/^IncorrectKeyMaterialException/);
    await bring(KeyId, material);
    expect((await kms.send(new sdk.DecryptCommand({ CiphertextBlob }))).Plaintext).toHaveLength(1);
  });

  it.each([
    [{}, 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'],
    [{ ...FOR_GOOD, ValidTo: new Date(NOW + DAY_MS) }, 'A validTo date must not be set'],
    [{ ValidTo: new Date(NOW) }, 'must be in the future'],
    [{ ValidTo: new Date(NOW + 366 * DAY_MS) }, 'at most 365 days'],
  ])('refuses the expiry %j', async (given, said) => {
    expect(await refusal(bring(await external(), randomBytes(32), given))).toContain(said);
  });

  it('forgets material on demand, and takes back only the same', async () => {
    const KeyId = await external();
    const material = randomBytes(32);
    const { KeyMaterialId } = await bring(KeyId, material);
    const answer = await kms.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId }));
    expect(answer).toMatchObject({ KeyId, KeyMaterialId });
    expect((await describeKey(KeyId)).KeyState).toBe('PendingImport');
    expect(await rotations(KeyId)).toMatchObject([{ KeyMaterialId, ImportState: 'PENDING_IMPORT' }]);
    await bring(KeyId, material, { ...FOR_GOOD, KeyMaterialId });
    expect((await describeKey(KeyId)).KeyState).toBe('Enabled');
  });

  it('takes several materials, rotates to the next on demand, and decrypts with the former', async () => {
    const KeyId = await external();
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const { KeyMaterialId: one } = await bring(KeyId, first);
    const CiphertextBlob = await encrypt(KeyId);
    expect(await refusal(kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId })))).toMatch(/^KMSInvalidStateException/);
    const next = { ...FOR_GOOD, ImportType: 'NEW_KEY_MATERIAL', KeyMaterialDescription: 'spring' } as const;
    const { KeyMaterialId: two } = await bring(KeyId, second, next);
    expect(await refusal(bring(KeyId, randomBytes(32), next))).toMatch(/^KMSInvalidStateException/);
    expect(await rotations(KeyId)).toMatchObject([
      { KeyMaterialId: one, KeyMaterialState: 'CURRENT' },
      { KeyMaterialId: two, KeyMaterialState: 'PENDING_ROTATION', KeyMaterialDescription: 'spring' },
    ]);
    await kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId }));
    expect(await describeKey(KeyId)).toMatchObject({ CurrentKeyMaterialId: two });
    expect((await kms.send(new sdk.DecryptCommand({ CiphertextBlob }))).KeyMaterialId).toBe(one);
    await kms.send(new sdk.DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId: one }));
    expect((await describeKey(KeyId)).KeyState).toBe('PendingImport');
    await bring(KeyId, first);
    expect((await kms.send(new sdk.DecryptCommand({ CiphertextBlob }))).KeyMaterialId).toBe(one);
  });

  it('is imported into a replica on its own, from the same material', async () => {
    const KeyId = await newKey(kms, { Origin: 'EXTERNAL', MultiRegion: true });
    const material = randomBytes(32);
    await bring(KeyId, material);
    const CiphertextBlob = await encrypt(KeyId);
    await kms.send(new sdk.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'us-east-1' }));
    const client = await twin.client('kms', { region: 'us-east-1' });
    const replica = KeyId.replace('eu-west-1', 'us-east-1');
    expect(await refusal(client.send(new sdk.DecryptCommand({ CiphertextBlob })))).toBe(
      `KMSInvalidStateException: ${replica} is pending import.`,
    );
    expect(await refusal(bring(replica, randomBytes(32), FOR_GOOD, { client }))).toMatch(/^IncorrectKeyMaterial/);
    await bring(replica, material, FOR_GOOD, { client });
    expect((await client.send(new sdk.DecryptCommand({ CiphertextBlob }))).KeyId).toBe(replica);
  });
});
