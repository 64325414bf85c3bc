import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterEach, expect, it, vi } from 'vitest';
import { traceRequests, TRACES_VARIABLE } from './tracing.js';

/** OTLP over HTTP in JSON. Source: OpenTelemetry protocol specification 1.x, "OTLP/HTTP"; `opentelemetry/proto/trace/v1/trace.proto`. */
interface ExportTraceRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
  }[];
}
interface Span {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

let collector: Server | undefined;

afterEach(() => {
  collector?.close();
  vi.unstubAllEnvs();
});

it('requests become spans that a collector is sent: named by route, never by what the caller sent', async () => {
  const received: { path: string | undefined; type: string | undefined; body: ExportTraceRequest }[] = [];
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as ExportTraceRequest;
      received.push({ path: request.url, type: request.headers['content-type'], body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => collector?.listen(0, '127.0.0.1', done));
  // The exporter reads the process's environment, as every OpenTelemetry exporter does.
  vi.stubEnv(TRACES_VARIABLE, `http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
  const app = Fastify();
  const end = await traceRequests(app, process.env);
  app.get('/findings/:id', () => ({ ok: true }));
  app.get('/broken', () => Promise.reject(new Error('password=hunter2')));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await fetch(`${address}/findings/secret-1?token=secret-2`, { headers: { traceparent, authorization: 'secret-3' } });
  await fetch(`${address}/broken`);
  await app.close();
  await end();
  expect(received.map(({ path, type }) => [path, type])).toEqual([['/v1/traces', 'application/json']]);
  const [scope] = received[0]?.body.resourceSpans[0]?.scopeSpans ?? [];
  expect(scope?.scope.name).toBe('hikeshi');
  const spans = (scope?.spans ?? []).map(({ name, kind, status, attributes }) => ({
    name,
    kind,
    status: status.code ?? 0,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
  }));
  const SERVER = 2;
  const ERROR = 2;
  const of = (route: string, status: number) => ({
    'http.request.method': 'GET',
    'http.route': route,
    'http.response.status_code': status,
  });
  expect(spans).toEqual([
    { name: 'GET /findings/:id', kind: SERVER, status: 0, attributes: of('/findings/:id', 200) },
    { name: 'GET /broken', kind: SERVER, status: ERROR, attributes: of('/broken', 500) },
  ]);
  const first = scope?.spans[0];
  expect([first?.traceId, first?.parentSpanId]).toEqual(['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']);
  expect(JSON.stringify(received)).not.toMatch(/secret|hunter2/);
});

it('without an endpoint nothing is traced, and nothing loaded', async () => {
  const app = Fastify();
  const hooks = vi.spyOn(app, 'addHook');
  await traceRequests(app, {});
  expect(hooks).not.toHaveBeenCalled();
});
