import { AwsError } from '../aws-error.js';

/** One chunk of an aws-chunked body. The last has no bytes. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** Of the chunk, when each is signed. */
  readonly signature: string | undefined;
}

/** An aws-chunked body taken apart. */
export interface ChunkedBody {
  readonly chunks: readonly Chunk[];
  /** The header lines after the last chunk (`x-amz-checksum-crc32:…`), in their order. */
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

type Headers = Readonly<Record<string, string>>;

/** Whether a body is sent in S3's chunks, each perhaps signed, perhaps with trailers. */
export function isChunked(headers: Headers): boolean {
  return (
    headers['content-encoding']?.includes('aws-chunked') === true ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true
  );
}

/** Chunk sizes are written in at most this many digits, and headers are lines of at most this length. */
const SIZE_DIGITS_MAX = 12;
const LINE_BYTES_MAX = 1024;

/**
 * `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n` … `0\r\n<trailers>\r\n`.
 *
 * Source: S3 API reference, "Signature calculations for the Authorization header: transferring payload in multiple
 * chunks". O(length).
 *
 * @throws AwsError `IncompleteBody` when chunks are cut short.
 */
export function readChunks(sent: Uint8Array): ChunkedBody {
  const body = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength);
  const chunks: Chunk[] = [];
  let at = 0;
  for (;;) {
    const line = lineAt(body, at);
    const header = line === undefined ? undefined : chunkHeader(line);
    if (line === undefined || header === undefined) throw incomplete();
    at += line.length + 2;
    const end = at + header.length;
    if (end > body.length) throw incomplete();
    chunks.push({ bytes: body.subarray(at, end), signature: header.signature });
    if (header.length === 0) return { chunks, trailers: trailersAt(body, at) };
    if (body.toString('latin1', end, end + 2) !== '\r\n') throw incomplete();
    at = end + 2;
  }
}

/** The bytes that the chunks carry. */
export function joinChunks(headers: Headers, body: Uint8Array): Uint8Array {
  const joined = Buffer.concat(readChunks(body).chunks.map(({ bytes }) => bytes));
  const promised = headers['x-amz-decoded-content-length'];
  if (promised !== undefined && Number(promised) !== joined.length) throw incomplete();
  return joined;
}

function lineAt(body: Buffer, at: number): string | undefined {
  const end = body.indexOf('\r\n', at);
  return end < 0 || end - at > LINE_BYTES_MAX ? undefined : body.toString('latin1', at, end);
}

function chunkHeader(line: string): { length: number; signature: string | undefined } | undefined {
  const match = /^([0-9a-fA-F]+)(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match === null || (match[1]?.length ?? 0) > SIZE_DIGITS_MAX) return undefined;
  return { length: Number.parseInt(match[1] ?? '', 16), signature: match[2] };
}

function trailersAt(body: Buffer, start: number): [string, string][] {
  const lines = body
    .toString('latin1', start)
    .split('\r\n')
    .filter((line) => line !== '');
  return lines.map((line) => {
    const colon = line.indexOf(':');
    if (colon < 0) throw incomplete();
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
}

function incomplete(): AwsError {
  const message = 'You did not provide the number of bytes specified by the Content-Length HTTP header';
  return new AwsError('IncompleteBody', message, { status: 400 });
}
