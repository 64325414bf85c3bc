import type { KeyMaterial, PublicPart } from './key-material.js';
import { familyOf, type KeySpec } from './key-spec.js';
import { mlKem } from './lattice.js';

/** A shared secret, and the ciphertext that carries it to the owner of the key (ML-KEM, FIPS 203). */
export interface Encapsulated {
  readonly sharedSecret: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Makes a new shared secret for the owner of a public key. */
export function encapsulate(part: PublicPart): Encapsulated {
  if (part.kind !== 'lattice') throw new TypeError(`${part.spec} does not encapsulate`);
  const { sharedSecret, cipherText } = schemeOf(part.spec).encapsulate(part.bytes);
  return { sharedSecret, ciphertext: cipherText };
}

/**
 * The shared secret in a ciphertext. A changed ciphertext of the right length gives another secret and no error: FIPS
 * 203's implicit rejection.
 *
 * @returns undefined when the ciphertext is not as long as the spec's are.
 */
export function decapsulate(material: KeyMaterial, ciphertext: Uint8Array): Uint8Array | undefined {
  const secret = material.reveal();
  if (secret.kind !== 'lattice') throw new TypeError(`${material.spec} does not decapsulate`);
  const scheme = schemeOf(material.spec);
  if (ciphertext.length !== scheme.lengths.cipherText) return undefined;
  return scheme.decapsulate(ciphertext, secret.secretKey);
}

function schemeOf(spec: KeySpec) {
  const family = familyOf(spec);
  if (family.kind !== 'mlKem') throw new TypeError(`${spec} does not encapsulate`);
  return mlKem[family.level];
}
