import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-kms';
import type { KeySpec, KMSClient, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';
import { newKey, refusal } from './testing.fixture.js';

/** Why these tests are not run, if they are not. */
const absent = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL 3')
      ? ''
      : 'openssl is older than 3';
  } catch {
    return 'openssl is not installed';
  }
})();

const SIGNING: readonly (readonly [KeySpec, SigningAlgorithmSpec])[] = [
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256'],
  ['RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_384'],
  ['RSA_4096', 'RSASSA_PKCS1_V1_5_SHA_512'],
  ['RSA_2048', 'RSASSA_PSS_SHA_256'],
  ['RSA_3072', 'RSASSA_PSS_SHA_384'],
  ['RSA_4096', 'RSASSA_PSS_SHA_512'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
];

const hashOf = (algorithm: string) => `sha${algorithm.slice(-3)}`;
const pssOptions = (algorithm: string, salt: string) =>
  algorithm.includes('PSS') ? ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', `rsa_pss_saltlen:${salt}`] : [];

describe.skipIf(absent !== '')(`openssl and the twin agree${absent === '' ? '' : `: ${absent}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hikeshi-openssl-'));
  const file = (name: string, bytes: Uint8Array | string) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  let kms: KMSClient;

  beforeAll(async () => {
    kms = await twinFor().client('kms');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes the public key of a KMS key as PEM, as a user would. */
  async function publicPem(KeyId: string): Promise<string> {
    const { PublicKey = [] } = await kms.send(new sdk.GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({ key: Buffer.from(PublicKey as Uint8Array), format: 'der', type: 'spki' });
    return file('public.pem', key.export({ format: 'pem', type: 'spki' }));
  }

  it.each(SIGNING)('%s %s: the twin signs, openssl verifies', async (KeySpec, SigningAlgorithm) => {
    const KeyId = await newKey(kms, { KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const Message = randomBytes(3000);
    const hash = hashOf(SigningAlgorithm);
    const digest = createHash(hash).update(Message).digest();
    for (const given of [{ Message }, { Message: digest, MessageType: 'DIGEST' as const }]) {
      const { Signature = new Uint8Array() } = await kms.send(
        new sdk.SignCommand({ KeyId, SigningAlgorithm, ...given }),
      );
      const words = [`-${hash}`, '-verify', await publicPem(KeyId), '-signature', file('s', Signature)];
      const said = openssl('dgst', ...words, ...pssOptions(SigningAlgorithm, 'digest'), file('message', Message));
      expect(said.toString()).toBe('Verified OK\n');
    }
  });

  it.each(SIGNING)(
    '%s %s: openssl signs with an imported key, the twin verifies',
    async (KeySpec, SigningAlgorithm) => {
      const pair = await generated(KeySpec);
      const KeyId = await imported(KeySpec, pair.der);
      const Message = randomBytes(1000);
      const hash = hashOf(SigningAlgorithm);
      const sign = (salt: string) => {
        const words = [`-${hash}`, '-sign', file('private.pem', pair.pem), '-out', join(folder, 's')];
        openssl('dgst', ...words, ...pssOptions(SigningAlgorithm, salt), file('message', Message));
        return readFileSync(join(folder, 's'));
      };
      const verify = (given: object, Signature: Uint8Array) =>
        kms.send(new sdk.VerifyCommand({ KeyId, SigningAlgorithm, Message, Signature, ...given }));
      const digest = { Message: createHash(hash).update(Message).digest(), MessageType: 'DIGEST' };
      expect((await verify({}, sign('digest'))).SignatureValid).toBe(true);
      expect((await verify(digest, sign('digest'))).SignatureValid).toBe(true);
      if (!SigningAlgorithm.includes('PSS')) return;
      for (const salt of ['max', '0', '20']) {
        for (const given of [{}, digest]) {
          expect(await refusal(verify(given, sign(salt))), salt).toMatch(/^KMSInvalidSignatureException/);
        }
      }
    },
  );

  it('Ed25519: both ways', async () => {
    const pair = await generated('ECC_NIST_EDWARDS25519');
    const KeyId = await imported('ECC_NIST_EDWARDS25519', pair.der);
    const Message = randomBytes(100);
    const asked = { KeyId, SigningAlgorithm: 'ED25519_SHA_512' as const, Message };
    const { Signature = new Uint8Array() } = await kms.send(new sdk.SignCommand(asked));
    const message = file('message', Message);
    const verify = ['-verify', '-pubin', '-inkey', await publicPem(KeyId), '-rawin', '-in', message];
    expect(openssl('pkeyutl', ...verify, '-sigfile', file('s', Signature)).toString()).toContain(
      'Verified Successfully',
    );
    openssl('pkeyutl', '-sign', '-inkey', file('private.pem', pair.pem), '-rawin', '-in', message, '-out', 's');
    const verified = await kms.send(new sdk.VerifyCommand({ ...asked, Signature: readFileSync(join(folder, 's')) }));
    expect(verified.SignatureValid).toBe(true);
  });

  it.each([
    ['RSA_2048', 'RSAES_OAEP_SHA_1'],
    ['RSA_3072', 'RSAES_OAEP_SHA_256'],
    ['RSA_4096', 'RSAES_OAEP_SHA_256'],
  ] as const)('%s %s: openssl encrypts, the twin decrypts', async (KeySpec, EncryptionAlgorithm) => {
    const KeyId = await newKey(kms, { KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' });
    const plaintext = randomBytes(64);
    const hash = EncryptionAlgorithm.endsWith('256') ? 'sha256' : 'sha1';
    const padding = ['rsa_padding_mode:oaep', `rsa_oaep_md:${hash}`, `rsa_mgf1_md:${hash}`];
    const options = padding.flatMap((option) => ['-pkeyopt', option]);
    const words = ['-encrypt', '-pubin', '-inkey', await publicPem(KeyId), '-in', file('plain', plaintext)];
    openssl('pkeyutl', ...words, '-out', 'c', ...options);
    const CiphertextBlob = readFileSync(join(folder, 'c'));
    const { Plaintext } = await kms.send(new sdk.DecryptCommand({ KeyId, EncryptionAlgorithm, CiphertextBlob }));
    expect(Buffer.from(Plaintext ?? [])).toEqual(plaintext);
  });

  it.each(['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'] as const)(
    '%s: both derive the same secret',
    async (KeySpec) => {
      const KeyId = await newKey(kms, { KeySpec, KeyUsage: 'KEY_AGREEMENT' });
      const pair = await generated(KeySpec);
      const asked = { KeyId, KeyAgreementAlgorithm: 'ECDH' as const, PublicKey: pair.spki };
      const { SharedSecret = new Uint8Array() } = await kms.send(new sdk.DeriveSharedSecretCommand(asked));
      const own = file('private.pem', pair.pem);
      openssl('pkeyutl', '-derive', '-inkey', own, '-peerkey', await publicPem(KeyId), '-out', 'secret');
      expect(Buffer.from(SharedSecret)).toEqual(readFileSync(join(folder, 'secret')));
    },
  );

  /** A key that openssl made. */
  function generated(spec: KeySpec): Promise<{ pem: string; der: Buffer; spki: Buffer }> {
    const curves: Readonly<Record<string, string>> = {
      ECC_NIST_P256: 'P-256',
      ECC_NIST_P384: 'P-384',
      ECC_NIST_P521: 'P-521',
      ECC_SECG_P256K1: 'secp256k1',
    };
    const curve = curves[spec];
    const words = spec.startsWith('RSA')
      ? ['RSA', '-pkeyopt', `rsa_keygen_bits:${spec.slice(4)}`]
      : curve === undefined
        ? ['ED25519']
        : ['EC', '-pkeyopt', `ec_paramgen_curve:${curve}`];
    openssl('genpkey', '-algorithm', ...words, '-out', 'made.pem');
    const der = openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'made.pem', '-outform', 'DER');
    const spki = openssl('pkey', '-in', 'made.pem', '-pubout', '-outform', 'DER');
    return Promise.resolve({ pem: readFileSync(join(folder, 'made.pem'), 'utf8'), der, spki });
  }

  /** Imports a key as the developer guide shows it: an AES key under OAEP, and the key under the AES key. */
  async function imported(KeySpec: KeySpec, der: Buffer): Promise<string> {
    const KeyId = await newKey(kms, { KeySpec, KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' });
    const asked = {
      KeyId,
      WrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256' as const,
      WrappingKeySpec: 'RSA_2048' as const,
    };
    const { PublicKey = new Uint8Array(), ImportToken } = await kms.send(new sdk.GetParametersForImportCommand(asked));
    const aes = randomBytes(32);
    const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'].flatMap((each) => [
      '-pkeyopt',
      each,
    ]);
    const key = ['-pubin', '-inkey', file('wrapping.der', PublicKey), '-keyform', 'DER'];
    openssl('pkeyutl', '-encrypt', ...key, '-in', file('aes', aes), '-out', 'aes.wrapped', ...oaep);
    const wrap = ['-K', aes.toString('hex'), '-iv', 'A65959A6', '-in', file('key.der', der), '-out', 'key.wrapped'];
    openssl('enc', '-id-aes256-wrap-pad', ...wrap);
    const parts = [readFileSync(join(folder, 'aes.wrapped')), readFileSync(join(folder, 'key.wrapped'))];
    const given = { KeyId, ImportToken, EncryptedKeyMaterial: Buffer.concat(parts) };
    await kms.send(new sdk.ImportKeyMaterialCommand({ ...given, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }));
    return KeyId;
  }
});
