import { readExtensions } from './extensions.js';
import { contextTag, Fields, integerOf, oidOf, readDer, tags, timeOf, Malformed } from './der.js';

/** What an authority signs: that these bytes existed at this time. */
export interface TstInfo {
  /** The hash algorithm's object identifier, and the hash. */
  readonly imprint: { readonly algorithm: string; readonly digest: Buffer };
  readonly time: Date;
  readonly nonce: bigint | undefined;
}

/**
 * Reads what is signed. The accuracy, the order, the policy and the authority's own name for itself are read over: who
 * signed is told by the certificate.
 *
 * Source: RFC 3161, section 2.4.2, `TSTInfo`.
 * @throws Malformed.
 */
export function readTstInfo(bytes: Uint8Array): TstInfo {
  const fields = new Fields(readDer(bytes));
  if (integerOf(fields.take(tags.integer)) !== 1n) throw new Malformed('what is signed is not of version 1');
  oidOf(fields.take(tags.oid));
  const imprint = new Fields(fields.take(tags.sequence));
  const algorithm = oidOf(new Fields(imprint.take(tags.sequence)).take(tags.oid));
  const digest = imprint.take(tags.octetString).body;
  imprint.end();
  integerOf(fields.take(tags.integer));
  const time = timeOf(fields.take(tags.generalizedTime));
  fields.optional(tags.sequence);
  fields.optional(tags.boolean);
  const nonce = fields.optional(tags.integer);
  fields.optional(contextTag(0));
  const extensions = fields.optional(contextTag(1));
  fields.end();
  // Qualified authorities add a statement that is not critical (ETSI EN 319 422); what is critical must be understood.
  const critical =
    extensions === undefined ? undefined : readExtensions(extensions).find(({ isCritical }) => isCritical);
  if (critical !== undefined) throw new Malformed(`its critical extension \`${critical.oid}\` is unknown`);
  return { imprint: { algorithm, digest }, time, nonce: nonce === undefined ? undefined : integerOf(nonce) };
}
