import type { KeyObject } from 'node:crypto';
import { ed25519ph } from '@noble/curves/ed25519.js';

/**
 * Ed25519ph (RFC 8032, 5.1) over a digest as its message: it is hashed again. That is what KMS's ED25519_PH_SHA_512
 * does with a DIGEST. OpenSSL gained it only in 3.2.
 */
export function signPrehashed(privateKey: KeyObject, digest: Uint8Array): Uint8Array {
  // RFC 8410: the last 32 bytes of either form are the key itself.
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return ed25519ph.sign(digest, seed);
}

/** Whether an Ed25519ph signature is good for a digest. */
export function verifyPrehashed(publicKey: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  try {
    // RFC 8032 as written, not the looser ZIP 215: a point that is not canonical is refused, as OpenSSL does.
    return ed25519ph.verify(signature, digest, point, { zip215: false });
  } catch {
    return false;
  }
}
