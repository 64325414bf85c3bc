import { nodeHash } from './hashing.js';
import { splitAt, subtreeHash, type TreeNodes } from './subtree.js';

/**
 * The proof that a tree of `size` leaves only added to one of `oldSize`.
 *
 * Source: RFC 9162, section 2.1.4.1.
 */
export async function consistencyProof(nodes: TreeNodes, oldSize: number, size: number): Promise<Uint8Array[]> {
  if (oldSize > size) throw new RangeError(`a tree of ${size} cannot have grown from one of ${oldSize}`);
  if (oldSize === 0 || oldSize === size) return [];
  const proof: Uint8Array[] = [];
  let [begin, end] = [0, size];
  while (oldSize !== end) {
    const middle = begin + splitAt(end - begin);
    if (oldSize <= middle) {
      proof.push(await subtreeHash(nodes, middle, end));
      end = middle;
    } else {
      proof.push(await subtreeHash(nodes, begin, middle));
      begin = middle;
    }
  }
  // The old tree is known to who asks only when it is a subtree of the new one; else its last part is told first.
  if (begin > 0) proof.push(await subtreeHash(nodes, begin, end));
  return proof.reverse();
}

/**
 * Whether a proof shows that the new tree begins with all of the old one.
 *
 * Source: RFC 9162, section 2.1.4.2.
 */
export function isConsistent(
  old: { readonly size: number; readonly root: Uint8Array },
  now: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (old.size > now.size) return false;
  if (old.size === now.size) return proof.length === 0 && same(old.root, now.root);
  if (old.size === 0) return proof.length === 0;
  const path = isPowerOfTwo(old.size) ? [old.root, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let [oldIndex, newIndex] = [old.size - 1, now.size - 1];
  while (isOdd(oldIndex)) [oldIndex, newIndex] = [half(oldIndex), half(newIndex)];
  let [oldHash, newHash] = [first, first];
  for (const sibling of rest) {
    if (newIndex === 0) return false;
    if (isOdd(oldIndex) || oldIndex === newIndex) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (!isOdd(oldIndex) && oldIndex !== 0) [oldIndex, newIndex] = [half(oldIndex), half(newIndex)];
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [oldIndex, newIndex] = [half(oldIndex), half(newIndex)];
  }
  return newIndex === 0 && same(oldHash, old.root) && same(newHash, now.root);
}

const isOdd = (index: number) => index % 2 === 1;
const half = (index: number) => Math.floor(index / 2);
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const isPowerOfTwo = (size: number) => size === 1 || splitAt(size) * 2 === size;
