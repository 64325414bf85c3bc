import { completeRoot, HASH_BYTES } from '../merkle/hashing.js';
import { subtreeHash, type TreeNodes } from '../merkle/subtree.js';
import { bundleLeaves } from '../tiles/entry-bundle.js';
import {
  hashesAt,
  levelsOf,
  TILE_LEVELS,
  TILE_WIDTH,
  tilePath,
  tilesOfLevel,
  type HashTile,
} from '../tiles/tile-path.js';
import type { TileReader } from '../tiles/tile-tree.js';
import type { Fault } from './fault.js';

/** What the files say the tree is: by its entries, and by its tiles. In an intact log both are the checkpoint's root. */
export interface TreeVerdict {
  readonly faults: readonly Fault[];
  readonly rootOfEntries: Uint8Array;
  readonly rootOfTiles: Uint8Array;
}

/** One level of the tree, told twice: made from the entries, and read from the tiles. */
interface Level {
  readonly made: Buffer;
  readonly read: Buffer;
}

/**
 * Recomputes the whole tree from the entries and compares it with every tile on the way. One pass, in the memory of a
 * bundle and of the level above: a 256th of the hashes. Cost: one hash an entry and one a node.
 *
 * @param size of the checkpoint.
 * @param onBundle is told of every bundle that was read, before its bytes are used up.
 */
export async function verifyTree(
  reader: TileReader,
  size: number,
  onBundle: (bundle: Buffer, first: number, width: number) => Promise<void> = () => Promise.resolve(),
): Promise<TreeVerdict> {
  const faults: Fault[] = [];
  /** The last tile of each level: all that the root of the tree is made of. */
  const edges: Level[] = [];
  let above: Level = await verifyLeaves(reader, size, faults, edges, onBundle);
  for (let level = 1; level < levelsOf(size); level++)
    above = await verifyLevel(reader, size, level, above, faults, edges);
  const rootOf = (side: keyof Level) => subtreeHash(edgeNodes(edges.map((edge) => edge[side])), 0, size);
  return { faults, rootOfEntries: await rootOf('made'), rootOfTiles: await rootOf('read') };
}

async function verifyLeaves(
  reader: TileReader,
  size: number,
  faults: Fault[],
  edges: Level[],
  onBundle: (bundle: Buffer, first: number, width: number) => Promise<void>,
): Promise<Level> {
  const roots = upperLevel(hashesAt(1, size));
  for (const tile of tilesOfLevel(0, size)) {
    const { index, width } = tile;
    const first = index * TILE_WIDTH;
    const path = tilePath({ kind: 'entries', index, width });
    const bundle = await reader.read(path);
    const stored = await storedTile(reader, tile, faults);
    if (bundle !== undefined) await onBundle(bundle, first, width);
    const leaves = bundle === undefined ? undefined : bundleLeaves(bundle, width);
    if (leaves === undefined) {
      const text =
        bundle === undefined
          ? `the entries ${first} to ${first + width - 1} are missing`
          : `it does not hold exactly the entries ${first} to ${first + width - 1}`;
      faults.push({ code: 'entry-bundle', path, text });
    }
    const made = leaves ?? Buffer.alloc(width * HASH_BYTES);
    const read = stored ?? made;
    if (leaves !== undefined && stored !== undefined && !leaves.equals(stored)) {
      faults.push(...changedEntries(leaves, stored, path, first));
    }
    addTile({ made, read }, tile, roots, edges);
  }
  return roots;
}

function changedEntries(leaves: Buffer, stored: Buffer, path: string, first: number): Fault[] {
  const faults: Fault[] = [];
  for (let at = 0; at < leaves.length; at += HASH_BYTES) {
    if (leaves.compare(stored, at, at + HASH_BYTES, at, at + HASH_BYTES) === 0) continue;
    const index = first + at / HASH_BYTES;
    faults.push({ code: 'entry-changed', path, index, text: `entry ${index} is not the one that was recorded` });
  }
  return faults;
}

async function verifyLevel(
  reader: TileReader,
  size: number,
  level: number,
  hashes: Level,
  faults: Fault[],
  edges: Level[],
): Promise<Level> {
  const roots = upperLevel(hashesAt(level + 1, size));
  for (const tile of tilesOfLevel(level, size)) {
    const start = tile.index * TILE_WIDTH * HASH_BYTES;
    const end = start + tile.width * HASH_BYTES;
    const made = hashes.made.subarray(start, end);
    const below = hashes.read.subarray(start, end);
    const stored = await storedTile(reader, tile, faults);
    if (stored !== undefined && !stored.equals(made) && !stored.equals(below)) {
      faults.push(...changedChildren(stored, below, tile));
    }
    addTile({ made, read: stored ?? below }, tile, roots, edges);
  }
  return roots;
}

function changedChildren(stored: Buffer, below: Buffer, tile: HashTile): Fault[] {
  const faults: Fault[] = [];
  for (let at = 0; at < stored.length; at += HASH_BYTES) {
    if (stored.compare(below, at, at + HASH_BYTES, at, at + HASH_BYTES) === 0) continue;
    const index = (tile.index * TILE_WIDTH + at / HASH_BYTES) * TILE_WIDTH ** tile.level;
    const text = `it and the tile under it, from entry ${index} on, do not agree`;
    faults.push({ code: 'tile', path: tilePath(tile), index, text });
  }
  return faults;
}

async function storedTile(reader: TileReader, tile: HashTile, faults: Fault[]): Promise<Buffer | undefined> {
  const path = tilePath(tile);
  const bytes = await reader.read(path);
  const wanted = tile.width * HASH_BYTES;
  if (bytes?.length === wanted) return bytes;
  const text = bytes === undefined ? 'the tile is missing' : `it has ${bytes.length} bytes instead of ${wanted}`;
  faults.push({ code: 'tile', path, text });
  return undefined;
}

function upperLevel(count: number): Level {
  return { made: Buffer.alloc(count * HASH_BYTES), read: Buffer.alloc(count * HASH_BYTES) };
}

/** Hands a tile on to the level above: its root when it is full, itself when it is the last. */
function addTile(level: Level, tile: HashTile, roots: Level, edges: Level[]): void {
  edges[tile.level] = level;
  if (tile.width < TILE_WIDTH) return;
  const made = completeRoot(level.made);
  const same = level.read.equals(level.made);
  made.copy(roots.made, tile.index * HASH_BYTES);
  (same ? made : completeRoot(level.read)).copy(roots.read, tile.index * HASH_BYTES);
}

/** The nodes that a root is made of, from the last tile of each level. */
function edgeNodes(edges: readonly Buffer[]): TreeNodes {
  return {
    node(level, index) {
      const edge = edges[Math.floor(level / TILE_LEVELS)] ?? Buffer.alloc(0);
      const leaves = 2 ** (level % TILE_LEVELS);
      const start = ((index * leaves) % TILE_WIDTH) * HASH_BYTES;
      return Promise.resolve(completeRoot(edge.subarray(start, start + leaves * HASH_BYTES)));
    },
  };
}
