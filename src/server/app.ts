import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { TSchema } from '@sinclair/typebox';
import fastify, { type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Hub } from '../engine/hub/hub.js';
import type { FindingHub } from '../findings/hub/finding-hub.js';
import type { Implementation } from '../twin/implement.js';
import { Authenticator } from './access/authenticator.js';
import { loginRoutes } from './access/login.js';
import { OidcBearer } from './access/oidc-bearer.js';
import type { OidcSettings } from './access/oidc-settings.js';
import { Sessions } from './access/sessions.js';
import { WindowLimit } from './access/window-limit.js';
import { withTimeouts } from './http/timeouts.js';
import { isAwsRequest, openAwsDoor, type AwsDoor } from './aws/aws-door.js';
import { Refusal } from './http/api-error.js';
import { errorAnswer } from './http/error-answer.js';
import { streamLimits, type StreamLimits } from './http/streamed-body.js';
import { plainRoutes } from './http/plain-routes.js';
import { registerRoute } from './http/register-routes.js';
import { validator, type Part } from './http/validate.js';
import { webhookIntake } from './intake/webhook.js';
import { CallNotes } from './observe/call-notes.js';
import { measureRequests, openMetrics, type Metrics } from './observe/metrics.js';
import type { Telemetry } from './observe/telemetry.js';
import { traceRequests } from './observe/tracing.js';
import { openApi } from './openapi.js';
import { routes } from './routes/catalogue.js';
import { EventFeed } from './stream/event-feed.js';
import { endStreams, streamCount } from './stream/event-stream.js';

/** The largest body where a route does not say otherwise. */
const BODY_BYTES_MAX = 256 * 1024;
const REQUESTS_A_MINUTE = 3_000;
/** Failed attempts to come in, of one address. */
const FAILURES_A_MINUTE = 30;
/** Names of findings in URLs hold an ARN of up to 512 characters and one of up to 2,048. */
const PARAMETER_MAX = 5_000;

export interface ServerOptions {
  readonly hub: Hub;
  /** Security Hub, as AWS's tools see it, over findings. */
  readonly securityHub: (findings: FindingHub) => Implementation;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** The addresses of proxies whose `X-Forwarded-For` counts. */
  readonly trustProxy?: readonly string[];
  readonly oidc?: OidcSettings;
  /** How browsers reach it. */
  readonly publicUrl: () => URL;
  readonly requestsAMinute?: number;
  /** Of bodies that are read as they come. */
  readonly streamLimits?: Partial<StreamLimits>;
  /** Told of what a caller is only answered `internal` for. */
  readonly onError?: (error: unknown, requestId: string) => void;
  /** Left out where requests are not traced. Ended by who gives it. */
  readonly telemetry?: Telemetry;
}

/** A server that is not listening yet. */
export interface HubServer {
  readonly app: FastifyInstance;
  /** The door for AWS's tools, for a port of its own. */
  readonly aws: AwsDoor;
}

/** The server of a hub: the API, the sign-in, the webhook and the AWS door over its ports. It holds no logic. */
export async function hubServer(options: ServerOptions): Promise<HubServer> {
  const { hub } = options;
  const feed = new EventFeed(hub.responses);
  const metrics = openMetrics(() => streamCount(feed));
  const failures = new WindowLimit(FAILURES_A_MINUTE);
  const { securityHub, trustProxy = [], onError = () => undefined } = options;
  const aws = openAwsDoor({ hub, securityHub, failures, trustProxy, onFailure: metrics.failedSignIn, onError });
  const app = framework(options, aws);
  if (options.telemetry !== undefined) traceRequests(app, options.telemetry);
  const sessions = new Sessions(hub.access, hub.tokens.keyFor('cross-site requests'), options.oidc?.sessionMinutes);
  const { oidc } = options;
  const people = oidc === undefined ? {} : { oidc: { settings: oidc, bearer: new OidcBearer(oidc) } };
  const authenticator = new Authenticator({ hub, sessions, failures, ...people, onFailure: metrics.failedSignIn });
  const notes = new CallNotes(app, hub);
  await protections(app, options, metrics);
  const limits = { ...streamLimits, ...options.streamLimits };
  const surroundings = { hub, authenticator, sessions, feed, notes, streamLimits: limits };
  for (const route of routes) registerRoute(app, route, surroundings);
  plainRoutes(app, { hub, authenticator, metrics, notes });
  webhookIntake(app, hub, { metrics, notes });
  if (oidc !== undefined) {
    loginRoutes(app, { hub, settings: oidc, sessions, authenticator, publicUrl: options.publicUrl });
  }
  app.addHook('preClose', (done) => {
    endStreams(feed);
    done();
  });
  app.addHook('onClose', (_app, done) => {
    feed.close();
    done();
  });
  await app.ready();
  return { app, aws };
}

function framework({ tls, trustProxy, onError }: ServerOptions, aws: AwsDoor): FastifyInstance {
  const app: FastifyInstance = fastify({
    bodyLimit: BODY_BYTES_MAX,
    exposeHeadRoutes: false,
    trustProxy: trustProxy === undefined || trustProxy.length === 0 ? false : [...trustProxy],
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: PARAMETER_MAX },
    serverFactory: (handler) =>
      serverOf(tls, (request, response) => (isAwsRequest(request) ? aws : handler)(request, response)),
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => validator(schema, httpPart as Part));
  app.setSerializerCompiler(() => (data: unknown) => JSON.stringify(data));
  app.setErrorHandler((error, request, reply) => {
    const answer = errorAnswer(error);
    if (answer.status >= 500) onError?.((error as Error).cause ?? error, request.id);
    return reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .type('application/json')
      .send(answer.body);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({
      code: 'no-such-route',
      message: 'there is nothing at this address',
      next: 'GET /openapi.json lists what there is',
    }),
  );
  return app;
}

function serverOf(tls: ServerOptions['tls'], listener: RequestListener): Server {
  return withTimeouts(
    tls === undefined ? createServer(listener) : createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, listener),
  );
}

async function protections(app: FastifyInstance, options: ServerOptions, metrics: Metrics): Promise<void> {
  measureRequests(app, metrics);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  await app.register(cookie, { secret: options.hub.tokens.keyFor('cookies').toString('base64') });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        connectSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    hsts: options.publicUrl().protocol === 'https:' ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
  await app.register(rateLimit, {
    max: options.requestsAMinute ?? REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) =>
      new Refusal(
        429,
        'too-many-requests',
        `more than ${options.requestsAMinute ?? REQUESTS_A_MINUTE} requests in a minute`,
        {
          headers: { 'retry-after': String(Math.ceil(ttl / 1000)) },
        },
      ),
  });
  await app.register(swagger, openApi(options.hub.version));
}
