import { request as httpRequest, type ClientRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { connect, type TLSSocket } from 'node:tls';
import { createHash } from 'node:crypto';

const ANSWER_MS_MAX = 120_000;
/** A hub that works on what came lets its sender wait, and others before it. */
const STREAM_MS_MAX = 900_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** What a hub answered. */
export interface HubAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A body that is sent as it is read. */
export interface StreamOut {
  readonly type: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface HubCall {
  readonly method: string;
  readonly token: string;
  readonly body: string | StreamOut | undefined;
  /** SHA-256, in hexadecimal, of the certificate that the hub must have; by its name and authority unless told. */
  readonly certificate: string | undefined;
}

/**
 * One call. Redirects are not followed: a token is for this hub and for nobody it points to. `fetch` would do, but that it
 * cannot be told which certificate to take; the hub on this machine has one that is for another name.
 */
export async function exchange(url: URL, { method, token, body, certificate }: HubCall): Promise<HubAnswer> {
  const socket = certificate === undefined ? undefined : await pinned(url, certificate);
  const options: RequestOptions = {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...headersOf(body),
    },
    timeout: typeof body === 'object' ? STREAM_MS_MAX : ANSWER_MS_MAX,
    // An agent would make a connection of its own.
    ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
  };
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((done, failed) => {
    const request = send(url, options, (answer) => {
      done({ status: answer.statusCode ?? 0, body: answer as AsyncIterable<Uint8Array> });
    });
    request.once('timeout', () => request.destroy(new Error('the hub did not answer in time')));
    request.on('error', failed);
    if (typeof body !== 'object') request.end(body);
    else sendStream(request, body.chunks).catch(failed);
  });
}

function headersOf(body: HubCall['body']): Readonly<Record<string, string | number>> {
  if (body === undefined) return {};
  // A hub that closes after its answer takes the answer of a refusal along, while there is still something sent to it.
  if (typeof body === 'object') return { 'content-type': body.type, connection: 'keep-alive' };
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
}

/** Sends until the hub answers: one that refuses does so before it has all. */
async function sendStream(request: ClientRequest, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  request.once('response', (answer) => {
    answer.once('close', () => {
      if (!request.writableFinished) request.destroy();
    });
  });
  await pipeline(chunks, request);
}

export async function jsonOf({ body }: HubAnswer): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

/**
 * A connection to whoever holds the key of one certificate. The handshake proves that they hold it, whoever vouches for it;
 * nothing is sent before it is compared.
 */
function pinned({ hostname, port }: URL, certificate: string): Promise<TLSSocket> {
  return new Promise((done, failed) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, minVersion: 'TLSv1.2' });
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      const raw = socket.getPeerX509Certificate()?.raw;
      if (raw !== undefined && createHash('sha256').update(raw).digest('hex') === certificate) {
        done(socket);
        return;
      }
      socket.destroy();
      failed(new Error('another certificate than that of the hub on this machine'));
    });
  });
}
