import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { elements, SEQUENCE } from './der.js';
import { belongs } from './encode-material.js';
import type { KeyMaterial } from './key-material.js';
import { familyOf } from './key-spec.js';

/**
 * The shared secret of ECDH with cofactor 1: the x coordinate as it is (NIST SP 800-56A, 5.7.1.2).
 *
 * @param peer the other's public key as DER SubjectPublicKeyInfo.
 * @returns undefined when the peer's key is not one of the same curve. Curves given by explicit parameters are refused:
 * OpenSSL would take a forged curve for the one it resembles.
 */
export function agree(material: KeyMaterial, peer: Uint8Array): Buffer | undefined {
  const secret = material.reveal();
  if (secret.kind !== 'pair') throw new TypeError(`${material.spec} agrees on nothing`);
  const { privateKey, publicKey } = secret;
  const own = algorithmOf(publicKey.export({ format: 'der', type: 'spki' }));
  const others = algorithmOf(peer);
  if (own === undefined || others?.equals(own) !== true) return undefined;
  const key = publicKeyOf(peer);
  if (key === undefined || !belongs(familyOf(material.spec), key)) return undefined;
  return diffieHellman({ privateKey, publicKey: key });
}

/** The AlgorithmIdentifier of a SubjectPublicKeyInfo, byte for byte. */
function algorithmOf(spki: Uint8Array): Buffer | undefined {
  const [outer, ...extra] = elements(spki) ?? [];
  if (outer?.tag !== SEQUENCE || extra.length > 0) return undefined;
  return elements(outer.content)?.[0]?.whole;
}

function publicKeyOf(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    // A point that is not on the curve, or no key at all.
    return undefined;
  }
}
