import { Problem } from '../../base/problem.js';
import { completeRoot, HASH_BYTES } from '../merkle/hashing.js';
import { subtreeHash, type TreeNodes } from '../merkle/subtree.js';
import { TILE_LEVELS, TILE_WIDTH, tilePath, widthIn, type Tile } from './tile-path.js';

/** Where the files of a log are read: a folder, a bucket, a web server. Undefined when there is no such file. */
export interface TileReader {
  read(path: string): Promise<Buffer | undefined>;
}

/**
 * The tree of a log by its tiles. Reads a tile when it is first asked for and keeps the last few: a proof reads O(log n)
 * tiles whatever the size of the log, in memory that does not grow.
 */
export class TileTree implements TreeNodes {
  private readonly reader: TileReader;
  private readonly size: number;
  private readonly kept = new Map<string, Buffer>();

  constructor(reader: TileReader, size: number) {
    this.reader = reader;
    this.size = size;
  }

  /** @throws Problem `ledger-tile` when the tile is not there or not of its length. */
  async node(level: number, index: number): Promise<Uint8Array> {
    const tileLevel = Math.floor(level / TILE_LEVELS);
    const leaves = 2 ** (level % TILE_LEVELS);
    const first = index * leaves;
    const tile = await this.tile(tileLevel, Math.floor(first / TILE_WIDTH));
    const start = (first % TILE_WIDTH) * HASH_BYTES;
    return completeRoot(tile.subarray(start, start + leaves * HASH_BYTES));
  }

  /** The root of the tree, or of what it was when it was smaller. */
  root(size: number = this.size): Promise<Uint8Array> {
    return subtreeHash(this, 0, size);
  }

  private async tile(level: number, index: number): Promise<Buffer> {
    const width = widthIn(this.size, 'hashes', level, index);
    const name = `${level}/${index}`;
    const kept = this.kept.get(name);
    if (kept !== undefined) return kept;
    const bytes = await readTile(this.reader, { kind: 'hashes', level, index, width });
    if (bytes.length !== width * HASH_BYTES) {
      throw missing(tilePath({ kind: 'hashes', level, index, width }), `has ${bytes.length} bytes`);
    }
    if (this.kept.size >= KEPT_TILES) this.kept.delete(this.kept.keys().next().value ?? '');
    this.kept.set(name, bytes);
    return bytes;
  }
}

/** A tile a level, and as many again for the path of the other side of a proof. */
const KEPT_TILES = 16;

/**
 * Reads a tile. When the partial one is gone the full one is taken: a log may delete partial tiles that were filled.
 *
 * @throws Problem `ledger-tile`.
 */
export async function readTile(reader: TileReader, tile: Tile): Promise<Buffer> {
  const path = tilePath(tile);
  const own = await reader.read(path);
  if (own !== undefined) return own;
  const full = tile.width === TILE_WIDTH ? undefined : await reader.read(tilePath({ ...tile, width: TILE_WIDTH }));
  if (full === undefined) throw missing(path, 'is not there');
  return tile.kind === 'hashes' ? full.subarray(0, tile.width * HASH_BYTES) : full;
}

function missing(path: string, why: string): Problem {
  const next = 'restore the file from a copy of the ledger; `hikeshi ledger verify` lists all that is wrong';
  return new Problem('ledger-tile', `the ledger's file \`${path}\` ${why}`, { next });
}
