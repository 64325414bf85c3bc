import { emptyRoot, nodeHash } from './hashing.js';

/**
 * Where the hashes of complete subtrees come from: the one at `index` among those of 2^`level` leaves, which covers the
 * leaves from `index · 2^level` on.
 */
export interface TreeNodes {
  node(level: number, index: number): Promise<Uint8Array>;
}

/** The largest power of two smaller than a number of leaves of at least two: where RFC 6962 splits a tree. */
export function splitAt(leaves: number): number {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
}

/**
 * The hash of the leaves from `begin` to before `end`, where `begin` is a multiple of the subtree's size, as in every
 * proof. O(log n) nodes are read.
 */
export async function subtreeHash(nodes: TreeNodes, begin: number, end: number): Promise<Uint8Array> {
  const leaves = end - begin;
  if (leaves === 0) return emptyRoot();
  if (isPowerOfTwo(leaves)) return nodes.node(Math.log2(leaves), begin / leaves);
  const middle = begin + splitAt(leaves);
  const left = await subtreeHash(nodes, begin, middle);
  return nodeHash(left, await subtreeHash(nodes, middle, end));
}

function isPowerOfTwo(leaves: number): boolean {
  return leaves === 1 || splitAt(leaves) * 2 === leaves;
}
