import type { Hash } from './key-spec.js';

/** How a message is given: whole, as its hash, or as the ML-DSA message representative (FIPS 204, "mu"). */
export type MessageType = 'RAW' | 'DIGEST' | 'EXTERNAL_MU';

interface Algorithm {
  readonly scheme: 'ecdsa' | 'pkcs1' | 'pss' | 'ed25519' | 'ed25519ph' | 'mlDsa';
  readonly hash: Hash;
  /** The exact length of a message of each type it takes besides RAW; RAW is limited by KMS, not by the algorithm. */
  readonly takes: { readonly [Type in MessageType]?: number };
}

const RAW_MAX_BYTES = 4096;

function hashed(scheme: Algorithm['scheme'], hash: Hash, digestBytes: number): Algorithm {
  return { scheme, hash, takes: { RAW: RAW_MAX_BYTES, DIGEST: digestBytes } };
}

/**
 * KMS's signing algorithms.
 *
 * Source: KMS API reference, "Sign"; developer guide, "Key spec reference" for Ed25519 (ED25519_SHA_512 takes RAW only,
 * ED25519_PH_SHA_512 takes DIGEST only, and hashes the digest again as RFC 8032 says).
 */
export const signingAlgorithms = {
  RSASSA_PKCS1_V1_5_SHA_256: hashed('pkcs1', 'sha256', 32),
  RSASSA_PKCS1_V1_5_SHA_384: hashed('pkcs1', 'sha384', 48),
  RSASSA_PKCS1_V1_5_SHA_512: hashed('pkcs1', 'sha512', 64),
  RSASSA_PSS_SHA_256: hashed('pss', 'sha256', 32),
  RSASSA_PSS_SHA_384: hashed('pss', 'sha384', 48),
  RSASSA_PSS_SHA_512: hashed('pss', 'sha512', 64),
  ECDSA_SHA_256: hashed('ecdsa', 'sha256', 32),
  ECDSA_SHA_384: hashed('ecdsa', 'sha384', 48),
  ECDSA_SHA_512: hashed('ecdsa', 'sha512', 64),
  ED25519_SHA_512: { scheme: 'ed25519', hash: 'sha512', takes: { RAW: RAW_MAX_BYTES } },
  ED25519_PH_SHA_512: { scheme: 'ed25519ph', hash: 'sha512', takes: { DIGEST: 64 } },
  ML_DSA_SHAKE_256: { scheme: 'mlDsa', hash: 'sha512', takes: { RAW: RAW_MAX_BYTES, EXTERNAL_MU: 64 } },
} as const satisfies Readonly<Record<string, Algorithm>>;

export type SigningAlgorithm = keyof typeof signingAlgorithms;

/** The facts of an algorithm. */
export function signingAlgorithm(name: SigningAlgorithm): Algorithm {
  return signingAlgorithms[name];
}

/** Whether a text names a signing algorithm that keys outside China know. */
export function isSigningAlgorithm(name: string): name is SigningAlgorithm {
  return Object.hasOwn(signingAlgorithms, name);
}
