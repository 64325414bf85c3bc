import { gunzipSync } from 'node:zlib';
import { AwsError } from '../aws-error.js';
import { isChunked, joinChunks } from './aws-chunked.js';

/** A request as it came in, whichever door it came through. Header names are lower case. */
export interface WireRequest {
  readonly method: string;
  /** The path as sent, still percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
  /** The body as sent; the twin undoes its encodings. */
  readonly body: Uint8Array;
  /** `http://host:port` when it came over HTTP. */
  readonly endpoint?: string;
  readonly sourceIp?: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The body is an operation's streaming member: clients expect to read it piece by piece. */
  readonly streamed?: boolean;
}

/** The largest body that is accepted, before and after decompression. */
export const BODY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * A request with the encodings of its body undone: gzip, which is the SDK's request compression, and S3's aws-chunked.
 * What S3 stores as gzip stays gzip.
 */
export function decodedRequest(request: WireRequest, isS3: boolean): WireRequest {
  const { headers, body } = request;
  if (isS3) return isChunked(headers) ? { ...request, body: joinChunks(headers, body) } : request;
  return headers['content-encoding'] === 'gzip' ? { ...request, body: unzip(body) } : request;
}

function unzip(body: Uint8Array): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: BODY_BYTES_MAX });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new AwsError('InvalidRequest', 'The request body could not be decompressed', { status: 400 });
  }
}

/** The error for a body above the limit. */
export function tooLarge(bytesMax = BODY_BYTES_MAX): AwsError {
  return new AwsError('RequestEntityTooLarge', `The request is larger than ${bytesMax} bytes`, { status: 413 });
}

/** Splits a query string; a repeated name keeps all its values. */
export function parseQueryString(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodePart(pair.slice(equals + 1));
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  return query;
}

/** Percent-decoding that answers AWS's error instead of throwing URIError. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", { status: 400 });
  }
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
