import type { SignedCheckpoint } from '../../ledger/note/checkpoint.js';
import type { Statement } from '../../ledger/record/statement.js';
import { decodeBundle } from '../../ledger/tiles/entry-bundle.js';
import { TILE_WIDTH, widthIn } from '../../ledger/tiles/tile-path.js';
import { readTile, type TileReader } from '../../ledger/tiles/tile-tree.js';
import { checkEntry } from '../../ledger/verify/verify-entries.js';

/** One line of a ledger. Undefined statement: the entry cannot be read, and `verify` says why. */
export interface ListedEntry {
  readonly index: number;
  readonly statement: Statement | undefined;
}

/** The entries of a ledger, newest first, as far as they are asked for. Reads a bundle for each 256 of them. */
export async function* listEntries(reader: TileReader, checkpoint: SignedCheckpoint): AsyncGenerator<ListedEntry> {
  for (let bundle = Math.ceil(checkpoint.size / TILE_WIDTH) - 1; bundle >= 0; bundle--) {
    const width = widthIn(checkpoint.size, 'entries', 0, bundle);
    const entries = decodeBundle(await readTile(reader, { kind: 'entries', index: bundle, width })) ?? [];
    for (let place = width - 1; place >= 0; place--) {
      const entry = entries[place];
      const check = entry === undefined ? undefined : checkEntry(entry);
      yield { index: bundle * TILE_WIDTH + place, statement: check?.kind === 'good' ? check.statement : undefined };
    }
  }
}
