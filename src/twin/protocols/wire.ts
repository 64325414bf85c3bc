import { gunzipSync } from 'node:zlib';
import { AwsError } from '../aws-error.js';

/** A request as it came in, whichever door it came through. Header names are lower case. */
export interface WireRequest {
  readonly method: string;
  /** The path as sent, still percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
  /** The body after content encodings are undone. */
  readonly body: Uint8Array;
  /** `http://host:port` when it came over HTTP. */
  readonly endpoint?: string;
  readonly sourceIp?: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The largest body that is accepted, before and after decompression. */
export const BODY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Undoes gzip (the SDK's request compression) and aws-chunked (S3's streaming uploads with trailers). The signature is
 * over headers, so it is checked on what was sent, not on this.
 */
export function decodeBody(headers: Readonly<Record<string, string>>, body: Uint8Array): Uint8Array {
  const encoding = headers['content-encoding'] ?? '';
  if (encoding.includes('aws-chunked') || headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true) {
    return joinChunks(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  }
  if (encoding !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: BODY_BYTES_MAX });
  } catch {
    throw new AwsError('InvalidRequest', 'The request body could not be decompressed', { status: 400 });
  }
}

/** `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n` … `0\r\n<trailers>`. */
function joinChunks(body: Buffer): Uint8Array {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf('\r\n', at);
    if (lineEnd < 0) break;
    const length = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (!(length > 0)) break;
    if (lineEnd + 2 + length > body.length) {
      throw new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the chunk header', {
        status: 400,
      });
    }
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
  return Buffer.concat(chunks);
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
