import { HASH_BYTES, leafHashInto } from '../merkle/hashing.js';

/** The longest entry that a bundle holds: its length is a uint16. */
export const ENTRY_MAX_BYTES = 0xffff;
const LENGTH_BYTES = 2;

/**
 * Entries as one file: each after its length in two bytes, big-endian.
 *
 * Source: c2sp.org/tlog-tiles, "Log entries".
 * @throws RangeError for an entry of more than 65,535 bytes.
 */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > ENTRY_MAX_BYTES) throw new RangeError(`an entry of ${entry.length} bytes does not fit a bundle`);
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

/** The entries of a bundle; undefined when the lengths do not add up to the file. */
export function decodeBundle(bundle: Buffer): Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= bundle.length) {
    const end = at + LENGTH_BYTES + bundle.readUInt16BE(at);
    if (end > bundle.length) return undefined;
    entries.push(bundle.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return at === bundle.length ? entries : undefined;
}

/**
 * The leaf hashes of a bundle, one after the other; undefined as for `decodeBundle`. The bundle is not usable
 * afterwards: the hashing overwrites the lengths, which spares a copy of each entry.
 */
export function bundleLeaves(bundle: Buffer, width: number): Buffer | undefined {
  const leaves = Buffer.allocUnsafe(width * HASH_BYTES);
  let at = 0;
  for (let index = 0; index < width; index++) {
    if (at + LENGTH_BYTES > bundle.length) return undefined;
    const start = at + LENGTH_BYTES;
    const end = start + bundle.readUInt16BE(at);
    if (end > bundle.length) return undefined;
    leafHashInto(leaves, index * HASH_BYTES, bundle, start, end);
    at = end;
  }
  return at === bundle.length ? leaves : undefined;
}
