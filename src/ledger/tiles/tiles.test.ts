import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash, nodeHash } from '../merkle/hashing.js';
import { inclusionProof, rootOfInclusion } from '../merkle/inclusion.js';
import { splitAt } from '../merkle/subtree.js';
import { appendEntries } from './append-entries.js';
import { bundleLeaves, decodeBundle, encodeBundle } from './entry-bundle.js';
import { parseTilePath, tilePath, tilesOfLevel, type Tile } from './tile-path.js';
import { TileTree } from './tile-tree.js';

describe('paths', () => {
  const cases: readonly { tile: Tile; path: string }[] = [
    { tile: { kind: 'hashes', level: 0, index: 0, width: 256 }, path: 'tile/0/000' },
    { tile: { kind: 'hashes', level: 1, index: 1234067, width: 256 }, path: 'tile/1/x001/x234/067' },
    { tile: { kind: 'hashes', level: 0, index: 273, width: 112 }, path: 'tile/0/273.p/112' },
    { tile: { kind: 'entries', index: 1000, width: 1 }, path: 'tile/entries/x001/000.p/1' },
  ];
  it.each(cases)('$path', ({ tile, path }) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    'tile/00/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/5/6',
    'tile/0/../checkpoint',
    'tile/entries/1000',
    'checkpoint',
  ])('%s is no tile', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('the tiles of the specification’s example, a tree of 70,000', () => {
    const ofLevel = (level: number) => [...tilesOfLevel(level, 70_000)];
    expect([0, 1, 2, 3].map((level) => ofLevel(level).length)).toEqual([274, 2, 1, 0]);
    expect([0, 1, 2].map((level) => ofLevel(level).at(-1)?.width)).toEqual([112, 17, 1]);
  });
});

describe('bundles', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 });

  it('hold what was put in', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const bundle = encodeBundle(given);
        expect(decodeBundle(bundle)?.map((each) => Buffer.from(each))).toEqual(given.map((each) => Buffer.from(each)));
        const leaves = bundleLeaves(Buffer.from(bundle), given.length);
        expect(leaves).toEqual(Buffer.concat(given.map(leafHash)));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    { name: 'half a length', bytes: [0], width: 1 },
    { name: 'an entry cut short', bytes: [0, 5, 1, 2], width: 1 },
    { name: 'one byte too many', bytes: [0, 1, 7, 9], width: 1 },
    { name: 'an entry too few', bytes: [0, 1, 7], width: 2 },
    { name: 'an entry too many', bytes: [0, 1, 7, 0, 0], width: 1 },
  ])('$name is seen', ({ bytes, width }) => {
    expect(bundleLeaves(Buffer.from(bytes), width)).toBeUndefined();
  });

  it('the longest entry fits, a longer one is refused', () => {
    expect(decodeBundle(encodeBundle([Buffer.alloc(65_535)]))?.[0]).toHaveLength(65_535);
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow('65536 bytes');
  });
});

describe('a log that grows', () => {
  const grow = async (steps: readonly number[]) => {
    const files = new Map<string, Buffer>();
    const reader = { read: (path: string) => Promise.resolve(files.get(path)) };
    const leaves: Buffer[] = [];
    const roots: Buffer[] = [];
    for (const step of steps) {
      const entries = Array.from({ length: step }, (_, place) => Buffer.from(`entry ${leaves.length + place}`));
      const appended = await appendEntries(reader, leaves.length, entries);
      for (const { path, bytes } of appended.files) files.set(path, bytes);
      leaves.push(...entries.map(leafHash));
      roots.push(appended.root);
    }
    return { reader, leaves, roots };
  };
  const rootOf = (leaves: readonly Buffer[]): Buffer => {
    const [first] = leaves;
    if (leaves.length === 1 && first !== undefined) return first;
    const split = splitAt(leaves.length);
    return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
  };

  it.each([
    { name: 'one by one', steps: [1, 1, 1, 1] },
    { name: 'to the brim of a tile', steps: [255, 1] },
    { name: 'over it', steps: [200, 100, 300] },
    { name: 'into the third level', steps: [65_000, 536, 1, 300] },
  ])('$name has the root of its entries at every step, and proves them', async ({ steps }) => {
    const { reader, leaves, roots } = await grow(steps);
    let size = 0;
    for (const [at, step] of steps.entries()) {
      size += step;
      expect(roots[at]).toEqual(rootOf(leaves.slice(0, size)));
    }
    const tree = new TileTree(reader, size);
    for (const index of [0, 1, Math.floor(size / 2), size - 1].filter((each) => each < size)) {
      const proof = await inclusionProof(tree, index, size);
      expect(rootOfInclusion(index, size, leaves[index] ?? Buffer.alloc(0), proof)).toEqual(roots.at(-1));
    }
  });

  it('a proof reads few tiles, however large the log', async () => {
    const { reader } = await grow([70_000]);
    const paths: string[] = [];
    const counting = { read: (path: string) => (paths.push(path), reader.read(path)) };
    await inclusionProof(new TileTree(counting, 70_000), 12_345, 70_000);
    expect(new Set(paths).size).toBeLessThanOrEqual(6);
  });

  it('a missing or shortened tile is named', async () => {
    const { reader } = await grow([300]);
    const without = (path: string, bytes?: Buffer) => ({
      read: (asked: string) => (asked === path ? Promise.resolve(bytes) : reader.read(asked)),
    });
    await expect(inclusionProof(new TileTree(without('tile/0/000'), 300), 5, 300)).rejects.toThrow(
      '`tile/0/000` is not there',
    );
    const short = new TileTree(without('tile/0/000', Buffer.alloc(31)), 300);
    await expect(inclusionProof(short, 5, 300)).rejects.toThrow('has 31 bytes');
  });
});
