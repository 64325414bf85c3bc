import { createHash } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { canonicalJson } from '../../base/json.js';
import type { Hub } from '../../engine/hub/hub.js';
import { sessionIdOf, type Authenticator } from '../access/authenticator.js';
import { may } from '../access/permissions.js';
import type { Principal } from '../access/principal.js';
import type { CallNotes } from '../observe/call-notes.js';
import type { Sessions } from '../access/sessions.js';
import type { EventFeed } from '../stream/event-feed.js';
import { Refusal } from './api-error.js';
import { changes, type Route } from './route.js';
import { invalidField } from './validate.js';

/** What all routes share. */
export interface Surroundings {
  readonly hub: Hub;
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly feed: EventFeed;
  readonly notes: CallNotes;
}

export const errorSchema = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    field: Type.Optional(Type.String()),
    next: Type.Optional(Type.String()),
  },
  { description: 'a refusal: what is wrong, where, and what to do' },
);

/** A route in this order: who is it, may they, is it whole, is it recorded, then it is done. */
export function registerRoute(
  app: FastifyInstance,
  route: Route,
  { hub, authenticator, sessions, feed, notes }: Surroundings,
): void {
  const principalFor = (request: FastifyRequest): Principal => {
    const known = notes.callerOf(request);
    if (known === undefined) throw new Error(`${route.url} was reached without authentication`);
    return known;
  };
  app.route({
    method: route.method,
    url: route.url,
    ...(route.bodyBytesMax === undefined ? {} : { bodyLimit: route.bodyBytesMax }),
    schema: {
      summary: route.summary,
      tags: [route.tag],
      description: `Permission \`${route.permission}\`${route.wide === true ? ', for those whose scope is everything' : ''}.`,
      security: [{ bearer: [] }, { session: [] }],
      ...(route.body === undefined ? {} : { body: route.body }),
      ...(route.query === undefined ? {} : { querystring: route.query }),
      ...(route.params === undefined ? {} : { params: route.params }),
      response: { 200: route.answer, default: errorSchema },
    },
    onRequest: async (request) => {
      const principal = await authenticator.authenticate(request);
      notes.cameIn(request, principal);
      allow(principal, route);
    },
    preHandler: async (request) => {
      if (route.body === undefined && !isNothing(request.body)) throw invalidField('body', 'there is to be none');
      if (!changes(route)) return;
      await recordCall(hub, principalFor(request), request);
      notes.recorded(request);
    },
    handler: async (request, reply) => {
      const session = sessionIdOf(request);
      return route.handle({
        hub,
        principal: principalFor(request),
        body: request.body,
        query: request.query,
        params: request.params,
        request,
        reply,
        feed,
        csrf: session === undefined ? undefined : sessions.csrfToken(session),
        authenticate: () => authenticator.authenticate(request),
      });
    },
  });
}

/** Some clients send an empty object where they have nothing to say. */
function isNothing(body: unknown): boolean {
  if (body === undefined || body === null) return true;
  return typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0;
}

function allow({ role, name, accounts }: Principal, { permission, wide }: Route): void {
  if (!may(role, permission)) {
    throw new Refusal(403, 'not-allowed', `\`${name}\` is \`${role}\`, which has no permission \`${permission}\``, {
      next: 'ask an admin of the hub',
    });
  }
  if (wide === true && accounts !== undefined) {
    throw new Refusal(403, 'scope-too-narrow', `\`${name}\` may act on some accounts; this reaches beyond them`, {
      next: 'ask an admin whose scope is everything',
    });
  }
}

/** @throws Refusal `not-recorded`: then nothing was done. */
async function recordCall(hub: Hub, principal: Principal, request: FastifyRequest): Promise<void> {
  const { params, body } = request as { params: Record<string, string>; body: unknown };
  const path = request.url.split('?')[0] ?? '';
  const subjects = Object.values(params ?? {});
  const digest =
    body === undefined || body === null ? undefined : createHash('sha256').update(canonicalJson(body)).digest('hex');
  try {
    await hub.audit.record({
      at: hub.clock().toISOString(),
      by: principal.name,
      role: principal.role,
      through: principal.through,
      from: request.ip,
      call: `${request.method} ${request.routeOptions.url ?? path}`,
      subjects: subjects.length > 0 ? subjects : [path],
      ...(digest === undefined ? {} : { bodySha256: digest }),
    });
  } catch (error) {
    throw new NotRecorded(error);
  }
}

/** The ledger did not take it. */
export class NotRecorded extends Refusal {
  constructor(cause: unknown) {
    super(503, 'not-recorded', 'the ledger cannot record this call, so it was not carried out', {
      next: 'see the log of the hub; free the disk or fix the signing key, and send it again',
    });
    this.cause = cause;
  }
}
