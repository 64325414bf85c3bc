import type { IdGenerator } from '@opentelemetry/sdk-trace-node';
import type { FastifyInstance } from 'fastify';

export const TRACES_VARIABLE = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** What traces are made and sent with; loaded only where they are sent. */
export async function loadOpenTelemetry(idGenerator?: IdGenerator) {
  const [api, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const spanProcessors = [new sdk.BatchSpanProcessor(new OTLPTraceExporter())];
  const provider = new sdk.NodeTracerProvider({
    spanProcessors,
    ...(idGenerator === undefined ? {} : { idGenerator }),
  });
  return { api, provider, tracer: provider.getTracer('hikeshi') };
}

/** Whether traces are wanted, and where they go. */
export const isTraced = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  (environment[TRACES_VARIABLE] ?? '') !== '';

/** Ends the exporter: what is not sent yet is sent. */
export type EndTracing = () => Promise<void>;

/**
 * Traces of requests by OpenTelemetry, to where `OTEL_EXPORTER_OTLP_ENDPOINT` says. Off by default: without it the
 * libraries are not even loaded. Spans name routes, never what a caller sent.
 */
export async function traceRequests(
  app: FastifyInstance,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<EndTracing> {
  if (!isTraced(environment)) return () => Promise.resolve();
  const { api, provider, tracer } = await loadOpenTelemetry();
  const { SpanKind, SpanStatusCode, propagation, ROOT_CONTEXT, defaultTextMapGetter } = api;
  provider.register();
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
  return () => provider.shutdown();
}
