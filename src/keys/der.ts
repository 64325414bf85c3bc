/** The few tags of ASN.1 that key files use. */
export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
/** The context tag `[0]` over octets. */
export const TAGGED_0 = 0x80;

/** One element of DER. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content as they stand. */
  readonly whole: Buffer;
}

/** Writes an element. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

/**
 * Reads the elements that lie side by side. Strict: definite lengths in their shortest form, nothing left over. Up to
 * 65,535 bytes an element, which is more than KMS accepts.
 *
 * @returns undefined when it is not DER.
 */
export function elements(bytes: Uint8Array): readonly Element[] | undefined {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Element[] = [];
  let at = 0;
  while (at < input.length) {
    const tag = input[at] ?? 0;
    const header = lengthAt(input, at + 1);
    if (header === undefined) return undefined;
    const end = header.start + header.length;
    if (end > input.length) return undefined;
    found.push({ tag, content: input.subarray(header.start, end), whole: input.subarray(at, end) });
    at = end;
  }
  return found;
}

function lengthAt(input: Buffer, at: number): { start: number; length: number } | undefined {
  const first = input[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 1, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 2 || at + count >= input.length) return undefined;
  const length = input.readUIntBE(at + 1, count);
  if (length < 0x80 || (count === 2 && length < 0x100)) return undefined;
  return { start: at + 1 + count, length };
}
