import type { FastifyInstance } from 'fastify';

export const TRACES_VARIABLE = 'OTEL_EXPORTER_OTLP_ENDPOINT';

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
  if ((environment[TRACES_VARIABLE] ?? '') === '') return () => Promise.resolve();
  const [{ SpanKind, SpanStatusCode, propagation, ROOT_CONTEXT, defaultTextMapGetter }, sdk, { OTLPTraceExporter }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
  const provider = new sdk.NodeTracerProvider({
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const tracer = provider.getTracer('hikeshi');
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
