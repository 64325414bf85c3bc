import { createHash } from 'node:crypto';
import { SHA256 } from './algorithms.js';
import { tags, writeDer, writeInteger, writeOid } from './der.js';

/** The media types of a request and of its answer (RFC 3161, section 3.4). */
export const REQUEST_TYPE = 'application/timestamp-query';
export const RESPONSE_TYPE = 'application/timestamp-reply';

const VERSION = 1n;

/**
 * Asks a time stamping authority to stamp bytes: their SHA-256, a nonce, and that the answer hold the certificate.
 *
 * Source: RFC 3161, section 2.4.1, `TimeStampReq`.
 * @param nonce random, so that no old answer can be given.
 */
export function timestampRequest(stamped: Uint8Array, nonce: bigint): Buffer {
  const algorithm = writeDer(tags.sequence, writeOid(SHA256), writeDer(tags.null));
  const digest = writeDer(tags.octetString, createHash('sha256').update(stamped).digest());
  return writeDer(
    tags.sequence,
    writeInteger(VERSION),
    writeDer(tags.sequence, algorithm, digest),
    writeInteger(nonce),
    writeDer(tags.boolean, Buffer.of(0xff)),
  );
}
