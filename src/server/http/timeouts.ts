import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const HEADERS_MS = 20_000;
/** 26 MB over a slow line. */
const REQUEST_MS = 120_000;
/** Longer than the 60 seconds of load balancers: they must be the ones that close. */
const KEEP_ALIVE_MS = 72_000;
const TOO_LATE = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

const limits = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * How long clients may take: a server of a server factory of Fastify's gets no times from it. Node's own limit of a whole
 * request knows no exception, and there is one: a route that takes a stream.
 */
export function withTimeouts(server: Server, requestMs = REQUEST_MS): Server {
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.prependListener('request', (request, response) => limit(request, response, requestMs));
  return server;
}

/** A request is read as long as it comes: who reads it looks to it that it does. */
export function takesItsTime(request: IncomingMessage): void {
  clearTimeout(limits.get(request));
}

function limit(request: IncomingMessage, response: ServerResponse, requestMs: number): void {
  const { socket } = request;
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) socket.destroy();
    else socket.end(TOO_LATE, () => socket.destroy());
  }, requestMs);
  limits.set(request, timer);
  response.once('close', () => clearTimeout(timer));
}
