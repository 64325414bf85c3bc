import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a millisecond to half a minute. */
const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** What the hub tells Prometheus. Labels are routes and statuses, never what a caller sent: their number is bounded. */
export interface Metrics {
  readonly registry: Registry;
  readonly failedSignIn: () => void;
  readonly event: (outcome: 'accepted' | 'refused') => void;
}

export function openMetrics(streams: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const failures = new Counter({
    name: 'hikeshi_failed_sign_ins_total',
    help: 'requests whose token or session was not taken',
    registers,
  });
  const events = new Counter({
    name: 'hikeshi_webhook_events_total',
    help: 'events that came in by webhook',
    labelNames: ['outcome'],
    registers,
  });
  registry.registerMetric(
    new Gauge({
      name: 'hikeshi_event_streams',
      help: 'clients that watch runs',
      registers: [],
      collect() {
        this.set(streams());
      },
    }),
  );
  return {
    registry,
    failedSignIn: () => failures.inc(),
    event: (outcome) => events.inc({ outcome }),
  };
}

export function measureRequests(app: FastifyInstance, { registry }: Metrics): void {
  const seconds = new Histogram({
    name: 'hikeshi_http_request_seconds',
    help: 'how long requests took',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    seconds.observe(labels, reply.elapsedTime / 1000);
    done();
  });
}
