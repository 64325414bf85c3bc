import { Fields, itemsOf, Malformed, oidOf, tags, type Der } from './der.js';

/** An extension of a certificate or of a time stamp. */
export interface Extension {
  readonly oid: string;
  readonly isCritical: boolean;
  /** What it says, in DER. */
  readonly value: Buffer;
}

/** Reads a list of extensions. Source: RFC 5280, section 4.1, `Extensions`. @throws Malformed, also for one that is there twice. */
export function readExtensions(list: Der): Extension[] {
  const extensions = itemsOf(list).map((item) => {
    const fields = new Fields(item);
    const oid = oidOf(fields.take(tags.oid));
    const isCritical = fields.optional(tags.boolean)?.body.equals(Buffer.of(0xff)) ?? false;
    const value = fields.take(tags.octetString).body;
    fields.end();
    return { oid, isCritical, value };
  });
  if (new Set(extensions.map(({ oid }) => oid)).size < extensions.length) {
    throw new Malformed('an extension is there twice');
  }
  return extensions;
}
