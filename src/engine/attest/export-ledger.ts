import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../base/problem.js';
import { formatVerifierKey } from '../../ledger/note/verifier-key.js';
import { CHECKPOINT_PATH } from '../../ledger/verify/verify-ledger.js';
import { LedgerFolder } from '../../store/ledger-folder.js';
import { readCheckpoint, type Ledger } from './ledger.js';

/**
 * Copies a ledger to a folder that a file server or a bucket can host. Only what is new is written, the checkpoint last:
 * who reads it meanwhile sees the old ledger or the new one. The public keys are laid beside it for convenience; who
 * verifies must have them from elsewhere.
 *
 * @returns how many files were written.
 * @throws Problem `ledger-other` when the folder holds something else, `ledger-unwritable`.
 */
export async function exportLedger(ledger: Ledger, path: string): Promise<number> {
  await requireExportable(ledger, path);
  // An append removes tiles that have grown: what is copied must stay while it is.
  return ledger.folder.alone(() => copy(ledger, path));
}

/** @throws Problem `ledger-other` when the folder holds something else than this ledger. */
export async function requireExportable(ledger: Ledger, path: string): Promise<void> {
  const target = new LedgerFolder(path);
  const present = await readCheckpoint(target);
  const there = await target.files();
  if (there.length > 0 && present?.origin !== ledger.settings.origin) {
    const next = 'name an empty folder, or one that this ledger was exported to before';
    throw new Problem('ledger-other', `\`${path}\` holds other files than this ledger`, { next, exit: 'badUsage' });
  }
}

async function copy(ledger: Ledger, path: string): Promise<number> {
  const target = new LedgerFolder(path);
  const known = new Set(await target.files());
  const files = (await ledger.folder.files()).filter((file) => file !== CHECKPOINT_PATH);
  const isNew = (file: string) => !known.has(file) || file.startsWith('witness/') || file.startsWith('timestamps/');
  let written = 0;
  for (const file of files.filter(isNew)) {
    await target.write([{ path: file, bytes: await readFile(join(ledger.folder.path, file)) }]);
    written++;
  }
  for (const key of ledger.settings.keys) {
    const name = `keys/${key.keyId.toString('hex')}`;
    const pem = key.publicKey.export({ format: 'pem', type: 'spki' });
    await target.write([
      { path: `${name}.vkey`, bytes: Buffer.from(`${formatVerifierKey(key)}\n`) },
      { path: `${name}.pem`, bytes: Buffer.from(pem) },
    ]);
  }
  const checkpoint = await ledger.folder.read(CHECKPOINT_PATH);
  if (checkpoint !== undefined) await target.write([{ path: CHECKPOINT_PATH, bytes: checkpoint }]);
  return written + 1;
}
