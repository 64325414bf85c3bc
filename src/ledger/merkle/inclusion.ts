import { nodeHash } from './hashing.js';
import { splitAt, subtreeHash, type TreeNodes } from './subtree.js';

/**
 * The proof that a leaf is in a tree: the hashes beside its path, from the leaf's sibling up.
 *
 * O(log² n) nodes are asked for, O(log n) hashes are held.
 *
 * Source: RFC 9162, section 2.1.3.1.
 */
export async function inclusionProof(nodes: TreeNodes, index: number, size: number): Promise<Uint8Array[]> {
  if (index < 0 || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const proof: Uint8Array[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitAt(end - begin);
    if (index < middle) {
      proof.push(await subtreeHash(nodes, middle, end));
      end = middle;
    } else {
      proof.push(await subtreeHash(nodes, begin, middle));
      begin = middle;
    }
  }
  return proof.reverse();
}

/**
 * The root that a leaf and its proof lead to; undefined when the proof has not the length that this place in the tree
 * needs. Who asks compares it with a root that is trusted.
 *
 * Source: RFC 9162, section 2.1.3.2.
 */
export function rootOfInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0 || index >= size) return undefined;
  const sides: ('left' | 'right')[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitAt(end - begin);
    if (index < middle) {
      sides.push('right');
      end = middle;
    } else {
      sides.push('left');
      begin = middle;
    }
  }
  if (sides.length !== proof.length) return undefined;
  return proof.reduce(
    (hash, sibling, step) =>
      sides[sides.length - 1 - step] === 'left' ? nodeHash(sibling, hash) : nodeHash(hash, sibling),
    leaf,
  );
}
