import { createHash } from 'node:crypto';
import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { canonicalJson } from '../../base/json.js';
import type { AuditEntry, Hub } from '../../engine/hub/hub.js';
import { sessionIdOf, type Authenticator } from '../access/authenticator.js';
import { may } from '../access/permissions.js';
import type { Principal } from '../access/principal.js';
import type { CallNotes } from '../observe/call-notes.js';
import type { Sessions } from '../access/sessions.js';
import type { EventFeed } from '../stream/event-feed.js';
import { Refusal } from './api-error.js';
import { changes, type Route } from './route.js';
import { StreamedBody, type StreamLimits } from './streamed-body.js';
import { takesItsTime } from './timeouts.js';
import { invalidField, validator, type Part } from './validate.js';

/** What all routes share. */
export interface Surroundings {
  readonly hub: Hub;
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly feed: EventFeed;
  readonly notes: CallNotes;
  readonly streamLimits: StreamLimits;
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
export function registerRoute(app: FastifyInstance, route: Route, surroundings: Surroundings): void {
  const { streams } = route;
  if (streams === undefined) {
    addRoute(app, route, surroundings);
    return;
  }
  app.register((scope, _options, done) => {
    takeStreams(scope, streams, surroundings.streamLimits);
    addRoute(scope, route, surroundings);
    done();
  });
}

/** Of routes of a scope, bodies are of one media type and handed on as they come. */
function takeStreams(scope: FastifyInstance, mediaType: string, limits: StreamLimits): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(mediaType, (request, payload, parsed) => {
    if (Number(request.headers['content-length'] ?? 0) > limits.bytesMax) {
      parsed(new Refusal(413, 'body-too-large', `the body is longer than ${limits.bytesMax} bytes`));
    } else if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
      parsed(new Refusal(415, 'content-encoding', 'the body is to be sent as it is', { next: 'unpack it first' }));
    } else parsed(null, new StreamedBody(payload, limits));
  });
  scope.addContentTypeParser('*', (_request, _payload, parsed) => {
    parsed(new Refusal(415, 'media-type', 'the body is of another media type', { next: `send ${mediaType}` }));
  });
  scope.setValidatorCompiler<TSchema>(({ schema, httpPart }) =>
    httpPart === 'body' ? (data: unknown) => ({ value: data }) : validator(schema, httpPart as Part),
  );
}

function addRoute(
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
      ...(route.streams === undefined ? {} : { consumes: [route.streams] }),
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
      if (route.streams !== undefined) takesItsTime(request.raw);
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
        recordEnd: (end) => recordEnd(hub, principalFor(request), request, end),
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
  const { body } = request;
  const isWhole = body !== undefined && body !== null && !(body instanceof StreamedBody);
  const digest = isWhole ? { bodySha256: createHash('sha256').update(canonicalJson(body)).digest('hex') } : {};
  try {
    await hub.audit.record({ ...entryOf(hub, principal, request), ...digest });
  } catch (error) {
    throw new NotRecorded(error);
  }
}

/** @throws Refusal `not-recorded`: it was done all the same. */
async function recordEnd(
  hub: Hub,
  principal: Principal,
  request: FastifyRequest,
  end: Pick<AuditEntry, 'bodySha256' | 'imported'>,
): Promise<void> {
  try {
    await hub.audit.record({ ...entryOf(hub, principal, request), ...end });
  } catch (cause) {
    const next = 'see the log of the hub; sent again, it changes nothing and is recorded';
    const refusal = new Refusal(503, 'not-recorded', 'it was done, but the ledger cannot record how it ended', {
      next,
    });
    refusal.cause = cause;
    throw refusal;
  }
}

function entryOf(hub: Hub, principal: Principal, request: FastifyRequest): AuditEntry {
  const path = request.url.split('?')[0] ?? '';
  const subjects = Object.values((request.params ?? {}) as Record<string, string>);
  return {
    at: hub.clock().toISOString(),
    by: principal.name,
    role: principal.role,
    through: principal.through,
    from: request.ip,
    call: `${request.method} ${request.routeOptions.url ?? path}`,
    subjects: subjects.length > 0 ? subjects : [path],
  };
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
