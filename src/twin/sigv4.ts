import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CredentialScope } from './credential-scope.js';
import { readChunks } from './protocols/aws-chunked.js';
import type { WireRequest } from './protocols/wire.js';

/** AWS accepts signatures that are this much older or newer than its clock, and presigned URLs for this long. */
const SKEW_MS = 15 * 60 * 1000;
const PRESIGNED_SECONDS_MAX = 7 * 24 * 3600;

/** What is wrong with a signature, or nothing. */
export type SignatureVerdict = 'valid' | 'mismatch' | 'old' | 'early' | 'expired' | 'badExpiry' | 'bodyMismatch';

/**
 * Verifies AWS Signature Version 4: in headers, presigned, and of each chunk of a streamed upload.
 *
 * Source: IAM user guide, "Create a signed AWS API request"; S3 API reference, "Transferring payload in multiple
 * chunks".
 *
 * @param now the twin's clock.
 */
export function verifySignature(
  request: WireRequest,
  scope: CredentialScope,
  secretAccessKey: string,
  now: Date,
): SignatureVerdict {
  const stamp = stampOf(request, scope);
  const signedAt = parseStamp(stamp);
  const signedHeaders = scope.signedHeaders.split(';');
  if (signedAt === undefined || !stamp.startsWith(scope.date) || !signedHeaders.includes('host')) return 'mismatch';
  const ageMs = now.getTime() - signedAt;
  if (ageMs < -SKEW_MS) return 'early';
  if (scope.presigned) {
    const lifetime = Number(request.query['X-Amz-Expires'] ?? 'none');
    if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > PRESIGNED_SECONDS_MAX) return 'badExpiry';
    if (ageMs > lifetime * 1000) return 'expired';
  } else if (ageMs > SKEW_MS) return 'old';
  const hash = payloadHash(request, scope);
  const seal = new Seal(secretAccessKey, scope, stamp);
  const wanted = seal.sign('AWS4-HMAC-SHA256', [hexHash(canonicalRequest(request, scope, signedHeaders, hash))]);
  if (!isSame(scope.signature, wanted)) return 'mismatch';
  if (/^[0-9a-f]{64}$/.test(hash) && hash !== hexHash(request.body)) return 'bodyMismatch';
  return hash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD') ? verifyChunks(request, seal, wanted) : 'valid';
}

/** When a request says that it was signed: `20260301T000000Z`. */
export function stampOf({ query, headers }: WireRequest, { presigned }: CredentialScope): string {
  return presigned ? String(query['X-Amz-Date']) : (headers['x-amz-date'] ?? '');
}

/** The payload as the client signed it. Only S3 lets it be left unsigned. */
function payloadHash({ headers, query, body }: WireRequest, { service, presigned }: CredentialScope): string {
  const isS3 = service.startsWith('s3');
  if (presigned && isS3) return String(query['X-Amz-Content-Sha256'] ?? 'UNSIGNED-PAYLOAD');
  const stated = headers['x-amz-content-sha256'];
  return stated !== undefined && (isS3 || /^[0-9a-f]{64}$/.test(stated)) ? stated : hexHash(body);
}

/** Each chunk's signature covers the one before it, the first that of the headers; trailers are signed last. */
function verifyChunks(request: WireRequest, seal: Seal, seed: Buffer): SignatureVerdict {
  const { chunks, trailers } = readChunks(request.body);
  let previous = seed.toString('hex');
  for (const { bytes, signature } of chunks) {
    const wanted = seal.sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, EMPTY_HASH, hexHash(bytes)]);
    if (!isSame(signature ?? '', wanted)) return 'mismatch';
    previous = wanted.toString('hex');
  }
  if (!request.headers['x-amz-content-sha256']?.endsWith('-TRAILER')) return 'valid';
  const signature = trailers.find(([name]) => name === 'x-amz-trailer-signature')?.[1] ?? '';
  const signed = trailers.filter(([name]) => name !== 'x-amz-trailer-signature');
  const text = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  return isSame(signature, seal.sign('AWS4-HMAC-SHA256-TRAILER', [previous, hexHash(text)])) ? 'valid' : 'mismatch';
}

function canonicalRequest(
  request: WireRequest,
  { service, signedHeaders }: CredentialScope,
  names: readonly string[],
  hash: string,
): string {
  const headers = names.map((name) => {
    const value = name === 'host' ? request.host : (request.headers[name] ?? '');
    return `${name}:${value.trim().replace(/\s+/g, ' ')}\n`;
  });
  return [
    request.method,
    canonicalPath(request.path, service),
    canonicalQuery(request.query),
    headers.join(''),
    signedHeaders,
    hash,
  ].join('\n');
}

/** Every service but S3 signs the path encoded twice. */
function canonicalPath(path: string, service: string): string {
  return service.startsWith('s3') ? path : path.split('/').map(encodeStrictly).join('/');
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

/** The text of a signature time as milliseconds; `undefined` when it is not one. */
export function parseStamp(stamp: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

/** Signs what one request has to sign: the same key, time and scope in each text. */
class Seal {
  private readonly key: Buffer;
  private readonly stamp: string;
  private readonly place: string;

  constructor(secret: string, scope: CredentialScope, stamp: string) {
    this.key = signingKey(secret, scope);
    this.stamp = stamp;
    this.place = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  }

  sign(algorithm: string, lines: readonly string[]): Buffer {
    return hmac(this.key, [algorithm, this.stamp, this.place, ...lines].join('\n'));
  }
}

function isSame(hex: string, wanted: Buffer): boolean {
  const given = Buffer.from(hex, 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function hexHash(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

const EMPTY_HASH = hexHash('');

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
