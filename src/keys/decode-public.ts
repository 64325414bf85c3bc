import { createPublicKey, type KeyObject } from 'node:crypto';
import { belongs, encodePublic } from './encode-material.js';
import type { PublicPart } from './key-material.js';
import { familyOf, keySpecs, type KeySpec } from './key-spec.js';
import { lattice } from './lattice.js';

const SPECS = Object.keys(keySpecs) as KeySpec[];

/**
 * Reads a public key from its SubjectPublicKeyInfo in DER, as KMS's GetPublicKey gives it.
 *
 * @returns undefined when it is of no key spec of KMS, or not in DER's one form: curves whose parameters are spelled out
 *   are refused, since they may be other curves.
 */
export function decodePublic(spki: Uint8Array): PublicPart | undefined {
  const key = nodeKey(spki);
  if (key !== undefined) {
    const spec = SPECS.find((each) => belongs(familyOf(each), key));
    return spec === undefined ? undefined : { spec, kind: 'pair', key };
  }
  for (const spec of SPECS) {
    const family = familyOf(spec);
    if (family.kind !== 'mlDsa' && family.kind !== 'mlKem') continue;
    const bytes = spki.subarray(-lattice(family).publicBytes);
    const part: PublicPart = { spec, kind: 'lattice', bytes };
    if (encodePublic(part).equals(spki)) return part;
  }
  return undefined;
}

function nodeKey(spki: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return key.export({ format: 'der', type: 'spki' }).equals(spki) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a public key in PEM; undefined as for `decodePublic`. */
export function decodePublicPem(text: string): PublicPart | undefined {
  const body = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/.exec(text)?.[1];
  return body === undefined ? undefined : decodePublic(Buffer.from(body.replace(/\s/g, ''), 'base64'));
}
