import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Problem } from '../base/problem.js';
import { AwsError } from './aws-error.js';
import { BODY_BYTES_MAX, decodeBody, parseQueryString, type WireRequest, type WireResponse } from './protocols/wire.js';
import type { Twin } from './twin.js';

/** A twin reachable over HTTP. */
export interface OpenDoor {
  readonly url: string;
  close(): Promise<void>;
}

/** How long an idle connection is kept, and how long a request may take to arrive. */
const KEEP_ALIVE_MS = 60_000;
const REQUEST_MS = 60_000;

/**
 * Serves a twin on this machine. Signatures are verified.
 *
 * @param port 0 takes any free port.
 * @throws Problem `port-in-use`.
 */
export async function serve(twin: Twin, options: { readonly port: number; readonly host?: string }): Promise<OpenDoor> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer((request, response) => {
    answer(twin, request)
      .catch((error: unknown) => badRequest(error))
      .then((wire) => send(response, request.method ?? 'GET', wire))
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = REQUEST_MS;
  const port = await listen(server, options.port, host);
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const next = 'choose another with --port, or stop what listens there';
      reject(
        error.code === 'EADDRINUSE'
          ? new Problem('port-in-use', `port \`${port}\` is in use`, { next, exit: 'badConfiguration' })
          : error,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function answer(twin: Twin, request: IncomingMessage): Promise<WireResponse> {
  const rawBody = await readBody(request);
  const [path = '/', ...search] = (request.url ?? '/').split('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const host = headers['host'] ?? '';
  const wire: WireRequest = {
    method: request.method ?? 'GET',
    path,
    query: parseQueryString(search.join('?')),
    headers,
    host,
    body: decodeBody(headers, rawBody),
    endpoint: `http://${host}`,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
  };
  return twin.handle(wire, rawBody);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) {
      throw new AwsError('RequestEntityTooLarge', 'The request body is larger than the twin accepts', { status: 413 });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function badRequest(error: unknown): WireResponse {
  const known = error instanceof AwsError;
  const body = JSON.stringify({
    __type: known ? error.code : 'InternalFailure',
    message: known ? error.message : 'The request could not be read',
  });
  return { status: known ? (error.status ?? 400) : 400, headers: { 'content-type': 'application/json' }, body };
}

function send(response: ServerResponse, method: string, { status, headers, body }: WireResponse): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (method === 'HEAD') {
    response.writeHead(status, { ...headers }).end();
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': bytes.byteLength }).end(bytes);
}
