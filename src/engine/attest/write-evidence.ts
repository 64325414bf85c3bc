import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyObject } from 'node:crypto';
import type { SignedCheckpoint } from '../../ledger/note/checkpoint.js';
import { prove, readEntry } from '../../ledger/prove.js';
import { parseEnvelope, signedBy } from '../../ledger/record/dsse.js';
import { sigstoreBundle } from '../../ledger/record/sigstore-bundle.js';
import { canonicalRecord, recordPath } from '../../ledger/record/statement.js';
import type { TileReader } from '../../ledger/tiles/tile-tree.js';
import { formatProof } from '../../ledger/tlog-proof.js';
import { checkEntry } from '../../ledger/verify/verify-entries.js';
import { writeWhole } from '../../store/durable-file.js';

/** The files that make one entry believable without the ledger and without Hikeshi. */
export interface Evidence {
  readonly index: number;
  /** The entry: a DSSE envelope, byte for byte. */
  readonly envelope: string;
  /** What is attested, as canonical JSON: its SHA-256 is the digest in the envelope's statement. */
  readonly record: string | undefined;
  /** A tlog-proof: that the entry is in the ledger. */
  readonly proof: string;
  /** The envelope as cosign and the Sigstore clients read it. */
  readonly bundle: string;
  /** The public key that signed the envelope, where it is known. */
  readonly key: string | undefined;
}

/**
 * Writes the evidence of one entry into a folder.
 *
 * @param keys to look for the one that signed.
 * @throws Problem `ledger-no-entry`, `ledger-tile`.
 */
export async function writeEvidence(
  folder: TileReader,
  checkpoint: SignedCheckpoint,
  index: number,
  keys: readonly KeyObject[],
  out: string,
): Promise<Evidence> {
  const entry = await readEntry(folder, checkpoint.size, index);
  const name = (extension: string) => join(out, `entry-${index}.${extension}`);
  const write = async (path: string, text: string): Promise<string> => {
    await writeWhole(path, [text.replace(/\n$/, '')]);
    return path;
  };
  const envelope = parseEnvelope(entry);
  const check = checkEntry(entry);
  const key = envelope === undefined ? undefined : signedBy(envelope, keys);
  const record =
    check.kind === 'bad'
      ? undefined
      : check.statement.record === undefined
        ? await folder.read(recordPath(check.statement.digest))
        : canonicalRecord(check.statement.record);
  return {
    index,
    envelope: await write(name('dsse.json'), entry.toString('utf8')),
    record: record === undefined ? undefined : await writeRecord(name('record.json'), record),
    proof: await write(name('tlog-proof'), formatProof(await prove(folder, checkpoint, index))),
    bundle: await write(
      name('sigstore.json'),
      envelope === undefined ? '{}' : JSON.stringify(sigstoreBundle(envelope)),
    ),
    key: key === undefined ? undefined : await write(name('pem'), String(key.export({ format: 'pem', type: 'spki' }))),
  };
}

/** Without a newline at the end: `sha256sum` of the file is the digest. */
async function writeRecord(path: string, bytes: Buffer): Promise<string> {
  await writeFile(path, bytes, { mode: 0o600 });
  return path;
}
