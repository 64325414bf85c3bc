import { completeRoot, HASH_BYTES, leafHash } from '../merkle/hashing.js';
import { decodeBundle, encodeBundle } from './entry-bundle.js';
import { hashesAt, TILE_WIDTH, tilePath } from './tile-path.js';
import { readTile, TileTree, type TileReader } from './tile-tree.js';

/** A file of a log, whole. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** What an append makes: the files to write before the new checkpoint, and what that checkpoint must say. */
export interface Appended {
  readonly files: readonly LogFile[];
  readonly size: number;
  readonly root: Buffer;
}

/**
 * The files of a log that grows: the bundles and tiles of its right edge, and the new ones. No file of the old
 * checkpoint is changed, so until the new checkpoint is written the log is what it was.
 *
 * Reads O(log n) tiles; the cost is that of the new entries and of at most one bundle.
 *
 * @param size of the log before.
 */
export async function appendEntries(
  reader: TileReader,
  size: number,
  entries: readonly Uint8Array[],
): Promise<Appended> {
  const grown = size + entries.length;
  const files: LogFile[] = [];
  const firstBundle = Math.floor(size / TILE_WIDTH);
  const kept = size % TILE_WIDTH;
  const all = [...(await keptEntries(reader, firstBundle, kept)), ...entries];
  for (let at = 0; at < all.length; at += TILE_WIDTH) {
    const part = all.slice(at, at + TILE_WIDTH);
    const index = firstBundle + at / TILE_WIDTH;
    files.push({ path: tilePath({ kind: 'entries', index, width: part.length }), bytes: encodeBundle(part) });
  }
  let added = entries.map(leafHash);
  for (let level = 0; added.length > 0; level++) {
    const tiles = await levelTiles(reader, level, size, added);
    files.push(...tiles.files);
    added = tiles.full.map(completeRoot);
  }
  const made = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const both: TileReader = { read: (path) => Promise.resolve(made.get(path) ?? reader.read(path)) };
  return { files, size: grown, root: Buffer.from(await new TileTree(both, grown).root()) };
}

async function keptEntries(reader: TileReader, index: number, width: number): Promise<Uint8Array[]> {
  if (width === 0) return [];
  const bundle = await readTile(reader, { kind: 'entries', index, width });
  const entries = decodeBundle(bundle);
  // A bundle that does not parse is refused here: what is appended must not bury it.
  if (entries === undefined || entries.length < width) {
    throw new RangeError(`the bundle \`${tilePath({ kind: 'entries', index, width })}\` is damaged`);
  }
  return entries.slice(0, width);
}

/** The tiles of one level that change, and those of them that are full now. */
async function levelTiles(
  reader: TileReader,
  level: number,
  size: number,
  added: readonly Buffer[],
): Promise<{ files: LogFile[]; full: Buffer[] }> {
  const before = hashesAt(level, size);
  const first = Math.floor(before / TILE_WIDTH);
  const width = before % TILE_WIDTH;
  const kept = width === 0 ? [] : [await readTile(reader, { kind: 'hashes', level, index: first, width })];
  const hashes = Buffer.concat([...kept, ...added]);
  const files: LogFile[] = [];
  const full: Buffer[] = [];
  const step = TILE_WIDTH * HASH_BYTES;
  for (let at = 0; at < hashes.length; at += step) {
    const bytes = hashes.subarray(at, at + step);
    const tile = { kind: 'hashes', level, index: first + at / step, width: bytes.length / HASH_BYTES } as const;
    files.push({ path: tilePath(tile), bytes });
    if (tile.width === TILE_WIDTH) full.push(bytes);
  }
  return { files, full };
}
