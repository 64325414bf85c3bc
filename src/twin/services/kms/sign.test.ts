import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import {
  GetPublicKeyCommand,
  SignCommand,
  VerifyCommand,
  type KeySpec,
  type KMSClient,
  type MessageType,
  type SigningAlgorithmSpec,
} from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, it } from 'vitest';
import { keySpecs } from '../../../keys/key-spec.js';
import { signingAlgorithms, type SigningAlgorithm } from '../../../keys/signing-algorithm.js';
import { twinFor } from '../../testing.fixture.js';
import { newKey, refusal } from './testing.fixture.js';

/** Every way to sign that KMS has: spec, algorithm and message type. */
const ways = Object.entries(keySpecs).flatMap(([spec, { algorithms }]) =>
  ('SIGN_VERIFY' in algorithms ? algorithms.SIGN_VERIFY : []).flatMap((algorithm) =>
    Object.entries(signingAlgorithms[algorithm as SigningAlgorithm].takes).map(([type, bytes]) => ({
      spec: spec as KeySpec,
      SigningAlgorithm: algorithm as SigningAlgorithmSpec,
      MessageType: type as MessageType,
      bytes,
    })),
  ),
);

describe('signatures', () => {
  const twin = twinFor();
  const keys = new Map<KeySpec, string>();
  let kms: KMSClient;

  beforeAll(async () => {
    kms = await twin.client('kms');
    for (const { spec } of ways) {
      if (!keys.has(spec)) keys.set(spec, await newKey(kms, { KeySpec: spec, KeyUsage: 'SIGN_VERIFY' }));
    }
  });

  it('has every way that KMS has', () => {
    expect(ways).toHaveLength(3 * 12 + 4 * 2 + 2 + 3 * 2);
  });

  it.each(ways)('$spec $SigningAlgorithm $MessageType: signs, and verifies only that', async (way) => {
    const { spec, SigningAlgorithm, MessageType, bytes } = way;
    const KeyId = keys.get(spec);
    const Message = randomBytes(MessageType === 'RAW' ? 100 : bytes);
    const asked = { KeyId, SigningAlgorithm, MessageType };
    const { Signature = new Uint8Array() } = await kms.send(new SignCommand({ ...asked, Message }));
    const verify = (message: Uint8Array, signature: Uint8Array) =>
      kms.send(new VerifyCommand({ ...asked, Message: message, Signature: signature }));
    expect(await verify(Message, Signature)).toMatchObject({ SignatureValid: true, KeyId, SigningAlgorithm });
    const other = Buffer.from(Message);
    other[0] = (other[0] ?? 0) ^ 1;
    expect(await refusal(verify(other, Signature))).toMatch(/^KMSInvalidSignatureException/);
    for (const at of [0, 1, Signature.length >> 1, Signature.length - 1]) {
      const changed = Buffer.from(Signature);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(await refusal(verify(Message, changed)), `byte ${at}`).toMatch(/^KMSInvalidSignatureException/);
    }
    for (const cut of [Signature.subarray(1), Signature.subarray(0, -1), Buffer.concat([Signature, Buffer.of(0)])]) {
      expect(await refusal(verify(Message, cut))).toMatch(/^KMSInvalidSignatureException/);
    }
  });

  const digests = ways.filter(({ MessageType, SigningAlgorithm }) => {
    return MessageType === 'DIGEST' && SigningAlgorithm !== 'ED25519_PH_SHA_512';
  });

  it.each(digests)('$spec $SigningAlgorithm: a signature over the digest is one over the message', async (way) => {
    const { spec, SigningAlgorithm } = way;
    const KeyId = keys.get(spec);
    const Message = randomBytes(500);
    const hash = `sha${SigningAlgorithm.slice(-3)}`;
    const digest = createHash(hash).update(Message).digest();
    const raw = { KeyId, SigningAlgorithm, Message };
    const hashed = { KeyId, SigningAlgorithm, Message: digest, MessageType: 'DIGEST' as const };
    for (const [signed, verified] of [
      [raw, hashed],
      [hashed, raw],
    ] as const) {
      const { Signature } = await kms.send(new SignCommand(signed));
      expect((await kms.send(new VerifyCommand({ ...verified, Signature }))).SignatureValid).toBe(true);
    }
  });

  it.each(['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'] as const)(
    '%s: a signature over mu is one over the message',
    async (spec) => {
      const asked = { KeyId: keys.get(spec), SigningAlgorithm: 'ML_DSA_SHAKE_256' as const };
      const { PublicKey = new Uint8Array() } = await kms.send(new GetPublicKeyCommand(asked));
      const bytes = { ML_DSA_44: 1312, ML_DSA_65: 1952, ML_DSA_87: 2592 }[spec];
      const shake = (...parts: Uint8Array[]) =>
        createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest();
      const Message = Buffer.from('a message of any length');
      const mu = shake(shake(PublicKey.subarray(-bytes)), Buffer.from([0, 0]), Message);
      const { Signature } = await kms.send(new SignCommand({ ...asked, Message: mu, MessageType: 'EXTERNAL_MU' }));
      expect((await kms.send(new VerifyCommand({ ...asked, Message, Signature }))).SignatureValid).toBe(true);
    },
  );

  it.each(digests)('$spec $SigningAlgorithm: refuses digests too short and too long', async (way) => {
    const { spec, SigningAlgorithm, bytes } = way;
    for (const length of [1, bytes - 1, bytes + 1]) {
      const Message = randomBytes(length);
      const call = kms.send(new SignCommand({ ...asDigest, KeyId: keys.get(spec), SigningAlgorithm, Message }));
      expect(await refusal(call)).toBe(
        `ValidationException: Digest is invalid length for algorithm ${SigningAlgorithm}.`,
      );
    }
  });
  const asDigest = { MessageType: 'DIGEST' as const };

  it('takes a message of 4,096 bytes and refuses one of 4,097', async () => {
    const asked = { KeyId: keys.get('ECC_NIST_P256'), SigningAlgorithm: 'ECDSA_SHA_256' as const };
    const sign = (length: number) => kms.send(new SignCommand({ ...asked, Message: randomBytes(length) }));
    expect((await sign(4096)).Signature?.[0]).toBe(0x30);
    expect(await refusal(sign(4097))).toBe(
      "ValidationException: 1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
    );
  });

  it.each([
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'DIGEST'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'RAW'],
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'EXTERNAL_MU'],
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'DIGEST'],
  ] as const)('%s %s refuses %s', async (spec, SigningAlgorithm, MessageType) => {
    const asked = { KeyId: keys.get(spec), SigningAlgorithm, MessageType, Message: randomBytes(64) };
    expect(await refusal(kms.send(new SignCommand(asked)))).toBe(
      `ValidationException: MessageType ${MessageType} is not valid for algorithm ${SigningAlgorithm}.`,
    );
  });

  it('refuses an algorithm of another spec, and a key of another usage', async () => {
    const KeyId = keys.get('ECC_NIST_P384');
    const Message = Buffer.from('x');
    expect(await refusal(kms.send(new SignCommand({ KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message })))).toBe(
      'InvalidKeyUsageException: Algorithm ECDSA_SHA_256 is incompatible with key spec ECC_NIST_P384.',
    );
    const arn = await newKey(kms);
    const asked = { KeyId: arn, SigningAlgorithm: 'ECDSA_SHA_256' as const, Message };
    expect(await refusal(kms.send(new SignCommand(asked)))).toBe(
      `InvalidKeyUsageException: ${arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`,
    );
    const verify = new VerifyCommand({ ...asked, Signature: Buffer.from('x') });
    expect(await refusal(kms.send(verify))).toContain('which is not valid for Verify.');
  });

  it('gives public keys that node reads', async () => {
    for (const [spec, KeyId] of keys) {
      const answer = await kms.send(new GetPublicKeyCommand({ KeyId }));
      expect(answer).toMatchObject({ KeyId, KeySpec: spec, CustomerMasterKeySpec: spec, KeyUsage: 'SIGN_VERIFY' });
      expect(answer.SigningAlgorithms?.length).toBeGreaterThan(0);
      if (spec.startsWith('ML_DSA')) continue;
      const key = createPublicKey({ key: Buffer.from(answer.PublicKey ?? []), format: 'der', type: 'spki' });
      expect(key.type).toBe('public');
    }
  });
});
