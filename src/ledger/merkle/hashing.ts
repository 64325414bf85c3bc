import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
/** One pair of hashes with its prefix. This file is synchronous, so one buffer serves all calls. */
const pair = Buffer.alloc(1 + 2 * HASH_BYTES);
pair[0] = NODE_PREFIX;

/**
 * SHA-256 into a place. Node hands text over three times as fast as a new buffer, so the digest comes as Latin-1 and is
 * written where it belongs.
 */
function hashInto(target: Buffer, offset: number, bytes: Uint8Array): void {
  target.write(hash('sha256', bytes, 'binary'), offset, 'latin1');
}

/** The root of a tree without leaves: the hash of nothing (RFC 6962, section 2.1). */
export function emptyRoot(): Buffer {
  return hash('sha256', Buffer.alloc(0), 'buffer');
}

/** The hash of one entry: `SHA-256(0x00 ‖ entry)` (RFC 6962, section 2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  const prefixed = Buffer.allocUnsafe(1 + entry.length);
  prefixed[0] = LEAF_PREFIX;
  prefixed.set(entry, 1);
  return hash('sha256', prefixed, 'buffer');
}

/**
 * The same without a copy, for many: the entry lies in `bytes` from `start` to `end`, and the byte before it is no
 * longer needed and is overwritten.
 */
export function leafHashInto(target: Buffer, offset: number, bytes: Buffer, start: number, end: number): void {
  bytes[start - 1] = LEAF_PREFIX;
  hashInto(target, offset, bytes.subarray(start - 1, end));
}

/** The hash of two subtrees: `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962, section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return hash('sha256', pair, 'buffer');
}

/** Hashes neighbours in pairs: `count` hashes become half as many, written over the first of them. */
export function foldPairs(hashes: Buffer, count: number): void {
  for (let index = 0; index < count / 2; index++) {
    hashes.copy(pair, 1, index * 2 * HASH_BYTES, (index + 1) * 2 * HASH_BYTES);
    hashInto(hashes, index * HASH_BYTES, pair);
  }
}

/** The root of a complete subtree from its 2^k leaves. The hashes given are not changed. */
export function completeRoot(leaves: Uint8Array): Buffer {
  const hashes = Buffer.from(leaves);
  for (let count = leaves.length / HASH_BYTES; count > 1; count /= 2) foldPairs(hashes, count);
  return hashes.subarray(0, HASH_BYTES);
}
