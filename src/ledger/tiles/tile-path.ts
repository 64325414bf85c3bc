/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Levels of the tree that one tile spans. */
export const TILE_LEVELS = 8;

/** One file of hashes: `level` counts tiles, `width` is 256 when it is full. */
export interface HashTile {
  readonly kind: 'hashes';
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** One file of entries. */
export interface EntryBundle {
  readonly kind: 'entries';
  readonly index: number;
  readonly width: number;
}

export type Tile = HashTile | EntryBundle;

/**
 * The path of a tile under the log's folder: `tile/0/x001/x234/067`, `tile/entries/003.p/17`.
 *
 * Source: c2sp.org/tlog-tiles, "Merkle Tree" and "Log entries".
 */
export function tilePath(tile: Tile): string {
  const level = tile.kind === 'entries' ? 'entries' : String(tile.level);
  const partial = tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`;
  return `tile/${level}/${indexPath(tile.index)}${partial}`;
}

function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, place) => (place === groups.length - 1 ? group : `x${group}`)).join('/');
}

/** What a path names; undefined when it is no tile's path in its one spelling. */
export function parseTilePath(path: string): Tile | undefined {
  const found = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (found === null) return undefined;
  const [, level = '', digits = '', partial] = found;
  const index = Number(digits.replace(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const tile: Tile =
    level === 'entries' ? { kind: 'entries', index, width } : { kind: 'hashes', level: Number(level), index, width };
  return tilePath(tile) === path && width > 0 ? tile : undefined;
}

/** How many hashes stand at a tile level of a tree: those of the full subtrees of 256^level leaves. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The tiles of one level of a tree, left to right; the last may be partial. */
export function* tilesOfLevel(level: number, size: number): Generator<HashTile> {
  const hashes = hashesAt(level, size);
  for (let index = 0; index * TILE_WIDTH < hashes; index++) {
    yield { kind: 'hashes', level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
  }
}

/** How many tile levels a tree has. */
export function levelsOf(size: number): number {
  let levels = 0;
  while (hashesAt(levels, size) > 0) levels++;
  return levels;
}

/** The widest form that a tile can have in a tree of this size; 0 when the tree does not reach it. */
export function widthIn(size: number, kind: Tile['kind'], level: number, index: number): number {
  const hashes = kind === 'entries' ? size : hashesAt(level, size);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}
