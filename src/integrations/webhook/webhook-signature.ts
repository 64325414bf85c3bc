import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header that carries time, nonce and signature: `t=1767225600,n=…,v1=…`. */
export const SIGNATURE_HEADER = 'hikeshi-signature';

/** How far a signature's time may be from ours, both ways. */
export const SIGNATURE_SECONDS_MAX = 300;

/** The shortest secret that is taken: 128 bits in base64. */
export const SECRET_LENGTH_MIN = 22;

/**
 * The signature of a body: HMAC-SHA256 over `t.n.body`, so that neither time, nonce nor body can be exchanged. The scheme is
 * the one that payment and chat services use for their webhooks, with a nonce so that a receiver can refuse what it has seen.
 *
 * @param nonce used once: a delivery's id.
 */
export function signWebhook(secret: string, body: string, at: Date, nonce: string): string {
  const t = Math.floor(at.getTime() / 1000);
  return `t=${t},n=${nonce},v1=${mac(secret, t, nonce, body).toString('hex')}`;
}

export type SignatureVerdict =
  /** `nonce` must not have been seen within `SIGNATURE_SECONDS_MAX` of now: the caller keeps them. */
  | { readonly signed: true; readonly nonce: string; readonly at: Date }
  | {
      readonly signed: false;
      readonly why: 'no signature' | 'malformed signature' | 'wrong signature' | 'stale signature';
    };

/** Whether a header signs this body with this secret, now. Takes the same time whichever byte is wrong. */
export function verifyWebhook(secret: string, body: string, header: string | undefined, now: Date): SignatureVerdict {
  if (header === undefined || header === '') return { signed: false, why: 'no signature' };
  const parts = /^t=(\d{1,12}),n=([A-Za-z0-9_-]{8,128}),v1=([0-9a-f]{64})$/.exec(header);
  const [, seconds, nonce, given] = parts ?? [];
  if (seconds === undefined || nonce === undefined || given === undefined)
    return { signed: false, why: 'malformed signature' };
  const t = Number(seconds);
  if (!timingSafeEqual(mac(secret, t, nonce, body), Buffer.from(given, 'hex')))
    return { signed: false, why: 'wrong signature' };
  if (Math.abs(now.getTime() / 1000 - t) > SIGNATURE_SECONDS_MAX) return { signed: false, why: 'stale signature' };
  return { signed: true, nonce, at: new Date(t * 1000) };
}

function mac(secret: string, t: number, nonce: string, body: string): Buffer {
  return createHmac('sha256', secret).update(`${t}.${nonce}.${body}`).digest();
}
