import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { createHash } from 'node:crypto';

const ANSWER_MS_MAX = 120_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** What a hub answered. */
export interface HubAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface HubCall {
  readonly method: string;
  readonly token: string;
  readonly body: string | undefined;
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
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
    timeout: ANSWER_MS_MAX,
    // An agent would make a connection of its own.
    ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
  };
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((done, failed) => {
    const request = send(url, options, (answer) => {
      done({ status: answer.statusCode ?? 0, body: answer as AsyncIterable<Uint8Array> });
    });
    request.once('timeout', () => request.destroy(new Error('the hub did not answer in time')));
    request.once('error', failed);
    request.end(body);
  });
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
