import { createHash } from 'node:crypto';
import { SHA256 } from './algorithms.js';
import { isValidAt, readCertificate, subjectOf, whyNoAuthority, type Certificate } from './certificate.js';
import { leadsTo } from './chain.js';
import { Malformed } from './der.js';
import { readResponse } from './response.js';
import { readSignedData } from './signed-data.js';
import { readTstInfo } from './tst-info.js';

/** What an authority's answer is found to be. */
export type TimestampCheck =
  | {
      readonly kind: 'good';
      readonly time: Date;
      /** The subject of the certificate that signed. */
      readonly by: string;
      /** Whether that certificate leads to a trusted one. False when none were given: then anybody can have signed. */
      readonly trusted: boolean;
    }
  /** A sentence without a full stop. */
  | { readonly kind: 'bad'; readonly text: string };

export interface TimestampCheckOptions {
  /** Certificates in DER: of authorities or of those above them. With none, the certificate is not checked. */
  readonly trusted?: readonly Buffer[];
  /** The nonce of the request. Absent when an answer that was stored is checked. */
  readonly nonce?: bigint;
}

/**
 * Checks an authority's answer: that it stamps these bytes, and is signed as it must be.
 *
 * Source: RFC 3161, sections 2.2 to 2.4.
 */
export function checkTimestamp(
  answer: Uint8Array,
  stamped: Uint8Array,
  options: TimestampCheckOptions = {},
): TimestampCheck {
  try {
    return check(answer, stamped, options);
  } catch (error) {
    if (error instanceof Malformed) return bad(error.message);
    throw error;
  }
}

const bad = (text: string) => ({ kind: 'bad', text }) as const;

function check(
  answer: Uint8Array,
  stamped: Uint8Array,
  { trusted = [], nonce }: TimestampCheckOptions,
): TimestampCheck {
  const response = readResponse(answer);
  if (response.kind === 'refused') return bad(`the authority stamped nothing; it says: ${response.text}`);
  const { content, signer, others } = readSignedData(response.token);
  const info = readTstInfo(content);
  const digest = createHash('sha256').update(stamped).digest();
  if (info.imprint.algorithm !== SHA256 || !info.imprint.digest.equals(digest)) {
    return bad('it is the time stamp of something else');
  }
  if (nonce !== undefined && info.nonce !== nonce) return bad('it answers another request: its nonce is another');
  const unfit = whyNoAuthority(signer);
  if (unfit !== undefined) return bad(unfit);
  const by = subjectOf(signer);
  if (!isValidAt(signer, info.time))
    return bad(`the certificate of \`${by}\` was not valid at ${info.time.toISOString()}`);
  if (trusted.length > 0 && !isTrusted(signer, trusted, others, info.time)) {
    return bad(`the certificate of \`${by}\` does not lead to a trusted one`);
  }
  return { kind: 'good', time: info.time, by, trusted: trusted.length > 0 };
}

const isTrusted = (signer: Certificate, trusted: readonly Buffer[], others: readonly Certificate[], time: Date) =>
  leadsTo(signer, trusted.map(readCertificate), others, time);
