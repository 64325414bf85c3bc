import { constants, createPublicKey, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import * as sdk from '@aws-sdk/client-kms';
import type { EncryptionAlgorithmSpec, KeySpec, KMSClient } from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';
import { keyResource, newKey, refusal } from './testing.fixture.js';

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const Plaintext = Buffer.from('a secret');

describe('symmetric encryption', () => {
  const twin = twinFor();
  let kms: KMSClient;
  let KeyId: string;

  beforeAll(async () => {
    kms = await twin.client('kms');
    KeyId = await newKey(kms);
  });

  const encrypt = async (EncryptionContext?: Record<string, string>) => {
    const asked = { KeyId, Plaintext, ...(EncryptionContext === undefined ? {} : { EncryptionContext }) };
    return (await kms.send(new sdk.EncryptCommand(asked))).CiphertextBlob ?? new Uint8Array();
  };
  const decrypt = (given: sdk.DecryptRequest) => kms.send(new sdk.DecryptCommand(given));

  it('decrypts what it encrypted, without being told the key', async () => {
    const CiphertextBlob = await encrypt();
    const answer = await decrypt({ CiphertextBlob });
    expect(answer).toMatchObject({ KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    expect(text(answer.Plaintext)).toBe('a secret');
    expect(Buffer.from(CiphertextBlob).toString('base64')).toMatch(/^AQICAHg/);
    expect(await encrypt()).not.toEqual(CiphertextBlob);
  });

  it('wants the same encryption context, in whatever order', async () => {
    const CiphertextBlob = await encrypt({ a: '1', b: '2' });
    expect(text((await decrypt({ CiphertextBlob, EncryptionContext: { b: '2', a: '1' } })).Plaintext)).toBe('a secret');
    for (const EncryptionContext of [
      {},
      { a: '1' },
      { a: '1', b: '3' },
      { a: '1', b: '2', c: '' },
      { A: '1', b: '2' },
    ]) {
      expect(await refusal(decrypt({ CiphertextBlob, EncryptionContext }))).toMatch(/^InvalidCiphertextException/);
    }
  });

  it('refuses a ciphertext with any byte changed, or cut', async () => {
    const CiphertextBlob = Buffer.from(await encrypt());
    for (let at = 0; at < CiphertextBlob.length; at++) {
      const changed = Buffer.from(CiphertextBlob);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const said = await refusal(decrypt({ CiphertextBlob: changed }));
      expect(said, `byte ${at}`).toMatch(
        /^(InvalidCiphertextException|AccessDeniedException: (The ciphertext refers|User: .* is not authorized))/,
      );
      const told = await refusal(decrypt({ CiphertextBlob: changed, KeyId }));
      expect(told, `byte ${at}`).toMatch(/^(InvalidCiphertextException|IncorrectKeyException)/);
      if (at > 0)
        expect(await refusal(decrypt({ CiphertextBlob: CiphertextBlob.subarray(0, at) }))).not.toBe('was answered');
    }
  });

  it('says when the ciphertext is another key’s', async () => {
    const other = await newKey(kms);
    expect(await refusal(decrypt({ CiphertextBlob: await encrypt(), KeyId: other }))).toBe(
      'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.',
    );
  });

  it('finds another account’s key when its ARN is given, and in a ciphertext, once its policy lets the account in', async () => {
    const others = await twin.client('kms', { accountId: '444455556666' });
    const encryption = new sdk.EncryptCommand({ KeyId, Plaintext });
    expect(await refusal(others.send(encryption))).toMatch(/^AccessDeniedException: User: .* is not authorized/);
    const may = (AWS: string, Action: string[]) => ({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' });
    const Statement = [
      may('arn:aws:iam::111122223333:root', ['kms:*']),
      may('arn:aws:iam::444455556666:root', ['kms:Encrypt', 'kms:Decrypt']),
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await kms.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy }));
    const { CiphertextBlob } = await others.send(new sdk.EncryptCommand({ KeyId, Plaintext }));
    expect(text((await others.send(new sdk.DecryptCommand({ CiphertextBlob }))).Plaintext)).toBe('a secret');
    expect(await refusal(others.send(new sdk.DisableKeyCommand({ KeyId })))).toMatch(/^AccessDeniedException/);
  });

  it('does not find the key of another region', async () => {
    const elsewhere = await twin.client('kms', { region: 'us-east-1' });
    const CiphertextBlob = await encrypt();
    expect(await refusal(elsewhere.send(new sdk.DecryptCommand({ CiphertextBlob })))).toMatch(
      /^AccessDeniedException: The ciphertext refers to a customer master key that does not exist/,
    );
    expect(await refusal(elsewhere.send(new sdk.EncryptCommand({ KeyId, Plaintext })))).toBe(
      'NotFoundException: Invalid arn eu-west-1',
    );
  });

  it('re-encrypts from key to key and context to context without showing the plaintext', async () => {
    const other = await newKey(kms);
    const asked = {
      CiphertextBlob: await encrypt({ a: '1' }),
      SourceEncryptionContext: { a: '1' },
      DestinationKeyId: other,
      DestinationEncryptionContext: { b: '2' },
    };
    const answer = await kms.send(new sdk.ReEncryptCommand(asked));
    expect(answer).toMatchObject({ SourceKeyId: KeyId, KeyId: other });
    expect(answer).not.toHaveProperty('Plaintext');
    const { CiphertextBlob } = answer;
    expect(text((await decrypt({ CiphertextBlob, EncryptionContext: { b: '2' } })).Plaintext)).toBe('a secret');
  });

  it('takes 4,096 bytes and refuses 4,097', async () => {
    const of = (length: number) => kms.send(new sdk.EncryptCommand({ KeyId, Plaintext: randomBytes(length) }));
    expect((await of(4096)).CiphertextBlob?.length).toBeLessThanOrEqual(6144);
    expect(await refusal(of(4097))).toBe(
      "ValidationException: 1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
    );
  });

  it('encrypts with a key that came from a snapshot, whose material no other twin has', async () => {
    const resource = keyResource({ KeyId: '12345678-1234-1234-1234-123456789012' });
    const own = await twinFor({ resources: [resource] }).client('kms');
    const { CiphertextBlob } = await own.send(new sdk.EncryptCommand({ KeyId: resource.arn, Plaintext }));
    expect(text((await own.send(new sdk.DecryptCommand({ CiphertextBlob }))).Plaintext)).toBe('a secret');
    const other = await twinFor({ resources: [resource] }).client('kms');
    expect(await refusal(other.send(new sdk.DecryptCommand({ CiphertextBlob })))).toMatch(
      /^InvalidCiphertextException/,
    );
  });
});

describe('RSA encryption', () => {
  let kms: KMSClient;
  const keys = new Map<KeySpec, string>();
  const sizes: readonly (readonly [KeySpec, EncryptionAlgorithmSpec, number])[] = [
    ['RSA_2048', 'RSAES_OAEP_SHA_1', 214],
    ['RSA_2048', 'RSAES_OAEP_SHA_256', 190],
    ['RSA_3072', 'RSAES_OAEP_SHA_1', 342],
    ['RSA_3072', 'RSAES_OAEP_SHA_256', 318],
    ['RSA_4096', 'RSAES_OAEP_SHA_1', 470],
    ['RSA_4096', 'RSAES_OAEP_SHA_256', 446],
  ];

  beforeAll(async () => {
    kms = await twinFor().client('kms');
    for (const KeySpec of ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const)
      keys.set(KeySpec, await newKey(kms, { KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' }));
  });

  it.each(sizes)('%s %s takes up to %i bytes', async (spec, EncryptionAlgorithm, most) => {
    const KeyId = keys.get(spec);
    const encrypt = (length: number) =>
      kms.send(new sdk.EncryptCommand({ KeyId, EncryptionAlgorithm, Plaintext: Buffer.alloc(length, 7) }));
    const { CiphertextBlob } = await encrypt(most);
    const { Plaintext: opened } = await kms.send(
      new sdk.DecryptCommand({ KeyId, EncryptionAlgorithm, CiphertextBlob }),
    );
    expect(Buffer.from(opened ?? [])).toEqual(Buffer.alloc(most, 7));
    expect(await refusal(encrypt(most + 1))).toBe(
      `ValidationException: Algorithm ${EncryptionAlgorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`,
    );
  });

  async function publicKey(KeyId: string | undefined): Promise<KeyObject> {
    const { PublicKey = [] } = await kms.send(new sdk.GetPublicKeyCommand({ KeyId }));
    return createPublicKey({ key: Buffer.from(PublicKey as Uint8Array), format: 'der', type: 'spki' });
  }

  it('refuses the other hash, another padding, a changed and a cut ciphertext, all in the same way', async () => {
    const KeyId = keys.get('RSA_2048');
    const key = await publicKey(KeyId);
    const oaep = (oaepHash: string) =>
      publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, Plaintext);
    const changed = oaep('sha256');
    changed[100] = (changed[100] ?? 0) ^ 1;
    const wrong = [
      oaep('sha1'),
      publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Plaintext),
      changed,
      oaep('sha256').subarray(1),
      Buffer.alloc(256, 0xff),
      Buffer.from([0]),
    ];
    for (const CiphertextBlob of wrong) {
      const asked = { KeyId, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const, CiphertextBlob };
      expect(await refusal(kms.send(new sdk.DecryptCommand(asked)))).toMatch(/^InvalidCiphertextException/);
    }
  });

  it('wants the algorithm and the key', async () => {
    const KeyId = keys.get('RSA_2048');
    expect(await refusal(kms.send(new sdk.EncryptCommand({ KeyId, Plaintext })))).toBe(
      'InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
    );
    const decrypt = { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const, CiphertextBlob: Buffer.alloc(256) };
    expect(await refusal(kms.send(new sdk.DecryptCommand(decrypt)))).toMatch(/^ValidationException: KeyId/);
  });
});
