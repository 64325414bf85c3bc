import { createDecipheriv } from 'node:crypto';
import type { KeyMaterial } from './key-material.js';
import { familyOf } from './key-spec.js';
import { oaepDecrypt } from './oaep.js';

/** How key material is wrapped on its way into KMS. */
export type WrappingAlgorithm =
  | 'RSAES_OAEP_SHA_1'
  | 'RSAES_OAEP_SHA_256'
  | 'RSA_AES_KEY_WRAP_SHA_1'
  | 'RSA_AES_KEY_WRAP_SHA_256';

const AES_KEY_BYTES = 32;
/** RFC 5649, 3: the alternative initial value. */
const PADDED_WRAP_IV = Buffer.from('a65959a6', 'hex');

/**
 * Unwraps imported material: OAEP alone, or an ephemeral AES-256 key under OAEP followed by the material under that key
 * with padded AES key wrap (RFC 5649; PKCS #11's CKM_RSA_AES_KEY_WRAP).
 *
 * @returns undefined when it was not wrapped so, or for another key.
 */
export function unwrap(wrapping: KeyMaterial, algorithm: WrappingAlgorithm, wrapped: Uint8Array): Buffer | undefined {
  if (algorithm === 'RSAES_OAEP_SHA_1' || algorithm === 'RSAES_OAEP_SHA_256') {
    return oaepDecrypt(wrapping, algorithm, wrapped);
  }
  const family = familyOf(wrapping.spec);
  const modulusBytes = family.kind === 'rsa' ? family.bits / 8 : 0;
  const oaep = algorithm === 'RSA_AES_KEY_WRAP_SHA_1' ? 'RSAES_OAEP_SHA_1' : 'RSAES_OAEP_SHA_256';
  const key = oaepDecrypt(wrapping, oaep, wrapped.subarray(0, modulusBytes));
  if (key?.length !== AES_KEY_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('id-aes256-wrap-pad', key, PADDED_WRAP_IV);
    return Buffer.concat([decipher.update(wrapped.subarray(modulusBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}
