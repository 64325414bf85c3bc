import { constants, createHash, privateEncrypt, publicDecrypt, randomBytes, type KeyObject } from 'node:crypto';
import type { Hash } from './key-spec.js';

/** DigestInfo without its digest: RFC 8017, 9.2, note 1. */
const DIGEST_INFO: { readonly [Name in Hash]?: Buffer } = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
};

/** Signs a hash with RSA: OpenSSL does the private operation, the padding is made here (RFC 8017, 9.1 and 9.2). */
export function signDigest(privateKey: KeyObject, scheme: 'pkcs1' | 'pss', hash: Hash, digest: Uint8Array): Buffer {
  if (scheme === 'pkcs1') {
    return privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest));
  }
  const encoded = pssEncode(digest, hash, modulusBits(privateKey));
  return privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded);
}

/** Whether an RSA signature is good for a hash. */
export function verifyDigest(
  publicKey: KeyObject,
  scheme: 'pkcs1' | 'pss',
  hash: Hash,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const bits = modulusBits(publicKey);
  if (signature.length !== bits / 8) return false;
  const padding = scheme === 'pkcs1' ? constants.RSA_PKCS1_PADDING : constants.RSA_NO_PADDING;
  let opened: Buffer;
  try {
    opened = publicDecrypt({ key: publicKey, padding }, signature);
  } catch {
    // A number above the modulus, or padding that is not PKCS #1's: a bad signature.
    return false;
  }
  return scheme === 'pkcs1' ? opened.equals(digestInfo(hash, digest)) : pssVerify(opened, digest, hash, bits);
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

function digestInfo(hash: Hash, digest: Uint8Array): Buffer {
  const prefix = DIGEST_INFO[hash];
  if (prefix === undefined) throw new TypeError(`KMS does not sign with ${hash}`);
  return Buffer.concat([prefix, digest]);
}

/** EMSA-PSS-ENCODE with a salt as long as the hash. Moduli are whole bytes, so one top bit is cleared. */
function pssEncode(digest: Uint8Array, hash: Hash, bits: number): Buffer {
  const salt = randomBytes(digest.length);
  const sealed = saltedHash(digest, salt, hash);
  const block = Buffer.alloc(bits / 8 - digest.length - 1);
  block[block.length - salt.length - 1] = 1;
  salt.copy(block, block.length - salt.length);
  const masked = xor(block, mask(sealed, block.length, hash));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, sealed, Buffer.from([0xbc])]);
}

/** EMSA-PSS-VERIFY, steps 4 to 14. */
function pssVerify(encoded: Buffer, digest: Uint8Array, hash: Hash, bits: number): boolean {
  const length = bits / 8 - digest.length - 1;
  const masked = encoded.subarray(0, length);
  const sealed = encoded.subarray(length, -1);
  if (encoded.at(-1) !== 0xbc || ((masked[0] ?? 0) & 0x80) !== 0) return false;
  const block = xor(masked, mask(sealed, length, hash));
  block[0] = (block[0] ?? 0) & 0x7f;
  const saltAt = length - digest.length;
  const filling = block.subarray(0, saltAt - 1);
  if (filling.some((byte) => byte !== 0) || block[saltAt - 1] !== 1) return false;
  return saltedHash(digest, block.subarray(saltAt), hash).equals(sealed);
}

function saltedHash(digest: Uint8Array, salt: Uint8Array, hash: Hash): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** MGF1 of RFC 8017, B.2.1. */
function mask(seed: Uint8Array, length: number, hash: Hash): Buffer {
  const blocks: Buffer[] = [];
  for (let index = 0, have = 0; have < length; index++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(index);
    const block = createHash(hash).update(seed).update(counter).digest();
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}
