import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HubServer } from '../app.js';
import { OTHER, testHub, testServer, type TestHub } from '../testing.fixture.js';
import { grantOfClaims, type OidcSettings } from './oidc-settings.js';
import { CLIENT, testProvider, type TestProvider } from './provider.fixture.js';

let provider: TestProvider;
let settings: OidcSettings;
let test: TestHub;
let server: HubServer;

beforeAll(async () => {
  test = testHub();
  test.now = new Date();
  provider = await testProvider(() => test.now);
  settings = {
    issuer: provider.issuer,
    clientId: CLIENT,
    groupsClaim: 'groups',
    groupRoles: [
      { group: 'everyone', role: 'viewer' },
      { group: 'approvers', role: 'approver' },
    ],
    groupScopes: [{ group: 'sandbox', units: ['Sandbox'] }],
  };
});
beforeEach(async () => {
  await server?.app.close();
  server = await testServer(test, { oidc: settings });
});
afterAll(async () => {
  await server.app.close();
  await provider.close();
});

const me = (headers: Record<string, string>) => server.app.inject({ url: '/api/v1/me', headers });
const withBearer = (token: string) => me({ authorization: `Bearer ${token}` });

describe('bearer tokens of a provider', () => {
  it('say who comes in, with the most of their roles and their scope', async () => {
    expect((await withBearer(await provider.sign())).json()).toMatchObject({
      name: 'mori@example.com',
      role: 'approver',
      through: 'oidc',
    });
    const scoped = await provider.sign({ sub: 'u-2', groups: ['everyone', 'sandbox'] });
    expect((await withBearer(scoped)).json()).toMatchObject({ name: 'u-2', role: 'viewer', accounts: [OTHER] });
  });

  it('of a person whom no group gives a role are refused with the reason', async () => {
    const answer = await withBearer(await provider.sign({ sub: 'u-3', groups: ['cooks'] }));
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([403, 'no-role']);
  });

  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = () => {
    const exp = Math.floor(test.now.getTime() / 1000) + 300;
    return { iss: provider.issuer, aud: CLIENT, sub: 'u-1', exp, iat: exp - 300, groups: ['approvers'] };
  };
  const forged: readonly [string, () => string | Promise<string>][] = [
    ['for somebody else', () => provider.sign(undefined, { audience: 'another-app' })],
    ['that calls itself another provider’s', () => provider.sign(undefined, { issuer: 'https://login.example.com' })],
    ['that is over', () => provider.sign(undefined, { seconds: -120 })],
    ['without a signature', () => `${text({ alg: 'none' })}.${text(payload())}.`],
    [
      'signed by HMAC with the provider’s public key',
      () => {
        const body = `${text({ alg: 'HS256', kid: 'one' })}.${text(payload())}`;
        return `${body}.${createHmac('sha256', provider.publicPem).update(body).digest('base64url')}`;
      },
    ],
    [
      'signed by HMAC by jose itself',
      () => new SignJWT(payload()).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(Buffer.alloc(32)),
    ],
    [
      'whose claims were changed afterwards',
      async () => {
        const [head, , signature] = (await provider.sign()).split('.');
        return `${head}.${text({ ...payload(), groups: ['admins'] })}.${signature}`;
      },
    ],
    [
      'that names a key of its own',
      () => `${text({ alg: 'RS256', jku: 'http://127.0.0.1:1/', kid: 'x' })}.${text(payload())}.AAAA`,
    ],
    ['that is very long', () => `${'a'.repeat(9000)}.b.c`],
  ];
  it.each(forged)('one %s is refused', async (_name, make) => {
    const answer = await withBearer(await make());
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, 'bad-credentials']);
  });

  it('an e-mail address that is not verified is nobody’s name', () => {
    const claims = { sub: 'u-9', email: 'mori@example.com', email_verified: false, groups: ['approvers'] };
    expect(grantOfClaims(claims, settings)).toMatchObject({ name: 'u-9' });
  });
});

describe('signing in with a browser', () => {
  const cookiesOf = (answer: { cookies: readonly { name: string; value: string }[] }) =>
    answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');

  async function signedIn(to = '/console') {
    const start = await server.app.inject(`/login?to=${encodeURIComponent(to)}`);
    const at = await fetch(String(start.headers.location), { redirect: 'manual' });
    const back = new URL(String(at.headers.get('location')));
    const url = `${back.pathname}${back.search}`;
    const end = await server.app.inject({ url, headers: { cookie: cookiesOf(start) } });
    return {
      start,
      url,
      end,
      cookie: cookiesOf({ cookies: end.cookies.filter(({ name }) => name === 'hikeshi_session') as never }),
    };
  }

  it('goes to the provider with PKCE, state and nonce, and comes back with a session', async () => {
    const { start, end, cookie } = await signedIn();
    const asked = new URL(String(start.headers.location)).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect([...asked.keys()]).toEqual(expect.arrayContaining(['state', 'nonce', 'code_challenge']));
    expect([end.statusCode, end.headers.location]).toEqual([303, '/console']);
    expect(end.cookies.find(({ name }) => name === 'hikeshi_session')).toMatchObject({
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
    });
    expect((await me({ cookie })).json()).toMatchObject({
      name: 'mori@example.com',
      through: 'session',
      csrf: expect.any(String),
    });
  });

  it('a change with the cookie alone is refused; with what the page knows it is done', async () => {
    const { cookie } = await signedIn();
    const { csrf } = (await me({ cookie })).json<{ csrf: string }>();
    const change = (headers: Record<string, string>) =>
      server.app.inject({
        method: 'POST',
        url: '/api/v1/kill-switch/engage',
        headers: { cookie, ...headers },
        payload: { reason: 'fire' },
      });
    expect((await change({})).json()).toMatchObject({ code: 'csrf' });
    expect((await change({ 'x-hikeshi-csrf': 'guess' })).json()).toMatchObject({ code: 'csrf' });
    expect((await change({ 'x-hikeshi-csrf': csrf, 'sec-fetch-site': 'cross-site' })).json()).toMatchObject({
      code: 'csrf',
    });
    expect((await change({ 'x-hikeshi-csrf': csrf })).statusCode).toBe(200);
    const other = await signedIn();
    expect((await change({ cookie: other.cookie, 'x-hikeshi-csrf': csrf })).json()).toMatchObject({ code: 'csrf' });
  });

  it('an answer that this browser did not ask for is refused', async () => {
    const { url } = await signedIn();
    expect((await server.app.inject(url)).json()).toMatchObject({ code: 'no-sign-in' });
    const start = await server.app.inject('/login');
    const cookie = cookiesOf(start);
    const stolen = await server.app.inject({ url: '/login/callback?code=x&state=y', headers: { cookie } });
    expect([stolen.statusCode, stolen.json<{ code: string }>().code]).toEqual([401, 'sign-in-failed']);
  });

  it.each([
    'https://evil.example.com',
    '//evil.example.com',
    '/\\evil.example.com',
    '/a\r\nSet-Cookie: x=1',
    'javascript:1',
  ])('a link that leads elsewhere afterwards (%j) leads home', async (to) => {
    expect((await signedIn(to)).end.headers.location).toBe('/');
  });

  it('a session that was changed, made up or signed out of is none', async () => {
    const { cookie } = await signedIn();
    expect((await me({ cookie: cookie.replace(/=./, (first) => (first === '=x' ? '=y' : '=x')) })).statusCode).toBe(
      401,
    );
    expect((await me({ cookie: 'hikeshi_session=made.up' })).statusCode).toBe(401);
    const { csrf } = (await me({ cookie })).json<{ csrf: string }>();
    await server.app.inject({ method: 'POST', url: '/logout', headers: { cookie, 'x-hikeshi-csrf': csrf } });
    expect((await me({ cookie })).statusCode).toBe(401);
  });

  it.each([
    ['after an hour', undefined, 60],
    ['when who runs the hub says', 15, 15],
  ])('a session is over %s, and a role that was lost with it', async (_name, sessionMinutes, lastsMinutes) => {
    await server.app.close();
    const oidc = sessionMinutes === undefined ? settings : { ...settings, sessionMinutes };
    server = await testServer(test, { oidc });
    const { cookie, end } = await signedIn();
    const kept = end.cookies.find(({ name }) => name === 'hikeshi_session') as { maxAge?: number } | undefined;
    expect(kept?.maxAge).toBe(lastsMinutes * 60);
    const before = test.now;
    const after = async (minutes: number) => {
      test.now = new Date(before.getTime() + minutes * 60_000);
      return (await me({ cookie })).statusCode;
    };
    expect([await after(lastsMinutes - 1), await after(lastsMinutes)]).toEqual([200, 401]);
    test.now = before;
  });
});

describe('tokens', () => {
  it('are told once, kept as hashes, and work until they are over or revoked', async () => {
    const admin = await test.token();
    const made = await server.app.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      headers: { authorization: `Bearer ${admin}` },
      payload: { name: 'ci', kind: 'api', role: 'viewer', days: 1 },
    });
    const { secret, token } = made.json<{ secret: string; token: { id: string } }>();
    expect(made.headers['cache-control']).toBe('no-store');
    expect((await withBearer(secret)).json()).toMatchObject({ name: 'token:ci', role: 'viewer' });
    const list = await server.app.inject({ url: '/api/v1/tokens', headers: { authorization: `Bearer ${admin}` } });
    expect(list.body).toContain(token.id);
    expect(list.body).not.toContain(secret);
    expect(JSON.stringify(test.audited)).not.toContain(secret);
    const revoke = () =>
      server.app.inject({
        method: 'DELETE',
        url: `/api/v1/tokens/${token.id}`,
        headers: { authorization: `Bearer ${admin}` },
      });
    expect((await revoke()).json()).toEqual({ revoked: true });
    expect((await withBearer(secret)).statusCode).toBe(401);
    expect((await revoke()).statusCode).toBe(404);
  });

  it('one that is over is refused', async () => {
    const token = await test.token({ days: 1 });
    const before = test.now;
    test.now = new Date(before.getTime() + 24 * 3600 * 1000);
    expect((await withBearer(token)).statusCode).toBe(401);
    test.now = before;
  });

  it('the first-run token is taken from this machine only, also when a proxy stands on it', async () => {
    const token = await test.token({ loopback: true });
    const authorization = `Bearer ${token}`;
    expect((await me({ authorization })).statusCode).toBe(200);
    expect((await me({ authorization, 'x-forwarded-for': '203.0.113.9' })).statusCode).toBe(401);
    const far = await server.app.inject({
      url: '/api/v1/me',
      headers: { authorization },
      remoteAddress: '203.0.113.9',
    });
    expect(far.statusCode).toBe(401);
  });

  it('who fails too often has to wait', async () => {
    for (let attempt = 0; attempt < 30; attempt++) await withBearer(`hkapi_guess${attempt}`);
    const answer = await withBearer('hkapi_guess');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([429, 'too-many-failures']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});
