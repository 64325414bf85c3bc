import { Problem } from '../base/problem.js';
import { inclusionProof } from './merkle/inclusion.js';
import type { SignedCheckpoint } from './note/checkpoint.js';
import { decodeBundle } from './tiles/entry-bundle.js';
import { TILE_WIDTH, widthIn } from './tiles/tile-path.js';
import { readTile, TileTree, type TileReader } from './tiles/tile-tree.js';
import type { TlogProof } from './tlog-proof.js';

/**
 * One entry of a log. Reads one bundle.
 *
 * @throws Problem `ledger-no-entry`, `ledger-tile`.
 */
export async function readEntry(reader: TileReader, size: number, index: number): Promise<Buffer> {
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    const next = size === 0 ? 'nothing was recorded yet' : `its entries are 0 to ${size - 1}`;
    throw new Problem('ledger-no-entry', `the ledger has no entry \`${index}\``, { next, exit: 'badUsage' });
  }
  const bundle = Math.floor(index / TILE_WIDTH);
  const width = widthIn(size, 'entries', 0, bundle);
  const entry = decodeBundle(await readTile(reader, { kind: 'entries', index: bundle, width }))?.[index % TILE_WIDTH];
  if (entry !== undefined) return entry;
  const next = '`hikeshi ledger verify` says what is wrong with it';
  throw new Problem('ledger-tile', `the bundle of entry \`${index}\` is damaged`, { next });
}

/** The proof that an entry is in the log of a checkpoint. O(log n) tiles are read, O(1) are held. */
export async function prove(reader: TileReader, checkpoint: SignedCheckpoint, index: number): Promise<TlogProof> {
  const hashes = await inclusionProof(new TileTree(reader, checkpoint.size), index, checkpoint.size);
  return { index, hashes, checkpoint };
}
