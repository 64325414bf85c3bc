import type { KeyObject } from 'node:crypto';
import { curves } from './curves.js';
import { elements } from './der.js';
import type { Curve } from './key-spec.js';

/** A high S is as good as a low one to KMS; the nonce is hedged with fresh randomness (RFC 6979, 3.6). */
const SIGNING = { prehash: false, lowS: false, format: 'der', extraEntropy: true } as const;
const VERIFYING = { prehash: false, lowS: false, format: 'der' } as const;

/** Signs a hash with ECDSA; answers DER. */
export function signDigest(privateKey: KeyObject, digest: Uint8Array): Uint8Array {
  return curveOf(privateKey).sign(digest, scalarOf(privateKey), SIGNING);
}

/** Whether an ECDSA signature in DER is good for a hash. */
export function verifyDigest(publicKey: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const point = pointOf(publicKey);
  try {
    return curveOf(publicKey).verify(signature, digest, point, VERIFYING);
  } catch {
    // The library throws at DER that is not in its shortest form, and at numbers out of range.
    return false;
  }
}

function curveOf(key: KeyObject) {
  return curves[key.asymmetricKeyDetails?.namedCurve as Curve];
}

/** The private scalar of an elliptic curve key, from RFC 5915's ECPrivateKey. */
export function scalarOf(privateKey: KeyObject): Buffer {
  const [outer] = elements(privateKey.export({ format: 'der', type: 'sec1' })) ?? [];
  const scalar = outer === undefined ? undefined : elements(outer.content)?.[1];
  if (scalar === undefined) throw new TypeError('an elliptic curve key without a scalar');
  return scalar.content;
}

/** The public point, from the bit string of a SubjectPublicKeyInfo, behind its count of unused bits. */
function pointOf(publicKey: KeyObject): Buffer {
  const [outer] = elements(publicKey.export({ format: 'der', type: 'spki' })) ?? [];
  const bits = outer === undefined ? undefined : elements(outer.content)?.[1];
  if (bits === undefined) throw new TypeError('an elliptic curve key without a point');
  return bits.content.subarray(1);
}
