import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistencyProof, isConsistent } from './consistency.js';
import { emptyRoot, leafHash, nodeHash } from './hashing.js';
import { inclusionProof, rootOfInclusion } from './inclusion.js';
import { splitAt, subtreeHash, type TreeNodes } from './subtree.js';

/** Section 2.1 of RFC 6962, word for word: what everything else is compared with. */
function merkleTreeHash(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return emptyRoot();
  if (leaves.length === 1) return first;
  const split = splitAt(leaves.length);
  return nodeHash(merkleTreeHash(leaves.slice(0, split)), merkleTreeHash(leaves.slice(split)));
}

const nodesOf = (leaves: readonly Buffer[]): TreeNodes => ({
  node: (level, index) => Promise.resolve(merkleTreeHash(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))),
});
const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`entry ${index}`)));

/** The eight entries and roots that Certificate Transparency's own tests use. */
const CT_ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('roots', () => {
  it.each(CT_ROOTS.map((root, size) => ({ root, size })))(
    'of the first $size published entries',
    async ({ root, size }) => {
      const leaves = CT_ENTRIES.slice(0, size).map((hex) => leafHash(Buffer.from(hex, 'hex')));
      expect(Buffer.from(await subtreeHash(nodesOf(leaves), 0, size)).toString('hex')).toBe(root);
    },
  );
});

describe('inclusion', () => {
  it('every leaf of every tree up to 40 is proved, and by its own proof only', async () => {
    for (let size = 1; size <= 40; size++) {
      const leaves = leavesOf(size);
      const root = merkleTreeHash(leaves);
      for (const [index, leaf] of leaves.entries()) {
        const proof = await inclusionProof(nodesOf(leaves), index, size);
        expect(rootOfInclusion(index, size, leaf, proof)).toEqual(root);
        const other = (index + 1) % size;
        if (other !== index) expect(rootOfInclusion(other, size, leaf, proof)).not.toEqual(root);
        expect(rootOfInclusion(index, size, leaf, [...proof, root])).toBeUndefined();
        if (proof.length > 0) expect(rootOfInclusion(index, size, leaf, proof.slice(1))).toBeUndefined();
      }
    }
  });

  it.each([
    { index: -1, size: 4 },
    { index: 4, size: 4 },
    { index: 0, size: 0 },
  ])('leaf $index of a tree of $size is in no tree', async ({ index, size }) => {
    expect(rootOfInclusion(index, size, emptyRoot(), [])).toBeUndefined();
    await expect(inclusionProof(nodesOf([]), index, size)).rejects.toThrow(RangeError);
  });
});

describe('consistency', () => {
  it('every tree up to 33 is shown to have grown from every smaller one, and from no other', async () => {
    const leaves = leavesOf(33);
    const roots = Array.from({ length: 34 }, (_, size) => merkleTreeHash(leaves.slice(0, size)));
    const at = (size: number) => ({ size, root: roots[size] ?? emptyRoot() });
    for (let size = 0; size <= 33; size++) {
      for (let old = 0; old <= size; old++) {
        const proof = await consistencyProof(nodesOf(leaves.slice(0, size)), old, size);
        expect(isConsistent(at(old), at(size), proof), `${old} of ${size}`).toBe(true);
        expect(isConsistent(at(old), at(size), [...proof, emptyRoot()]), `${old} of ${size}, too long`).toBe(false);
        if (old === 0) continue;
        const forged = { size: old, root: leafHash(Buffer.from('forged')) };
        expect(isConsistent(forged, at(size), proof), `a forged ${old} of ${size}`).toBe(false);
      }
    }
    expect(isConsistent(at(5), at(4), [])).toBe(false);
  });

  it('a rewritten history is not consistent, whatever is given as proof', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.nat());
    await fc.assert(
      fc.asyncProperty(sizes, async ([a, b, at]) => {
        const [old, size] = [Math.min(a, b), Math.max(a, b)];
        const leaves = leavesOf(size);
        const rewritten = [...leaves];
        rewritten[at % old] = leafHash(Buffer.from('rewritten'));
        const proof = await consistencyProof(nodesOf(rewritten), old, size);
        const before = { size: old, root: merkleTreeHash(leaves.slice(0, old)) };
        expect(isConsistent(before, { size, root: merkleTreeHash(rewritten) }, proof)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
