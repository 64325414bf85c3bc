import { createHash, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../../base/json.js';
import { fromBase64, toBase64 } from '../base64.js';
import { isSignedBy } from '../note/verifier-key.js';
import type { Signer } from '../signer.js';

/** A payload with signatures over its type and its bytes. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly { readonly keyid: string; readonly sig: Buffer }[];
}

/**
 * What is signed: the pre-authentication encoding, so that no payload can pass for one of another type.
 *
 * Source: DSSE v1.0.2, protocol.md, "Signature Definition".
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `), payload]);
}

/** How an envelope names a key: the SHA-256 of its SubjectPublicKeyInfo. A hint; who verifies chooses the key. */
export function keyIdOf(publicKey: KeyObject): string {
  const known = keyIds.get(publicKey);
  if (known !== undefined) return known;
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const id = `SHA256:${createHash('sha256').update(spki).digest('base64')}`;
  keyIds.set(publicKey, id);
  return id;
}

/** One key signs many envelopes. */
const keyIds = new WeakMap<KeyObject, string>();

/** Signs a payload. */
export async function signEnvelope(payloadType: string, payload: Buffer, signer: Signer): Promise<Envelope> {
  const sig = Buffer.from(await signer.sign(preAuthEncoding(payloadType, payload)));
  return { payloadType, payload, signatures: [{ keyid: keyIdOf(signer.publicKey), sig }] };
}

/** An envelope as canonical JSON: one envelope, one text. */
export function formatEnvelope({ payloadType, payload, signatures }: Envelope): string {
  return canonicalJson({
    payloadType,
    payload: toBase64(payload),
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: toBase64(sig) })),
  });
}

/** Reads an envelope; undefined when it is none. */
export function parseEnvelope(bytes: Uint8Array): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  const { payloadType, payload, signatures } = asMembers(value);
  const decoded = typeof payload === 'string' ? fromBase64(payload) : undefined;
  if (typeof payloadType !== 'string' || decoded === undefined || !Array.isArray(signatures)) return undefined;
  const read = signatures.map((each: unknown) => {
    const { keyid, sig } = asMembers(each);
    const bytesOfSig = typeof sig === 'string' ? fromBase64(sig) : undefined;
    return typeof keyid === 'string' && bytesOfSig !== undefined ? { keyid, sig: bytesOfSig } : undefined;
  });
  const good = read.filter((each) => each !== undefined);
  if (good.length === 0 || good.length !== read.length) return undefined;
  return { payloadType, payload: decoded, signatures: good };
}

const asMembers = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** The key among those trusted that signed an envelope; undefined when none did. */
export function signedBy(envelope: Envelope, keys: readonly KeyObject[]): KeyObject | undefined {
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  return keys.find((key) => {
    const id = keyIdOf(key);
    return envelope.signatures.some(({ keyid, sig }) => keyid === id && isSignedBy(key, message, sig));
  });
}
