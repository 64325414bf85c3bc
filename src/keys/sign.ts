import { sign as nodeSign, verify as nodeVerify, constants, randomBytes } from 'node:crypto';
import { signDigest as ecdsaSignDigest, verifyDigest as ecdsaVerifyDigest } from './ecdsa-digest.js';
import { signPrehashed, verifyPrehashed } from './ed25519-prehashed.js';
import type { KeyMaterial, PublicPart } from './key-material.js';
import { familyOf, type KeySpec } from './key-spec.js';
import { mlDsa } from './lattice.js';
import { signDigest as rsaSignDigest, verifyDigest as rsaVerifyDigest } from './rsa-digest.js';
import { signingAlgorithm, type MessageType, type SigningAlgorithm } from './signing-algorithm.js';

/**
 * Signs as KMS does: ECDSA in DER and without forcing a low S, PSS with a salt as long as the hash, ML-DSA hedged.
 *
 * Whole messages go to OpenSSL, which is fast. It cannot sign a hash that is given (it hashes again), so that goes to
 * the files beside this one: tens of times slower, and checked against OpenSSL in the tests.
 *
 * The caller has checked that the algorithm belongs to the key and that the message has a length the algorithm takes.
 */
export function sign(
  material: KeyMaterial,
  algorithm: SigningAlgorithm,
  type: MessageType,
  message: Uint8Array,
): Uint8Array {
  const { scheme, hash } = signingAlgorithm(algorithm);
  const secret = material.reveal();
  if (secret.kind === 'lattice') {
    const scheme = mlDsaOf(material.spec);
    return type === 'EXTERNAL_MU'
      ? scheme.internal.sign(message, secret.secretKey, { externalMu: true, extraEntropy: randomBytes(32) })
      : scheme.sign(message, secret.secretKey);
  }
  if (secret.kind !== 'pair') throw new TypeError(`${material.spec} does not sign`);
  const { privateKey } = secret;
  const whole = type === 'RAW';
  switch (scheme) {
    case 'ecdsa':
      return whole ? nodeSign(hash, message, privateKey) : ecdsaSignDigest(privateKey, message);
    case 'pkcs1':
      return whole ? nodeSign(hash, message, privateKey) : rsaSignDigest(privateKey, scheme, hash, message);
    case 'pss':
      return whole
        ? nodeSign(hash, message, { key: privateKey, ...PSS })
        : rsaSignDigest(privateKey, scheme, hash, message);
    case 'ed25519':
      return nodeSign(null, message, privateKey);
    case 'ed25519ph':
      return signPrehashed(privateKey, message);
    case 'mlDsa':
      throw new TypeError(`${material.spec} does not sign with ${algorithm}`);
  }
}

/**
 * Whether a signature is good. Never throws for a malformed one: that is a bad signature like any other. Strict: DER in
 * its shortest form, PSS salt exactly as long as the hash.
 */
export function verify(
  part: PublicPart,
  algorithm: SigningAlgorithm,
  type: MessageType,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { scheme, hash } = signingAlgorithm(algorithm);
  if (part.kind === 'lattice') {
    const scheme = mlDsaOf(part.spec);
    if (signature.length !== scheme.lengths.signature) return false;
    return type === 'EXTERNAL_MU'
      ? scheme.internal.verify(signature, message, part.bytes, { externalMu: true })
      : scheme.verify(signature, message, part.bytes);
  }
  const { key } = part;
  const whole = type === 'RAW';
  // RFC 8017, 8.1.2 and 8.2.2, step 1. OpenSSL takes a PSS signature that begins with a zero without that zero.
  const { modulusLength } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && signature.length !== modulusLength / 8) return false;
  switch (scheme) {
    case 'ecdsa':
      return whole ? nodeVerify(hash, message, key, signature) : ecdsaVerifyDigest(key, message, signature);
    case 'pkcs1':
      return whole ? nodeVerify(hash, message, key, signature) : rsaVerifyDigest(key, scheme, hash, message, signature);
    case 'pss':
      return whole
        ? nodeVerify(hash, message, { key, ...PSS }, signature)
        : rsaVerifyDigest(key, scheme, hash, message, signature);
    case 'ed25519':
      return nodeVerify(null, message, key, signature);
    case 'ed25519ph':
      return verifyPrehashed(key, message, signature);
    case 'mlDsa':
      throw new TypeError(`${part.spec} does not verify ${algorithm}`);
  }
}

/** KMS's salt is exactly as long as the hash. OpenSSL's own default is the longest that fits, which KMS refuses. */
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } as const;

function mlDsaOf(spec: KeySpec) {
  const family = familyOf(spec);
  if (family.kind !== 'mlDsa') throw new TypeError(`${spec} does not sign`);
  return mlDsa[family.level];
}
