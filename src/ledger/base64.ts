/**
 * Decodes standard base 64 (RFC 4648, section 4) and nothing else: no line breaks, no missing padding, no bits that do
 * not count. Node's own decoder takes all of these, so that one value would have many spellings.
 *
 * @returns undefined when the text is not base 64 in its one form.
 */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Standard base 64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
