import type { FastifyInstance } from 'fastify';
import type { Hub, Probe } from '../../engine/hub/hub.js';
import type { Authenticator } from '../access/authenticator.js';
import { openBacklog } from '../observe/backlog.js';
import type { CallNotes } from '../observe/call-notes.js';
import type { Metrics } from '../observe/metrics.js';

const PROBE_MS_MAX = 3_000;

/** What machines ask: whether it lives, whether it can work, how it does, and what it offers. */
export function plainRoutes(
  app: FastifyInstance,
  {
    hub,
    authenticator,
    metrics,
    notes,
  }: { hub: Hub; authenticator: Authenticator; metrics: Metrics; notes: CallNotes },
): void {
  const readBacklog = openBacklog(metrics.registry, hub);
  const unlimited = { config: { rateLimit: false } };
  app.get('/healthz', unlimited, () => ({ status: 'ok', version: hub.version }));
  app.get('/readyz', unlimited, async (_request, reply) => {
    const states = await Promise.all(hub.probes.map(async (probe) => [probe.name, await isWell(probe)] as const));
    const isReady = states.every(([, well]) => well);
    reply.code(isReady ? 200 : 503);
    return {
      status: isReady ? 'ready' : 'not-ready',
      checks: Object.fromEntries(states.map(([name, well]) => [name, well ? 'ok' : 'failed'])),
    };
  });
  app.get('/metrics', async (request, reply) => {
    notes.cameIn(request, await authenticator.authenticate(request));
    await readBacklog();
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(JSON.stringify(app.swagger())));
}

async function isWell(probe: Probe): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((answer) => {
    timer = setTimeout(() => answer(false), PROBE_MS_MAX);
  });
  const well = probe.check().then(
    () => true,
    () => false,
  );
  return Promise.race([well, late]).finally(() => clearTimeout(timer));
}
