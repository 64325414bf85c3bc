import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Problem } from '../base/problem.js';
import { AwsError } from './aws-error.js';
import { BODY_BYTES_MAX, parseQueryString, tooLarge, type WireRequest, type WireResponse } from './protocols/wire.js';

/** What answers the AWS API: a twin, or something that looks like one. */
export interface Answerer {
  handle(request: WireRequest, signature: 'verified'): Promise<WireResponse>;
  /** What signatures are held against. */
  readonly now: Date;
}

/** A twin reachable over HTTP. */
export interface OpenDoor {
  readonly url: string;
  /** Lets the calls under way end, then takes no more. */
  close(): Promise<void>;
}

/** How long an idle connection is kept, and how long a request may take to arrive. */
const KEEP_ALIVE_MS = 60_000;
const REQUEST_MS = 60_000;

/** How long calls under way may still take once the door is being closed. */
const CLOSE_GRACE_MS = 5_000;

/**
 * Serves a twin on this machine. Signatures are verified.
 *
 * @param port 0 takes any free port.
 * @throws Problem `port-in-use`, `port-refused` or `host-unknown`.
 */
export async function serve(
  twin: Answerer,
  options: { readonly port: number; readonly host?: string },
): Promise<OpenDoor> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer((request, response) => {
    answerOverHttp(twin, request, response, {
      beforeAnswer: () => {
        // A connection that only then falls idle would otherwise hold the door open.
        if (!server.listening) response.setHeader('connection', 'close');
      },
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = REQUEST_MS;
  const port = await listen(server, options.port, host);
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((done) => {
        const impatience = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
        server.close(() => {
          clearTimeout(impatience);
          done();
        });
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenProblem(error, port, host));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function listenProblem(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const exit = 'badConfiguration';
  switch (error.code) {
    case 'EADDRINUSE': {
      const next = 'choose another with --port, or stop what listens there';
      return new Problem('port-in-use', `port \`${port}\` is in use`, { next, exit });
    }
    case 'EACCES': {
      const next = 'choose a port above 1023 with --port';
      return new Problem('port-refused', `this user may not listen on port \`${port}\``, { next, exit });
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Problem('host-unknown', `\`${host}\` is not an address of this machine`, {
        next: 'use 127.0.0.1',
        exit,
      });
    default:
      return error;
  }
}

/** Answers one request; never throws. A signature must be there and fit. */
export function answerOverHttp(
  answerer: Answerer,
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly beforeAnswer?: () => void; readonly bodyBytesMax?: number } = {},
): void {
  answer(answerer, request, options.bodyBytesMax ?? BODY_BYTES_MAX)
    .catch((error: unknown) => unreadable(error))
    .then((wire) => {
      options.beforeAnswer?.();
      send(answerer, request, response, wire);
    })
    .catch(() => response.destroy());
}

async function answer(answerer: Answerer, request: IncomingMessage, bodyBytesMax: number): Promise<WireResponse> {
  const wire = withoutBody(request);
  return answerer.handle({ ...wire, body: await readBody(request, bodyBytesMax) }, 'verified');
}

/** A request's head, before any of its body is read. */
export function withoutBody(request: IncomingMessage): WireRequest {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const host = headers['host'] ?? '';
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: parseQueryString(mark < 0 ? '' : url.slice(mark + 1)),
    headers,
    host,
    body: new Uint8Array(),
    endpoint: `http://${host}`,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
  };
}

/** Reads a body up to the limit. What comes after it is left unread: the connection ends with the answer. */
function readBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
      reject(tooLarge(bytesMax));
      return;
    }
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) {
        request.pause();
        reject(tooLarge(bytesMax));
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

/** A request that could not even be read: its protocol is not known yet. */
function unreadable(error: unknown): WireResponse {
  const known = error instanceof AwsError;
  const type = known ? error.code : 'InternalFailure';
  const message = known ? error.message : 'The request could not be read';
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type, connection: 'close' };
  return { status: known ? (error.status ?? 400) : 500, headers, body: JSON.stringify({ __type: type, message }) };
}

function send(answerer: Answerer, request: IncomingMessage, response: ServerResponse, wire: WireResponse): void {
  const { status, body } = wire;
  // Clients measure their clock's skew by this header: it tells the twin's time, which signatures are held against.
  const headers = { ...wire.headers, date: answerer.now.toUTCString() };
  if (request.method === 'HEAD' || status === 204 || status === 304) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...headers, 'content-length': bytes.byteLength }).end(bytes);
}
