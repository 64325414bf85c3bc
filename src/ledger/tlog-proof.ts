import { fromBase64, toBase64 } from './base64.js';
import { HASH_BYTES } from './merkle/hashing.js';
import { rootOfInclusion } from './merkle/inclusion.js';
import { leafHash } from './merkle/hashing.js';
import { parseCheckpoint, type SignedCheckpoint } from './note/checkpoint.js';
import { formatNote } from './note/signed-note.js';

/** A proof in one file that an entry is in a log: verified with SHA-256 and one signature, offline. */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: SignedCheckpoint;
}

const HEADER = 'c2sp.org/tlog-proof@v1';

/** A proof as text. Source: c2sp.org/tlog-proof, "Format". */
export function formatProof({ index, hashes, checkpoint }: TlogProof): string {
  const lines = [HEADER, `index ${index}`, ...hashes.map(toBase64)];
  return `${lines.join('\n')}\n\n${formatNote(checkpoint.note)}`;
}

/** Reads a proof; undefined when it is none. Extra data is skipped: nothing authenticates it. */
export function parseProof(bytes: Uint8Array): TlogProof | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (lines[0]?.startsWith('extra ') === true) lines.shift();
  const [indexLine = '', ...encoded] = lines;
  const index = /^index (0|[1-9]\d*)$/.exec(indexLine)?.[1];
  const hashes = encoded.map(fromBase64);
  const checkpoint = parseCheckpoint(Buffer.from(text.slice(end + 2)));
  if (header !== HEADER || index === undefined || checkpoint === undefined) return undefined;
  if (hashes.some((hash) => hash?.length !== HASH_BYTES)) return undefined;
  return { index: Number(index), hashes: hashes as Buffer[], checkpoint };
}

/** Whether the proof leads from an entry to the root of its checkpoint. The checkpoint's signature is another question. */
export function proves({ index, hashes, checkpoint }: TlogProof, entry: Uint8Array): boolean {
  const root = rootOfInclusion(index, checkpoint.size, leafHash(entry), hashes);
  return root !== undefined && checkpoint.root.equals(root);
}
