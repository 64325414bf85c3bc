import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyMaterial } from './key-material.js';
import { familyOf } from './key-spec.js';

/** The HMAC of a message, with the hash that the key's spec names. */
export function mac(material: KeyMaterial, message: Uint8Array): Buffer {
  const family = familyOf(material.spec);
  const secret = material.reveal();
  if (family.kind !== 'hmac' || secret.kind !== 'secret') throw new TypeError(`${material.spec} makes no MAC`);
  return createHmac(family.hash, secret.key).update(message).digest();
}

/** Whether a MAC is good; in constant time for one of the right length. */
export function verifyMac(material: KeyMaterial, message: Uint8Array, given: Uint8Array): boolean {
  const wanted = mac(material, message);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
