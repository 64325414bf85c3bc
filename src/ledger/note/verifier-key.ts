import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { Problem } from '../../base/problem.js';
import { fromBase64, toBase64 } from '../base64.js';
import type { SignatureScheme } from '../signer.js';

/** The byte that says how a note's signature is made; the assigned ones that are used here. */
export const signatureTypes = { ed25519: 0x01, ecdsa: 0x02, cosignature: 0x04 } as const;
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

/** A public key with the name it signs notes under. */
export interface VerifierKey {
  readonly name: string;
  readonly type: SignatureType;
  readonly keyId: Buffer;
  readonly publicKey: KeyObject;
}

/** What precedes the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const NAME = /^[^\s+]+$/u;

/**
 * The verifier key of a public key.
 *
 * Source: c2sp.org/signed-note, "Signatures"; c2sp.org/tlog-cosignature for `cosignature`.
 * @param name not empty, without spaces and plus signs; better a URL without its scheme.
 * @throws Problem `ledger-key` for a name or key that cannot sign notes.
 */
export function verifierKey(name: string, publicKey: KeyObject, use: 'log' | 'witness' = 'log'): VerifierKey {
  if (!NAME.test(name)) {
    const next = 'take one without spaces and plus signs, for example `ledger.example.com/prod`';
    throw new Problem('ledger-key', `\`${name}\` cannot name a key of a ledger`, { next, exit: 'badUsage' });
  }
  const type = typeOf(publicKey, use);
  return { name, type, keyId: keyIdOf(name, type, publicKey), publicKey };
}

function typeOf(publicKey: KeyObject, use: 'log' | 'witness'): SignatureType {
  if (publicKey.asymmetricKeyType === 'ed25519') {
    return use === 'log' ? signatureTypes.ed25519 : signatureTypes.cosignature;
  }
  if (use === 'log' && publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1') return signatureTypes.ecdsa;
  const next = use === 'log' ? 'take an Ed25519 or a P-256 key' : 'take an Ed25519 key';
  const kind = publicKey.asymmetricKeyDetails?.namedCurve ?? publicKey.asymmetricKeyType ?? 'unknown';
  throw new Problem('ledger-key', `a key of type \`${kind}\` cannot sign a ledger`, { next, exit: 'badUsage' });
}

const spkiOf = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });

function encodedKey(type: SignatureType, publicKey: KeyObject): Buffer {
  const spki = spkiOf(publicKey);
  return type === signatureTypes.ecdsa ? spki : spki.subarray(ED25519_SPKI_PREFIX.length);
}

function keyIdOf(name: string, type: SignatureType, publicKey: KeyObject): Buffer {
  const hash = createHash('sha256');
  // ECDSA keeps the id that its first implementation gave it: of the key alone.
  if (type !== signatureTypes.ecdsa) hash.update(`${name}\n`).update(Buffer.of(type));
  return hash.update(encodedKey(type, publicKey)).digest().subarray(0, 4);
}

/** A verifier key as one line of text: `name+keyid+base64(type ‖ key)`. */
export function formatVerifierKey({ name, type, keyId, publicKey }: VerifierKey): string {
  const key = toBase64(Buffer.concat([Buffer.of(type), encodedKey(type, publicKey)]));
  return `${name}+${keyId.toString('hex')}+${key}`;
}

/**
 * Reads a verifier key.
 *
 * @throws Problem `ledger-key` when it is not one, or its key id is not that of its key.
 */
export function parseVerifierKey(text: string): VerifierKey {
  const [name = '', id = '', ...rest] = text.trim().split('+');
  const encoded = fromBase64(rest.join('+'));
  const publicKey = encoded === undefined ? undefined : publicKeyOf(encoded);
  if (encoded === undefined || publicKey === undefined) {
    const next = 'it has the form `name+1a2b3c4d+base64`, as `hikeshi keys public --format vkey` prints it';
    throw new Problem('ledger-key', `\`${text.trim().slice(0, 60)}\` is not a verifier key`, {
      next,
      exit: 'badUsage',
    });
  }
  const key = verifierKey(name, publicKey, encoded[0] === signatureTypes.cosignature ? 'witness' : 'log');
  if (key.keyId.toString('hex') === id) return key;
  const next = 'copy it again from where it was published';
  throw new Problem('ledger-key', `the verifier key of \`${name}\` has key id \`${id}\`, which is not its key’s`, {
    next,
    exit: 'badUsage',
  });
}

function publicKeyOf(encoded: Buffer): KeyObject | undefined {
  const [type] = encoded;
  const bytes = encoded.subarray(1);
  const isEdwards = type === signatureTypes.ed25519 || type === signatureTypes.cosignature;
  if (!isEdwards && type !== signatureTypes.ecdsa) return undefined;
  if (isEdwards && bytes.length !== 32) return undefined;
  const key = isEdwards ? Buffer.concat([ED25519_SPKI_PREFIX, bytes]) : bytes;
  try {
    const read = createPublicKey({ key, format: 'der', type: 'spki' });
    return spkiOf(read).equals(key) ? read : undefined;
  } catch {
    return undefined;
  }
}

/** How a key of this kind signs. */
export function schemeOf(publicKey: KeyObject): SignatureScheme {
  return publicKey.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'ecdsa-p256-sha256';
}

/** Whether a signature over a message is good, by the scheme of the key. */
export function isSignedBy(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  const hash = schemeOf(publicKey) === 'ed25519' ? null : 'sha256';
  return verify(hash, message, publicKey, signature);
}
