import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as oidc from 'openid-client';
import { messageOf } from '../../base/problem.js';
import type { Hub } from '../../engine/hub/hub.js';
import { Refusal } from '../http/api-error.js';
import { SESSION_COOKIE, sessionIdOf, type Authenticator } from './authenticator.js';
import { grantOfClaims, isLoopbackUrl, issuerUrl, type OidcSettings } from './oidc-settings.js';
import type { Sessions } from './sessions.js';

const LOGIN_COOKIE = 'hikeshi_login';
/** From the click to the way back. */
const LOGIN_SECONDS = 600;

/** What the browser keeps while it is at the provider: signed, and worthless without the code. */
interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly to: string;
}

export interface LoginOptions {
  readonly hub: Hub;
  readonly settings: OidcSettings;
  readonly sessions: Sessions;
  readonly authenticator: Authenticator;
  /** How browsers reach the hub: what the provider sends them back to. */
  readonly publicUrl: () => URL;
}

/**
 * Signing in with a browser: the authorization code flow with PKCE, state and nonce. Source: OpenID Connect Core 1.0,
 * RFC 7636, RFC 9700.
 */
export function loginRoutes(app: FastifyInstance, options: LoginOptions): void {
  let found: Promise<oidc.Configuration> | undefined;
  const provider = async (): Promise<oidc.Configuration> => {
    found ??= discover(options.settings);
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw new Refusal(502, 'oidc-unreachable', `the provider cannot be asked: ${messageOf(error)}`, {
        next: 'try again soon',
      });
    }
  };
  const cookie = () => ({
    httpOnly: true,
    secure: options.publicUrl().protocol === 'https:',
    sameSite: 'lax' as const,
  });
  app.get<{ Querystring: Record<string, unknown> }>('/login', async (request, reply) => {
    const config = await provider();
    const verifier = oidc.randomPKCECodeVerifier();
    const { to } = request.query;
    const pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier, to: ownPath(to) };
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: callbackOf(options),
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: pending.state,
      nonce: pending.nonce,
    });
    const value = Buffer.from(JSON.stringify(pending)).toString('base64url');
    reply.setCookie(LOGIN_COOKIE, value, { ...cookie(), path: '/login', maxAge: LOGIN_SECONDS, signed: true });
    return reply.header('cache-control', 'no-store').redirect(url.href, 303);
  });
  app.get('/login/callback', async (request, reply) => {
    const pending = pendingOf(request);
    reply.clearCookie(LOGIN_COOKIE, { ...cookie(), path: '/login' });
    const claims = await claimsOf(await provider(), pending, request, options);
    const grant = grantOfClaims(claims, options.settings);
    if (typeof grant === 'string') throw new Refusal(403, 'no-role', grant, { next: 'ask who runs the hub' });
    const id = await options.sessions.open(grant, options.hub.clock());
    reply.setCookie(SESSION_COOKIE, id, { ...cookie(), path: '/', maxAge: options.sessions.seconds, signed: true });
    return reply.header('cache-control', 'no-store').redirect(pending.to, 303);
  });
  app.post('/logout', async (request, reply) => {
    await options.authenticator.authenticate(request);
    await end(request, reply, options);
    return { signedOut: true };
  });
}

async function end(request: FastifyRequest, reply: FastifyReply, { sessions }: LoginOptions): Promise<void> {
  const id = sessionIdOf(request);
  if (id !== undefined) await sessions.end(id);
  reply.clearCookie(SESSION_COOKIE, { path: '/' });
}

function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<oidc.Configuration> {
  const url = issuerUrl(issuer);
  const execute = isLoopbackUrl(url) ? [oidc.allowInsecureRequests] : [];
  const authentication = clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret);
  return oidc.discovery(url, clientId, undefined, authentication, { execute });
}

async function claimsOf(
  config: oidc.Configuration,
  { state, nonce, verifier }: PendingLogin,
  request: FastifyRequest,
  options: LoginOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const url = new URL(callbackOf(options));
  url.search = new URL(request.url, url).search;
  try {
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await oidc.authorizationCodeGrant(config, url, checks);
    return tokens.claims() ?? {};
  } catch (error) {
    throw new Refusal(401, 'sign-in-failed', `the provider's answer was not taken: ${messageOf(error)}`, {
      next: 'GET /login starts again',
    });
  }
}

function callbackOf({ publicUrl }: LoginOptions): string {
  return new URL('/login/callback', publicUrl()).href;
}

function pendingOf(request: FastifyRequest): PendingLogin {
  const cookie = request.cookies[LOGIN_COOKIE];
  const unsigned = cookie === undefined ? undefined : request.unsignCookie(cookie);
  if (unsigned?.valid !== true) {
    throw new Refusal(400, 'no-sign-in', 'this browser has not begun to sign in, or too long ago', {
      next: 'GET /login starts it',
    });
  }
  return JSON.parse(Buffer.from(unsigned.value, 'base64url').toString('utf8')) as PendingLogin;
}

/** Only a path of our own: whoever sends a link must not choose where a person ends who signed in. */
function ownPath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}$/.test(to) ? to : '/';
}
