import { existsSync } from 'node:fs';
import { Problem } from '../base/problem.js';
import type { TileReader } from '../ledger/tiles/tile-tree.js';
import { CHECKPOINT_PATH } from '../ledger/verify/verify-ledger.js';
import type { LedgerFolder } from './ledger-folder.js';

/** A ledger as it was at one moment, and all of its files at that moment. */
export interface LedgerSnapshot {
  readonly reader: TileReader;
  readonly files: readonly string[];
}

/**
 * A ledger at one moment, while others may append to it: whoever reads its files one after another would see some before
 * an append and some after it, and take that for damage. What an append changes is small, the checkpoint and the partial
 * tiles, and is read while nobody appends; everything else never changes and is read when it is asked for.
 *
 * A folder that is not being written here (a copy, a read-only disk) is read as it is.
 */
export async function snapshotOf(folder: LedgerFolder): Promise<LedgerSnapshot> {
  // What the writer keeps beside the folder tells that it is this machine's own.
  if (!existsSync(`${folder.path}.head`)) return read(folder);
  try {
    return await folder.alone(() => read(folder));
  } catch (error) {
    if (error instanceof Problem && error.code === 'ledger-unwritable') return read(folder);
    throw error;
  }
}

async function read(folder: LedgerFolder): Promise<LedgerSnapshot> {
  const files = await folder.files();
  const kept = new Map<string, Buffer | undefined>();
  for (const path of files.filter(isMoving)) kept.set(path, await folder.read(path));
  const reader: TileReader = {
    // A copy each time: who reads may hash a bundle in its place.
    read: (path) => (isMoving(path) ? Promise.resolve(copyOf(kept.get(path))) : folder.read(path)),
  };
  return { reader, files };
}

const copyOf = (bytes: Buffer | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes));

/** Whether a file is replaced or removed as a ledger grows. */
function isMoving(path: string): boolean {
  return path === CHECKPOINT_PATH || /\.p\/\d+$/.test(path) || /^(?:witness|timestamps)\//.test(path);
}
