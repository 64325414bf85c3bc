import { createHmac } from 'node:crypto';

/** A source of bytes: `count` of them. */
export type Bytes = (count: number) => Buffer;

/**
 * An endless stream of bytes that follows from a seed and a label, and tells nothing of the seed: HMAC-SHA-512 in
 * counter mode (NIST SP 800-108). The same seed and label always give the same stream.
 */
export function seededBytes(seed: Uint8Array, label: string): Bytes {
  let counter = 0;
  let rest: Buffer = Buffer.alloc(0);
  return (count) => {
    const parts = [rest];
    let have = rest.length;
    while (have < count) {
      const mac = createHmac('sha512', seed);
      const block = mac.update(`${counter}\0${label}`).digest();
      counter += 1;
      parts.push(block);
      have += block.length;
    }
    const all = Buffer.concat(parts);
    rest = all.subarray(count);
    return all.subarray(0, count);
  };
}
