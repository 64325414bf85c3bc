import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CredentialScope } from './credential-scope.js';
import type { WireRequest } from './protocols/wire.js';

/** AWS accepts signatures that are this much older or newer than its clock. */
const SKEW_MS = 15 * 60 * 1000;

export type SignatureVerdict = 'valid' | 'mismatch' | 'skewed' | 'expired';

/**
 * Verifies AWS Signature Version 4, in headers or presigned.
 *
 * Source: IAM user guide, "Create a signed AWS API request". The payload hash is the one the client sent in
 * `x-amz-content-sha256`, else the hash of the body.
 *
 * @param now the twin's clock.
 */
export function verifySignature(
  request: WireRequest,
  scope: CredentialScope,
  secretAccessKey: string,
  rawBody: Uint8Array,
  now: Date,
): SignatureVerdict {
  const stamp = scope.presigned ? String(request.query['X-Amz-Date']) : (request.headers['x-amz-date'] ?? '');
  const signedAt = parseStamp(stamp);
  if (signedAt === undefined || !stamp.startsWith(scope.date)) return 'mismatch';
  const ageMs = now.getTime() - signedAt;
  if (scope.presigned && ageMs > Number(request.query['X-Amz-Expires'] ?? 0) * 1000) return 'expired';
  if (ageMs < -SKEW_MS || (!scope.presigned && ageMs > SKEW_MS)) return 'skewed';
  const place = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const canonical = canonicalRequest(request, scope, rawBody);
  const text = ['AWS4-HMAC-SHA256', stamp, place, hexHash(canonical)].join('\n');
  const wanted = hmac(signingKey(secretAccessKey, scope), text);
  const given = Buffer.from(scope.signature, 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? 'valid' : 'mismatch';
}

function canonicalRequest(request: WireRequest, scope: CredentialScope, rawBody: Uint8Array): string {
  const headers = scope.signedHeaders.split(';').map((name) => {
    const value = name === 'host' ? request.host : (request.headers[name] ?? '');
    return `${name}:${value.trim().replace(/\s+/g, ' ')}\n`;
  });
  const hash = scope.presigned ? 'UNSIGNED-PAYLOAD' : (request.headers['x-amz-content-sha256'] ?? hexHash(rawBody));
  return [
    request.method,
    canonicalPath(request.path, scope.service),
    canonicalQuery(request.query),
    headers.join(''),
    scope.signedHeaders,
    hash,
  ].join('\n');
}

/** Every service but S3 signs the path encoded twice. */
function canonicalPath(path: string, service: string): string {
  return service === 's3' ? path : path.split('/').map(encodeStrictly).join('/');
}

function canonicalQuery(query: WireRequest['query']): string {
  return Object.entries(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .flatMap(([name, value]) => [value].flat().map((item) => [encodeStrictly(name), encodeStrictly(item)] as const))
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** RFC 3986: `encodeURIComponent` leaves five characters that must be encoded too. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function parseStamp(stamp: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function hexHash(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Uint8Array | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Deriving a key takes four hashes and is the same all day: a few are kept. */
const KEYS_MAX = 500;
const keys = new Map<string, Buffer>();

function signingKey(secret: string, { date, region, service }: CredentialScope): Buffer {
  const name = `${secret}/${date}/${region}/${service}`;
  let key = keys.get(name);
  if (key === undefined) {
    key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(name, key);
  }
  return key;
}
