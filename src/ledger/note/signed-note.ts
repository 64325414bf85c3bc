import { fromBase64, toBase64 } from '../base64.js';

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** Four bytes that, with the name, say which key signed and how. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** A text with signatures under it. */
export interface SignedNote {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const KEY_ID_BYTES = 4;
/** Enough for sixteen post-quantum signatures. */
const NOTE_MAX_BYTES = 128 * 1024;
const SIGNATURE_LINE = /^— (?<name>[^\s+]+) (?<value>\S+)$/u;

/**
 * Reads a signed note. Nothing is verified: that needs keys.
 *
 * Source: c2sp.org/signed-note.
 * @returns undefined when it is not one, byte for byte: another form of the same note is not the note that was signed.
 */
export function parseNote(bytes: Uint8Array): SignedNote | undefined {
  if (bytes.length > NOTE_MAX_BYTES) return undefined;
  const whole = Buffer.from(bytes).toString('utf8');
  // Control characters and bytes that are not UTF-8 have no place in a note.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole) || !Buffer.from(whole).equals(bytes)) return undefined;
  const end = whole.lastIndexOf('\n\n');
  if (end < 0 || !whole.endsWith('\n')) return undefined;
  const lines = whole.slice(end + 2, -1).split('\n');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const { name = '', value = '' } = SIGNATURE_LINE.exec(line)?.groups ?? {};
    const decoded = fromBase64(value);
    if (decoded === undefined || decoded.length <= KEY_ID_BYTES) return undefined;
    signatures.push({ name, keyId: decoded.subarray(0, KEY_ID_BYTES), signature: decoded.subarray(KEY_ID_BYTES) });
  }
  return { text: whole.slice(0, end + 1), signatures };
}

/** A signature as its line, with the newline. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(Buffer.concat([keyId, signature]))}\n`;
}

/** A note as text. @throws RangeError when there is no signature: then it is no signed note. */
export function formatNote({ text, signatures }: SignedNote): string {
  if (signatures.length === 0 || !text.endsWith('\n')) throw new RangeError('a signed note needs a signature');
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}
