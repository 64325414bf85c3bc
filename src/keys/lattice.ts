import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem1024, ml_kem512, ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import type { KeyFamily } from './key-spec.js';

/** ML-DSA by level (FIPS 204). Decision 0008 says why it comes from a library. */
export const mlDsa = { 44: ml_dsa44, 65: ml_dsa65, 87: ml_dsa87 } as const;

/** ML-KEM by level (FIPS 203). */
export const mlKem = { 512: ml_kem512, 768: ml_kem768, 1024: ml_kem1024 } as const;

/** The object identifiers of RFC 9881 (ML-DSA) and RFC 9935 (ML-KEM), without 2.16.840.1.101.3.4. */
const IDENTIFIERS = { 44: [3, 17], 65: [3, 18], 87: [3, 19], 512: [4, 1], 768: [4, 2], 1024: [4, 3] } as const;

interface Lattice {
  keygen(seed: Uint8Array): { readonly secretKey: Uint8Array; readonly publicKey: Uint8Array };
  readonly seedBytes: number;
  readonly publicBytes: number;
  /** The algorithm's object identifier in DER. */
  readonly identifier: Buffer;
}

/**
 * How to make keys of a lattice family, and what they are called in DER.
 *
 * @throws TypeError for another family.
 */
export function lattice(family: KeyFamily): Lattice {
  if (family.kind !== 'mlDsa' && family.kind !== 'mlKem') throw new TypeError(`${family.kind} is no lattice family`);
  const scheme = family.kind === 'mlDsa' ? mlDsa[family.level] : mlKem[family.level];
  const { publicKey: publicBytes = 0, seed: seedBytes = 0 } = scheme.lengths;
  const identifier = Buffer.from([6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, ...IDENTIFIERS[family.level]]);
  return { keygen: (seed) => scheme.keygen(seed), seedBytes, publicBytes, identifier };
}
