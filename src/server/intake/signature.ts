import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a webhook's clock may be from ours. */
export const SKEW_MS = 5 * 60 * 1000;

export const HEADERS = {
  timestamp: 'x-hikeshi-timestamp',
  nonce: 'x-hikeshi-nonce',
  signature: 'x-hikeshi-signature',
} as const;

/** What a webhook says of its signature. */
export interface SignedParts {
  /** Seconds since 1970. */
  readonly timestamp: string;
  /** 16 to 128 letters, digits, `-` and `_`, never the same twice. */
  readonly nonce: string;
}

/** `v1=` and the HMAC-SHA-256, in hexadecimal, of `TIMESTAMP.NONCE.BODY`. */
export function webhookSignature(secret: string, { timestamp, nonce }: SignedParts, body: Uint8Array): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${nonce}.`).update(body).digest('hex')}`;
}

export type SignatureProblem = 'unsigned' | 'stale' | 'signature';

/** What is wrong with a webhook's signature, or nothing. Whether its nonce is new is for the caller to see. */
export function checkSignature(
  headers: Readonly<Record<string, unknown>>,
  secret: string,
  body: Uint8Array,
  now: Date,
): SignedParts | SignatureProblem {
  const [timestamp, nonce, signature] = [
    headers[HEADERS.timestamp],
    headers[HEADERS.nonce],
    headers[HEADERS.signature],
  ];
  if (typeof timestamp !== 'string' || typeof nonce !== 'string' || typeof signature !== 'string') return 'unsigned';
  if (!/^\d{1,12}$/.test(timestamp) || !/^[A-Za-z0-9_-]{16,128}$/.test(nonce)) return 'unsigned';
  const wanted = Buffer.from(webhookSignature(secret, { timestamp, nonce }, body));
  const given = Buffer.from(signature);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'signature';
  if (Math.abs(Number(timestamp) * 1000 - now.getTime()) > SKEW_MS) return 'stale';
  return { timestamp, nonce };
}
