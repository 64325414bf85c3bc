import { FIRST_TOKEN_NAME } from '../../engine/hub/first-token.js';
import type { FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub/hub.js';
import type { Token } from '../../store/access/access-store.js';
import { Refusal } from '../http/api-error.js';
import { isFromHere } from './loopback.js';
import type { OidcBearer } from './oidc-bearer.js';
import { grantOfClaims, type OidcSettings } from './oidc-settings.js';
import { principalOf, type Principal } from './principal.js';
import type { Sessions } from './sessions.js';
import type { WindowLimit } from './window-limit.js';

export const SESSION_COOKIE = 'hikeshi_session';
export const CSRF_HEADER = 'x-hikeshi-csrf';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface AuthenticatorOptions {
  readonly hub: Hub;
  readonly sessions: Sessions;
  /** How often somebody from an address failed. */
  readonly failures: WindowLimit;
  readonly oidc?: { readonly settings: OidcSettings; readonly bearer: OidcBearer };
  /** Told of every failure, for metrics. */
  readonly onFailure: () => void;
}

/** Finds out who makes a request: by an `Authorization: Bearer` header, else by the cookie of a browser session. */
export class Authenticator {
  private readonly options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.options = options;
  }

  /** @throws Refusal 401, 403 or 429. */
  async authenticate(request: FastifyRequest): Promise<Principal> {
    const { hub, failures } = this.options;
    const now = hub.clock();
    const wait = failures.waitSeconds(request.ip, now);
    if (wait !== undefined) {
      const headers = { 'retry-after': String(wait) };
      throw new Refusal(429, 'too-many-failures', `too many failed attempts; wait ${wait} seconds`, { headers });
    }
    const header = request.headers.authorization;
    const found = header === undefined ? await this.session(request) : await this.bearer(request, header);
    if (found !== undefined) return found;
    const isAnAttempt = header !== undefined || request.cookies[SESSION_COOKIE] !== undefined;
    if (isAnAttempt) {
      failures.count(request.ip, now);
      this.options.onFailure();
    }
    throw isAnAttempt
      ? unauthenticated('bad-credentials', 'the token or session is unknown, over or revoked')
      : unauthenticated('no-credentials', 'the request does not say who makes it');
  }

  private async bearer(request: FastifyRequest, header: string): Promise<Principal | undefined> {
    const secret = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(header)?.[1];
    if (secret === undefined) return undefined;
    const { hub, oidc } = this.options;
    const token = await hub.tokens.presented(secret);
    if (token !== undefined) {
      if (token.loopback && !isFromHere(request)) return undefined;
      return principalOf({ ...token, name: actingName(token) }, token.id, hub.organization);
    }
    if (oidc === undefined || secret.split('.').length !== 3) return undefined;
    const claims = await oidc.bearer.claims(secret, hub.clock());
    if (claims === undefined) return undefined;
    const grant = grantOfClaims(claims, oidc.settings);
    if (typeof grant === 'string') throw new Refusal(403, 'no-role', grant, { next: 'ask who runs the hub' });
    return principalOf(grant, 'oidc', hub.organization);
  }

  private async session(request: FastifyRequest): Promise<Principal | undefined> {
    const id = sessionIdOf(request);
    if (id === undefined) return undefined;
    const { hub, sessions } = this.options;
    const session = await sessions.find(id, hub.clock());
    if (session === undefined) return undefined;
    if (!SAFE.has(request.method)) this.checkForgery(request, id);
    return principalOf(session, 'session', hub.organization);
  }

  /**
   * A browser sends cookies along whoever made the page. A change needs what only our own page knows, and must not say
   * that it comes from elsewhere. Source: OWASP, Cross-Site Request Forgery Prevention.
   */
  private checkForgery(request: FastifyRequest, id: string): void {
    const given = request.headers[CSRF_HEADER];
    const site = request.headers['sec-fetch-site'];
    const isElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (!isElsewhere && typeof given === 'string' && this.options.sessions.csrfFits(id, given)) return;
    throw new Refusal(403, 'csrf', `a change with a cookie needs the header \`${CSRF_HEADER}\``, {
      field: `headers.${CSRF_HEADER}`,
      next: 'GET /api/v1/me tells its value',
    });
  }
}

/** The id in the session cookie, if the hub signed it. */
export function sessionIdOf(request: FastifyRequest): string | undefined {
  const cookie = request.cookies[SESSION_COOKIE];
  const unsigned = cookie === undefined ? undefined : request.unsignCookie(cookie);
  return unsigned?.valid === true ? unsigned.value : undefined;
}

/**
 * In whose name a token acts. One that somebody made acts in theirs, whether they had signed in or came with a token: else they
 * could approve with it what they asked for themselves. Only the first token of the hub, which is whoever runs it, makes
 * tokens with names of their own, that no person who signs in can have.
 */
export function actingName({ name, createdBy }: Pick<Token, 'name' | 'createdBy'>): string {
  return createdBy === FIRST_TOKEN_NAME || createdBy === 'hikeshi' ? `token:${name}` : createdBy;
}

function unauthenticated(code: string, message: string): Refusal {
  return new Refusal(401, code, message, {
    next: 'send a token: `Authorization: Bearer …`; `hikeshi tokens create` makes one',
    headers: { 'www-authenticate': 'Bearer realm="hikeshi"' },
  });
}
