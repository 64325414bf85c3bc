import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../base/json.js';
import type { KeyMaterial } from './key-material.js';

/** Texts that are bound to a ciphertext without being in it: AWS's encryption context. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** What a ciphertext says of the key that made it. */
export interface Origin {
  readonly accountId: string;
  readonly keyId: string;
  /** 64 hexadecimal digits. */
  readonly materialId: string;
}

/** How AWS's own ciphertexts begin (`AQICAHg` in base64); what follows is not published, and here is our own. */
const MAGIC = Buffer.from([1, 2, 2, 0, 0x78]);
const ACCOUNT_BYTES = 12;
const MATERIAL_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts under a symmetric key: AES-256-GCM with a fresh random IV. Layout: magic, account (12 digits), length of the
 * key id (2 bytes), key id, material id (32 bytes), IV, ciphertext, tag. The header and the encryption context are authenticated.
 */
export function seal(material: KeyMaterial, origin: Origin, context: EncryptionContext, plaintext: Uint8Array): Buffer {
  const keyId = Buffer.from(origin.keyId);
  const header = Buffer.concat([
    MAGIC,
    Buffer.from(origin.accountId.padStart(ACCOUNT_BYTES, '0').slice(-ACCOUNT_BYTES)),
    Buffer.from([keyId.length >> 8, keyId.length & 0xff]),
    keyId,
    Buffer.from(origin.materialId, 'hex'),
  ]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(material), iv);
  cipher.setAAD(bound(header, context));
  return Buffer.concat([header, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** What a ciphertext says of itself; undefined when it is not one of ours. */
export function originOf(ciphertext: Uint8Array): (Origin & { readonly headerBytes: number }) | undefined {
  const bytes = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, ciphertext.byteLength);
  const keyIdAt = MAGIC.length + ACCOUNT_BYTES + 2;
  const materialAt = keyIdAt + (bytes[keyIdAt - 2] ?? 0) * 256 + (bytes[keyIdAt - 1] ?? 0);
  const headerBytes = materialAt + MATERIAL_BYTES;
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || bytes.length < headerBytes + IV_BYTES + TAG_BYTES) {
    return undefined;
  }
  return {
    accountId: bytes.toString('latin1', MAGIC.length, MAGIC.length + ACCOUNT_BYTES),
    keyId: bytes.toString('utf8', keyIdAt, materialAt),
    materialId: bytes.toString('hex', materialAt, headerBytes),
    headerBytes,
  };
}

/** Decrypts; undefined when the ciphertext was changed, or made with another key or another encryption context. */
export function open(material: KeyMaterial, context: EncryptionContext, ciphertext: Uint8Array): Buffer | undefined {
  const origin = originOf(ciphertext);
  if (origin === undefined) return undefined;
  const bytes = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, ciphertext.byteLength);
  const ivEnd = origin.headerBytes + IV_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(material), bytes.subarray(origin.headerBytes, ivEnd));
  decipher.setAAD(bound(bytes.subarray(0, origin.headerBytes), context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plaintext = decipher.update(bytes.subarray(ivEnd, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plaintext;
}

function keyOf(material: KeyMaterial): KeyObject {
  const secret = material.reveal();
  if (secret.kind !== 'secret') throw new TypeError(`${material.spec} is not symmetric`);
  return secret.key;
}

/** The order of an encryption context's members does not matter. */
function bound(header: Buffer, context: EncryptionContext): Buffer {
  return Buffer.concat([header, Buffer.from(canonicalJson(context))]);
}
