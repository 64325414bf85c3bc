import type { Server } from 'node:http';

const HEADERS_MS = 20_000;
/** 26 MB over a slow line. */
const REQUEST_MS = 120_000;
/** Longer than the 60 seconds of load balancers: they must be the ones that close. */
const KEEP_ALIVE_MS = 72_000;

/** How long clients may take: a server of a server factory of Fastify's gets no times from it. */
export function withTimeouts(server: Server): Server {
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}
