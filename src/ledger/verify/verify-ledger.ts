import { checkSignature, parseCheckpoint, type SignedCheckpoint } from '../note/checkpoint.js';
import { signatureTypes, type VerifierKey } from '../note/verifier-key.js';
import { TILE_WIDTH, tilePath } from '../tiles/tile-path.js';
import { TileTree, type TileReader } from '../tiles/tile-tree.js';
import { foreignFiles, keyFileFaults } from './files.js';
import type { Fault } from './fault.js';
import { verifyEntries } from './verify-entries.js';
import { verifyTimestamps, type Timestamp } from './verify-timestamps.js';
import { verifyTree, type TreeVerdict } from './verify-tree.js';

export const CHECKPOINT_PATH = 'checkpoint';

/** A checkpoint that was seen before: by who verifies, or by a witness. */
export interface KnownCheckpoint {
  /** Where it comes from, for the words of a fault: a file's name. */
  readonly from: string;
  readonly bytes: Uint8Array;
}

export interface VerifyOptions {
  readonly reader: TileReader;
  /** The keys that are trusted: of the log, and of witnesses. Never taken from the ledger itself. */
  readonly keys: readonly VerifierKey[];
  /** Earlier checkpoints of the same log: it must have only grown since. */
  readonly known?: readonly KnownCheckpoint[];
  /** Every file of the ledger, to find those that do not belong to it. */
  readonly files?: readonly string[];
  /** Whether each entry's own signature is checked too. Without it the checkpoint's signature covers them all. */
  readonly entries?: boolean;
  /** Certificates in DER that those of time stamping authorities must lead to; with none, these are not checked. */
  readonly authorities?: readonly Buffer[];
  readonly onProgress?: (entries: number, size: number) => void;
}

/** What a verification found. Intact when there is no fault. */
export interface VerifyReport {
  readonly faults: readonly Fault[];
  readonly checkpoint: SignedCheckpoint | undefined;
  /** The names of the witnesses whose signature is on the checkpoint. */
  readonly witnesses: readonly string[];
  /** The good time stamps that lie beside the ledger. */
  readonly timestamps: readonly Timestamp[];
  readonly entriesChecked: boolean;
}

/**
 * Verifies a whole ledger from its files and the public keys, offline: the checkpoint's signatures, every entry against
 * every hash above it, every entry's signature, every record, every file; and that earlier checkpoints are part of its
 * history.
 *
 * Cost: one SHA-256 over every byte, one hash a tree node; with `entries` also one signature check an entry, which is
 * then nearly all of it.
 */
export async function verifyLedger(options: VerifyOptions): Promise<VerifyReport> {
  const { reader, entries: entriesChecked = true } = options;
  const bytes = await reader.read(CHECKPOINT_PATH);
  const checkpoint = bytes === undefined ? undefined : parseCheckpoint(bytes);
  if (checkpoint === undefined) {
    const fault: Fault =
      bytes === undefined
        ? {
            code: 'checkpoint-missing',
            path: CHECKPOINT_PATH,
            text: 'there is no checkpoint: this is no ledger, or its head was removed',
          }
        : { code: 'checkpoint-form', path: CHECKPOINT_PATH, text: 'it is not a checkpoint in a signed note' };
    return { faults: [fault], checkpoint, witnesses: [], timestamps: [], entriesChecked };
  }
  const faults = [...signatureFaults(checkpoint, options.keys)];
  const records: string[] = [];
  const trusted = options.keys
    .filter(({ type }) => type !== signatureTypes.cosignature)
    .map(({ publicKey }) => publicKey);
  const entryFaults: Fault[] = [];
  const tree = await verifyTree(reader, checkpoint.size, async (bundle, first, width) => {
    if (entriesChecked) {
      const found = await verifyEntries(reader, bundle, first, width, trusted);
      entryFaults.push(...found.faults);
      records.push(...found.records);
    }
    options.onProgress?.(first + width, checkpoint.size);
  });
  faults.push(...blamed(tree, checkpoint));
  // An entry that was changed is told once: what else is wrong with it follows from that.
  const changed = new Set(faults.flatMap(({ code, index }) => (code === 'entry-changed' ? [index] : [])));
  faults.push(...entryFaults.filter(({ index }) => !changed.has(index)));
  if (options.files !== undefined) {
    // What an entry that is gone named is not known; and what is wrong in a tile is not told again of its earlier forms.
    const areAllRead =
      entriesChecked && !faults.some(({ code }) => code === 'entry-bundle' || code === 'entry-changed');
    const wrong = new Set(faults.map(({ path }) => path));
    const given = { size: checkpoint.size, records: areAllRead ? records : undefined, wrong };
    faults.push(...(await foreignFiles(reader, options.files, given)));
    faults.push(...(await keyFileFaults(reader, options.files, options.keys)));
  }
  for (const known of options.known ?? [])
    faults.push(...(await historyFaults(reader, checkpoint, known, options.keys)));
  const stamps = await verifyTimestamps(reader, options.files ?? [], options.authorities ?? [], (from, known) =>
    historyFaults(reader, checkpoint, { from, bytes: known }, options.keys),
  );
  faults.push(...stamps.faults);
  const witnesses = options.keys
    .filter((key) => key.type === signatureTypes.cosignature && checkSignature(checkpoint.note, key) === 'good')
    .map(({ name }) => name);
  return { faults, checkpoint, witnesses, timestamps: stamps.timestamps, entriesChecked };
}

function* signatureFaults(checkpoint: SignedCheckpoint, keys: readonly VerifierKey[]): Generator<Fault> {
  const path = CHECKPOINT_PATH;
  const own = keys.filter(({ name, type }) => name === checkpoint.origin && type !== signatureTypes.cosignature);
  const checks = own.map((key) => checkSignature(checkpoint.note, key));
  if (checks.includes('bad')) {
    yield { code: 'checkpoint-signature', path, text: 'the signature of a trusted key on it is wrong' };
  } else if (!checks.includes('good')) {
    const ids = checkpoint.note.signatures.map(({ name, keyId }) => `${name}+${keyId.toString('hex')}`).join(', ');
    yield { code: 'checkpoint-key', path, text: `no trusted key signed it; signatures are of ${ids}` };
  }
  for (const key of keys) {
    if (key.type === signatureTypes.cosignature && checkSignature(checkpoint.note, key) === 'bad') {
      yield { code: 'witness', path, text: `the signature of the witness \`${key.name}\` on it is wrong` };
    }
  }
}

/**
 * Entries and tiles that disagree: which of them is wrong? The one whose root is not the checkpoint's.
 */
function blamed({ faults, rootOfEntries, rootOfTiles }: TreeVerdict, checkpoint: SignedCheckpoint): Fault[] {
  const areEntriesRight = checkpoint.root.equals(rootOfEntries);
  const areTilesRight = checkpoint.root.equals(rootOfTiles);
  if (areEntriesRight) return faults.map((fault) => (fault.code === 'entry-changed' ? tileOf(fault) : fault));
  if (areTilesRight)
    return faults.map((fault) => (fault.code === 'tile' && fault.index !== undefined ? entriesOf(fault) : fault));
  const text = `its root is that of neither the ${checkpoint.size} entries nor the tiles`;
  return [...faults, { code: 'checkpoint-root', path: CHECKPOINT_PATH, text }];
}

const tileOf = ({ path, index = 0 }: Fault): Fault => ({
  code: 'tile',
  path: path.replace('tile/entries/', 'tile/0/'),
  index,
  text: `its hash of entry ${index} is wrong; the entry itself is what was recorded`,
});

const entriesOf = ({ index = 0 }: Fault): Fault => ({
  code: 'entry-changed',
  path: tilePath({ kind: 'entries', index: Math.floor(index / TILE_WIDTH), width: TILE_WIDTH }),
  index,
  text: `entries from ${index} on were changed together with their hashes`,
});

async function historyFaults(
  reader: TileReader,
  checkpoint: SignedCheckpoint,
  known: KnownCheckpoint,
  keys: readonly VerifierKey[],
): Promise<Fault[]> {
  const path = known.from;
  const earlier = parseCheckpoint(known.bytes);
  if (earlier === undefined)
    return [{ code: 'checkpoint-form', path, text: 'it is not a checkpoint in a signed note' }];
  if (earlier.origin !== checkpoint.origin) {
    return [{ code: 'checkpoint-key', path, text: `it is of another log, \`${earlier.origin}\`` }];
  }
  const checks = keys.map((key) => checkSignature(earlier.note, key));
  if (checks.includes('bad') || !checks.includes('good')) {
    return [
      { code: 'checkpoint-signature', path, text: 'no trusted key signed it, so it says nothing of this ledger' },
    ];
  }
  if (earlier.size > checkpoint.size) {
    const text = `the ledger has ${checkpoint.size} entries, and had ${earlier.size}: ${earlier.size - checkpoint.size} were removed, or an old checkpoint was put back`;
    return [{ code: 'truncated', path: CHECKPOINT_PATH, text }];
  }
  const root = await new TileTree(reader, checkpoint.size).root(earlier.size).catch(() => undefined);
  if (root !== undefined && earlier.root.equals(root)) return [];
  const text = `the first ${earlier.size} entries are not those of the checkpoint \`${known.from}\`: the history was rewritten`;
  return [{ code: 'forked', path: CHECKPOINT_PATH, text }];
}
