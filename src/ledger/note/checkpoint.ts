import { fromBase64, toBase64 } from '../base64.js';
import { HASH_BYTES } from '../merkle/hashing.js';
import type { Signer } from '../signer.js';
import { formatNote, parseNote, type NoteSignature, type SignedNote } from './signed-note.js';
import { isSignedBy, signatureTypes, verifierKey, type VerifierKey } from './verifier-key.js';

/** What the head of a log says: how many entries it has, and the root over them. */
export interface Checkpoint {
  /** The name of the log. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** A checkpoint as it was read: what it says, and the note that says it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
}

/** The three lines of a checkpoint. Source: c2sp.org/tlog-checkpoint. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads a checkpoint; undefined when it is none. Lines after the third are extensions, and are signed with the rest. */
export function parseCheckpoint(bytes: Uint8Array): SignedCheckpoint | undefined {
  const note = parseNote(bytes);
  const [origin = '', sizeText = '', rootText = ''] = note?.text.split('\n') ?? [];
  const root = fromBase64(rootText);
  const size = Number(sizeText);
  const isSize = /^(?:0|[1-9]\d*)$/.test(sizeText) && Number.isSafeInteger(size);
  if (note === undefined || origin === '' || !isSize || root?.length !== HASH_BYTES) return undefined;
  return { origin, size, root, note };
}

/** Signs a checkpoint with the keys of its log: one, or the old and the new one when the key changes. */
export async function signCheckpoint(checkpoint: Checkpoint, signers: readonly Signer[]): Promise<string> {
  const text = checkpointText(checkpoint);
  const signatures: NoteSignature[] = [];
  for (const signer of signers) {
    const { name, keyId } = verifierKey(checkpoint.origin, signer.publicKey);
    signatures.push({ name, keyId, signature: Buffer.from(await signer.sign(Buffer.from(text))) });
  }
  return formatNote({ text, signatures });
}

/** What the signatures of a note say about a key. */
export type SignatureCheck = 'good' | 'bad' | 'absent';

/** Looks for a key's signature on a checkpoint. One that is there and does not verify makes the note worthless. */
export function checkSignature({ text, signatures }: SignedNote, key: VerifierKey): SignatureCheck {
  const own = signatures.filter(({ name, keyId }) => name === key.name && keyId.equals(key.keyId));
  if (own.length === 0) return 'absent';
  return own.every(({ signature }) => isGood(text, signature, key)) ? 'good' : 'bad';
}

function isGood(text: string, signature: Buffer, key: VerifierKey): boolean {
  if (key.type !== signatureTypes.cosignature) return isSignedBy(key.publicKey, Buffer.from(text), signature);
  const cosigned = readCosignature(signature);
  return (
    cosigned !== undefined && isSignedBy(key.publicKey, cosignedMessage(text, cosigned.seconds), cosigned.signature)
  );
}

/** What a witness signs: the time, and the checkpoint. Source: c2sp.org/tlog-cosignature, "Ed25519 signed message". */
export function cosignedMessage(text: string, seconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

const SECONDS_BYTES = 8;
const ED25519_BYTES = 64;

/** A cosignature: when it was made, and the signature. */
export function readCosignature(bytes: Buffer): { seconds: number; signature: Buffer } | undefined {
  if (bytes.length !== SECONDS_BYTES + ED25519_BYTES) return undefined;
  const seconds = Number(bytes.readBigUInt64BE());
  return Number.isSafeInteger(seconds) ? { seconds, signature: bytes.subarray(SECONDS_BYTES) } : undefined;
}

/** The bytes of a cosignature. */
export function writeCosignature(seconds: number, signature: Uint8Array): Buffer {
  const time = Buffer.alloc(SECONDS_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  return Buffer.concat([time, signature]);
}
