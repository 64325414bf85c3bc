import type { FastifyInstance } from 'fastify';
import type { Telemetry } from './telemetry.js';

/** Makes each request a span. Spans name routes, never what a caller sent. */
export function traceRequests(app: FastifyInstance, { api, tracer }: Telemetry): void {
  const { SpanKind, SpanStatusCode, propagation, ROOT_CONTEXT, defaultTextMapGetter } = api;
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const parent = propagation.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    reply.raw.once('close', () => {
      span.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    done();
  });
}
