import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../base/problem.js';
import { fromBase64, toBase64 } from '../../ledger/base64.js';
import { consistencyProof } from '../../ledger/merkle/consistency.js';
import { formatNote } from '../../ledger/note/signed-note.js';
import type { VerifierKey } from '../../ledger/note/verifier-key.js';
import { cosign, mayCosign, type WitnessRefusal, type Witnessed } from '../../ledger/note/witness.js';
import type { Signer } from '../../ledger/signer.js';
import { TileTree } from '../../ledger/tiles/tile-tree.js';
import { writeWhole } from '../../store/durable-file.js';
import type { Home } from '../../store/home.js';
import { LedgerFolder } from '../../store/ledger-folder.js';
import { snapshotOf } from '../../store/ledger-snapshot.js';
import { tryLock } from '../../store/process-lock.js';
import { readCheckpoint } from './ledger.js';

export interface WitnessOptions {
  /** The ledger's folder, or a copy of it. */
  readonly path: string;
  readonly logKeys: readonly VerifierKey[];
  /** The witness's own name and key; another key than the ledger's. */
  readonly name: string;
  readonly signer: Signer;
  readonly now: Date;
}

const WHY: Readonly<Record<WitnessRefusal['refused'], string>> = {
  'not-signed-by-the-log': 'no trusted key of the ledger signed its checkpoint',
  'smaller-than-seen':
    'it has fewer entries than this witness has seen: entries were removed, or an old checkpoint was put back',
  'other-root-of-same-size': 'it has another content than this witness has seen: the history was rewritten',
  inconsistent: 'it does not begin with the entries that this witness has seen: the history was rewritten',
};

/**
 * Signs the checkpoint of a ledger as a witness: somebody else, who remembers what they have seen. What is remembered is
 * on the disk before the signature is given away, so that no two checkpoints that contradict each other are ever signed.
 *
 * @returns the checkpoint with the witness's signature added.
 * @throws Problem `ledger-witness` when the ledger contradicts what was seen.
 */
export async function witnessLedger(home: Home, options: WitnessOptions): Promise<{ note: string; size: number }> {
  const { reader: folder } = await snapshotOf(new LedgerFolder(options.path));
  const checkpoint = await readCheckpoint(folder);
  if (checkpoint === undefined) {
    throw new Problem('ledger-none', `there is no checkpoint in \`${options.path}\``, { exit: 'badUsage' });
  }
  const memory = join(
    home.path,
    'witness',
    `${createHash('sha256').update(checkpoint.origin).digest('hex').slice(0, 32)}.json`,
  );
  const attempt = await tryLock(`${memory}.lock`, 'witnessing a ledger');
  if (!('release' in attempt)) {
    throw new Problem('ledger-busy', 'another process is witnessing this ledger', { next: 'try again' });
  }
  try {
    const seen = await readSeen(memory, checkpoint.origin);
    const proof =
      seen === undefined || seen.size > checkpoint.size
        ? []
        : await consistencyProof(new TileTree(folder, checkpoint.size), seen.size, checkpoint.size);
    const answer = mayCosign({ checkpoint, proof }, options.logKeys, seen);
    if (answer !== 'yes') {
      const next = 'keep a copy of it as evidence, and ask its owner; nothing was signed';
      throw new Problem(
        'ledger-witness',
        `the ledger \`${checkpoint.origin}\` is not witnessed: ${WHY[answer.refused]}`,
        { next },
      );
    }
    const { origin, size, root, note } = checkpoint;
    await writeWhole(memory, [JSON.stringify({ origin, size, root: toBase64(root) })]);
    const signature = await cosign(checkpoint, options.name, options.signer, options.now);
    const others = note.signatures.filter(({ name }) => name !== options.name);
    return { note: formatNote({ text: note.text, signatures: [...others, signature] }), size };
  } finally {
    await attempt.release();
  }
}

async function readSeen(path: string, origin: string): Promise<Witnessed | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const seen = JSON.parse(text) as { origin?: unknown; size?: unknown; root?: unknown };
  const root = typeof seen.root === 'string' ? fromBase64(seen.root) : undefined;
  if (seen.origin !== origin || typeof seen.size !== 'number' || root === undefined) {
    const next = 'restore it from a backup; without it this witness would have to believe what it is shown';
    throw new Problem('ledger-witness', `what this witness remembers, \`${path}\`, is damaged`, { next });
  }
  return { size: seen.size, root };
}
