import Fastify from 'fastify';
import { afterEach, expect, it, vi } from 'vitest';
import { attributesOf, Collector } from './collector.fixture.js';
import { openTelemetry, TRACES_VARIABLE } from './telemetry.js';
import { traceRequests } from './tracing.js';

let collector: Collector | undefined;

afterEach(() => {
  collector?.close();
  vi.unstubAllEnvs();
});

it('requests become spans that a collector is sent: named by route, never by what the caller sent', async () => {
  collector = new Collector();
  const { received } = collector;
  // The exporter reads the process's environment, as every OpenTelemetry exporter does.
  vi.stubEnv(TRACES_VARIABLE, await collector.listen());
  const app = Fastify();
  const telemetry = await openTelemetry(process.env);
  if (telemetry === undefined) throw new Error('there is an endpoint');
  traceRequests(app, telemetry);
  app.get('/findings/:id', () => ({ ok: true }));
  app.get('/broken', () => Promise.reject(new Error('password=hunter2')));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await fetch(`${address}/findings/secret-1?token=secret-2`, { headers: { traceparent, authorization: 'secret-3' } });
  await fetch(`${address}/broken`);
  await app.close();
  await telemetry.end();
  expect(received.map(({ path, type }) => [path, type])).toEqual([['/v1/traces', 'application/json']]);
  const [scope] = received[0]?.body.resourceSpans[0]?.scopeSpans ?? [];
  expect(scope?.scope.name).toBe('hikeshi');
  const spans = (scope?.spans ?? []).map((span) => ({
    name: span.name,
    kind: span.kind,
    status: span.status.code ?? 0,
    attributes: attributesOf(span),
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

it('without an endpoint there is no telemetry, and nothing is loaded', async () => {
  expect(await openTelemetry({})).toBeUndefined();
  expect(await openTelemetry({ [TRACES_VARIABLE]: '' })).toBeUndefined();
});
