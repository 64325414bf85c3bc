import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub/hub.js';
import type { Principal } from '../access/principal.js';

/** What machines ask all day, and what says nothing of anybody. */
const NOT_NOTED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/openapi.json']);

/**
 * Notes every call for the ledger once it is answered, but for those that were recorded before they were carried out. Calls
 * are told by their routes: nothing that a caller sent is kept.
 */
export class CallNotes {
  private readonly callers = new WeakMap<FastifyRequest, Principal>();
  private readonly already = new WeakSet<FastifyRequest>();

  constructor(app: FastifyInstance, hub: Pick<Hub, 'audit' | 'clock'>) {
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'no such route';
      if (!this.already.has(request) && !NOT_NOTED.has(route)) {
        const caller = this.callers.get(request);
        hub.audit.note({
          at: hub.clock().toISOString(),
          by: caller?.name ?? 'unknown',
          ...(caller === undefined ? {} : { through: caller.through }),
          from: request.ip,
          call: `${request.method} ${route}`,
          status: reply.statusCode,
        });
      }
      done();
    });
  }

  /** It is known who calls. */
  cameIn(request: FastifyRequest, caller: Principal): void {
    this.callers.set(request, caller);
  }

  callerOf(request: FastifyRequest): Principal | undefined {
    return this.callers.get(request);
  }

  /** It has an entry of its own. */
  recorded(request: FastifyRequest): void {
    this.already.add(request);
  }
}
