import { constants, privateDecrypt, publicEncrypt } from 'node:crypto';
import type { KeyMaterial, PublicPart } from './key-material.js';

/** KMS's RSA encryption: OAEP with MGF1 of the same hash and an empty label (RFC 8017, 7.1). */
export type OaepAlgorithm = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256';

const HASHES = {
  RSAES_OAEP_SHA_1: { name: 'sha1', bytes: 20 },
  RSAES_OAEP_SHA_256: { name: 'sha256', bytes: 32 },
} as const;

/** The longest plaintext that a modulus of so many bits takes: `k - 2h - 2`. */
export function oaepMaxBytes(bits: number, algorithm: OaepAlgorithm): number {
  return bits / 8 - 2 * HASHES[algorithm].bytes - 2;
}

/** Encrypts; the caller has checked the length. */
export function oaepEncrypt(part: PublicPart, algorithm: OaepAlgorithm, plaintext: Uint8Array): Buffer {
  if (part.kind !== 'pair') throw new TypeError(`${part.spec} does not encrypt`);
  return publicEncrypt({ key: part.key, ...options(algorithm) }, plaintext);
}

/** Decrypts; undefined when the ciphertext is not one of this key and algorithm. */
export function oaepDecrypt(
  material: KeyMaterial,
  algorithm: OaepAlgorithm,
  ciphertext: Uint8Array,
): Buffer | undefined {
  const secret = material.reveal();
  if (secret.kind !== 'pair') throw new TypeError(`${material.spec} does not decrypt`);
  // RFC 8017, 7.1.2, step 1: OpenSSL would take a ciphertext without its leading zero.
  const { modulusLength = 0 } = secret.privateKey.asymmetricKeyDetails ?? {};
  if (ciphertext.length !== modulusLength / 8) return undefined;
  try {
    return privateDecrypt({ key: secret.privateKey, ...options(algorithm) }, ciphertext);
  } catch {
    // One answer to every failure: telling them apart is what Manger's attack on OAEP needs.
    return undefined;
  }
}

function options(algorithm: OaepAlgorithm) {
  return { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: HASHES[algorithm].name };
}
