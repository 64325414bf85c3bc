import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubServer } from './app.js';
import { HEADERS, webhookSignature } from './intake/signature.js';
import { changes } from './http/route.js';
import { routes } from './routes/catalogue.js';
import { ACCOUNT, asffOf, testHub, testServer } from './testing.fixture.js';

const test = testHub();
const errors: unknown[] = [];
let server: HubServer;
let admin: string;

beforeAll(async () => {
  server = await testServer(test, { requestsAMinute: 1_000_000, onError: (error) => errors.push(error) });
  admin = await test.token();
});
afterAll(() => server.app.close());

const post = (url: string, payload: string | Buffer | object, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...headers },
  });

describe('bad input is refused by the name of what is wrong and the rule it breaks', () => {
  const finding = { Id: 'a', ProductArn: 'arn:aws:securityhub:x' };
  const cases: readonly [string, string, string | object, number, string, string?][] = [
    ['a body that is no JSON', '/api/v1/findings/search', '{"limit":', 400, 'bad-json'],
    ['an empty body', '/api/v1/findings/search', '', 400, 'bad-json'],
    ['a body above the limit', '/api/v1/findings/search', `"${'x'.repeat(300 * 1024)}"`, 413, 'body-too-large'],
    [
      'a batch over 100',
      '/api/v1/findings/import',
      { findings: Array.from({ length: 101 }, () => asffOf('1')) },
      400,
      'invalid-field',
      'body.findings',
    ],
    ['a number as text', '/api/v1/findings/search', { limit: '5' }, 400, 'invalid-field', 'body.limit'],
    ['a limit above the limit', '/api/v1/findings/search', { limit: 101 }, 400, 'invalid-field', 'body.limit'],
    ['a member that there is not', '/api/v1/findings/search', { limits: 5 }, 400, 'invalid-field', 'body.limits'],
    [
      'a filter that is no list',
      '/api/v1/findings/search',
      { filters: { Id: 'x' } },
      400,
      'invalid-field',
      'body.filters.Id',
    ],
    [
      'a deep member',
      '/api/v1/findings/update',
      { identifiers: [finding, { Id: 5 }], change: {} },
      400,
      'invalid-field',
      'body.identifiers.1.ProductArn',
    ],
    ['a choice that there is not', '/api/v1/findings/export', { format: 'exe' }, 400, 'invalid-field', 'body.format'],
    ['U+0000', '/api/v1/findings/import', { findings: [{ Id: 'a\0b' }] }, 400, 'invalid-field', 'body.findings.0.Id'],
    [
      'half a character',
      '/api/v1/findings/import',
      '{"findings":[{"Id":"\\ud800"}]}',
      400,
      'invalid-field',
      'body.findings.0.Id',
    ],
    ['a prototype', '/api/v1/findings/search', '{"__proto__":{"role":"admin"}}', 400, 'bad-json'],
    [
      'a date that there is not',
      '/api/v1/findings/suppress',
      { identifiers: [finding], reason: 'abc', until: '2026-13-01T00:00:00Z' },
      400,
      'invalid-field',
      'body.until',
    ],
  ];
  it.each(cases)('%s', async (_name, url, payload, status, code, field) => {
    const answer = await post(url, payload);
    const body = answer.json<{ code: string; message: string; field?: string }>();
    expect([answer.statusCode, body.code, body.field]).toEqual([status, code, field]);
    expect(body.message).not.toBe('');
  });

  it('a body that nests without end', async () => {
    const depth = 50_000;
    const answer = await post(
      '/api/v1/rules/preview',
      `{"rule":{"name":"x","pattern":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
    );
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'invalid-field']);
  });

  it('a body where there is to be none', async () => {
    const answer = await post('/api/v1/runs/x/undo', `${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(answer.json()).toMatchObject({ code: 'invalid-field', field: 'body' });
  });

  it('another media type', async () => {
    const answer = await post('/api/v1/findings/search', '<a/>', { 'content-type': 'application/xml' });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([415, 'media-type']);
  });

  it.each([
    '/api/v1/../metrics',
    '/api/v1/findings/..%2f..%2fetc%2fpasswd',
    '/api/v1/runs/%00',
    '/api/v1/runs/%ff',
    '/api/v1//me',
    '/API/v1/me',
    '/api/v1/runs/' + 'x'.repeat(9000),
  ])('a path with a trick (%s) leads nowhere', async (url) => {
    const answer = await server.app.inject({ url, headers: { authorization: `Bearer ${admin}` } });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.json()).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  });

  it('an error tells nothing of a bug', async () => {
    const { responses } = test.hub;
    const killSwitch = () => Promise.resolve({ engaged: false });
    Object.assign(responses, { killSwitch: () => Promise.reject(new Error('password=hunter2')) });
    const answer = await server.app.inject({
      url: '/api/v1/kill-switch',
      headers: { authorization: `Bearer ${admin}` },
    });
    Object.assign(responses, { killSwitch });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('hunter2');
    expect(errors).toHaveLength(1);
    errors.length = 0;
  });
});

describe('headers', () => {
  it('are strict on every answer, also on refusals', async () => {
    for (const url of ['/healthz', '/api/v1/me', '/nowhere']) {
      const { headers } = await server.app.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'referrer-policy': 'no-referrer',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('of a request do not come back in an answer', async () => {
    const answer = await server.app.inject({
      url: '/api/v1/me',
      headers: { 'x-request-id': 'mine', authorization: 'Bearer a\tb' },
    });
    expect(answer.headers['x-request-id']).not.toBe('mine');
    expect(answer.statusCode).toBe(401);
  });

  it('who asks too often is told when to come again', async () => {
    const strict = await testServer(testHub(), { requestsAMinute: 2 });
    await strict.app.inject('/openapi.json');
    await strict.app.inject('/openapi.json');
    const answer = await strict.app.inject('/openapi.json');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([429, 'too-many-requests']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await strict.app.inject('/healthz')).statusCode).toBe(200);
    await strict.app.close();
  });
});

describe('the webhook', () => {
  const event = JSON.stringify({ id: 'e-1', account: ACCOUNT, detail: {} });
  const send = (
    source: string,
    secret: string,
    options: { body?: string; at?: number; nonce?: string; sign?: string } = {},
  ) => {
    const {
      body = event,
      at = test.now.getTime() / 1000,
      nonce = `nonce-${Math.random().toString(36).slice(2)}-0000000`,
    } = options;
    const signed = { timestamp: String(Math.floor(at)), nonce };
    return server.app.inject({
      method: 'POST',
      url: `/intake/webhook/${source}`,
      payload: body,
      headers: {
        'content-type': 'application/json',
        [HEADERS.timestamp]: signed.timestamp,
        [HEADERS.nonce]: nonce,
        [HEADERS.signature]: options.sign ?? webhookSignature(secret, signed, Buffer.from(body)),
      },
    });
  };
  const source = (more: object = {}) =>
    test.hub.tokens.issue({ name: 'events', kind: 'webhook', role: 'responder', ...more }, 'hikeshi');
  const codeOf = (answer: { json(): { code?: string } }) => answer.json().code;

  it('takes an event that is signed, once', async () => {
    const { token, secret } = await source();
    const nonce = 'nonce-0000000000001';
    const first = await send(token.id, secret, { nonce });
    expect([first.statusCode, first.json()]).toEqual([202, { id: 'event-1' }]);
    expect(codeOf(await send(token.id, secret, { nonce }))).toBe('replayed');
  });

  it('refuses one that is unsigned, stale, from the future, changed, or of another source', async () => {
    const { token, secret } = await source();
    const other = await source();
    const now = test.now.getTime() / 1000;
    const plain = await server.app.inject({ method: 'POST', url: `/intake/webhook/${token.id}`, payload: event });
    expect(codeOf(plain)).toBe('unsigned');
    expect(codeOf(await send(token.id, secret, { at: now - 301 }))).toBe('stale');
    expect(codeOf(await send(token.id, secret, { at: now + 301 }))).toBe('stale');
    expect(codeOf(await send(token.id, other.secret))).toBe('bad-signature');
    expect(codeOf(await send(token.id, secret, { sign: 'v1=00' }))).toBe('bad-signature');
    expect(codeOf(await send('nobody', ''))).toBe('bad-signature');
    await test.hub.access.revokeToken(token.id, test.now);
    expect(codeOf(await send(token.id, secret))).toBe('bad-signature');
  });

  it('refuses what is no event, what is too large, and accounts that are not the source’s', async () => {
    const { token, secret } = await source({ accounts: [ACCOUNT] });
    expect(codeOf(await send(token.id, secret, { body: '{' }))).toBe('bad-json');
    const none = await send(token.id, secret, { body: JSON.stringify({ account: ACCOUNT }) });
    expect(none.json()).toMatchObject({ code: 'bad-event', field: 'body.detail' });
    expect(codeOf(await send(token.id, secret, { body: '{"account":"999999999999","detail":{}}' }))).toBe(
      'account-not-allowed',
    );
    const viewer = await source({ role: 'viewer' });
    expect(codeOf(await send(viewer.token.id, viewer.secret))).toBe('not-allowed');
    expect((await send(token.id, secret, { body: 'x'.repeat(330 * 1024) })).statusCode).toBe(413);
  });
});

describe('server-sent events', () => {
  async function watch(token: string, headers: Record<string, string> = {}) {
    const { port } = server.app.server.address() as AddressInfo;
    let text = '';
    const request = httpRequest({
      port,
      path: '/api/v1/events',
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    const response = await new Promise<import('node:http').IncomingMessage>((done) => {
      request.once('response', done);
      request.end();
    });
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const until = async (wanted: RegExp) => {
      while (!wanted.test(text)) await new Promise((done) => setTimeout(done, 5));
      return text;
    };
    return { response, until, end: () => request.destroy() };
  }
  const tell = (runId: string, accountId = ACCOUNT) =>
    test.responses.tell({ runId, state: 'applying', accountId, at: test.now.toISOString(), text: 'line\nbreak' });

  beforeAll(() => server.app.listen({ port: 0, host: '127.0.0.1' }));

  it('tell what happens, to those who may see it, and go on where a connection broke', async () => {
    const first = await watch(await test.token({ role: 'viewer', accounts: [ACCOUNT] }));
    expect(first.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    await first.until(/event: hello/);
    tell('hidden', '999999999999');
    tell('one');
    const text = await first.until(/"runId":"one"/);
    expect(text).not.toContain('hidden');
    first.end();
    const id = /id: (\S+)\ndata: \{"runId":"one"/.exec(text)?.[1] ?? '';
    tell('two');
    const second = await watch(admin, { 'last-event-id': id });
    expect(await second.until(/"runId":"two"/)).not.toContain('"runId":"one"');
    second.end();
  });

  it('whose id is not known any more is told to read everything again', async () => {
    const stream = await watch(admin, { 'last-event-id': '000000000000-1' });
    expect(await stream.until(/event: reset/)).toMatch(/^event: reset\nid: /);
    stream.end();
  });

  it('are closed to those who may not come in', async () => {
    const stream = await watch('hkapi_none');
    expect(stream.response.statusCode).toBe(401);
    stream.end();
  });
});

describe('the OpenAPI document', () => {
  interface Document {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, { security?: unknown; responses: object }>>;
  }
  const read = async () => (await server.app.inject('/openapi.json')).json<Document>();

  it('lists every route of the API, and is the same that validates', async () => {
    const { openapi, paths } = await read();
    expect(openapi).toBe('3.1.0');
    const listed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const own = routes.map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
    expect(listed.filter((each) => each.includes('/api/v1/')).sort()).toEqual([...own].sort());
    expect(own.sort()).toMatchInlineSnapshot(`
      [
        "DELETE /api/v1/actions/{id}",
        "DELETE /api/v1/insights/{id}",
        "DELETE /api/v1/rules/{name}",
        "DELETE /api/v1/tokens/{id}",
        "GET /api/v1/actions",
        "GET /api/v1/approvals",
        "GET /api/v1/events",
        "GET /api/v1/findings",
        "GET /api/v1/findings/{key}",
        "GET /api/v1/findings/{key}/history",
        "GET /api/v1/findings/{key}/rules",
        "GET /api/v1/insights",
        "GET /api/v1/insights/{id}/results",
        "GET /api/v1/kill-switch",
        "GET /api/v1/me",
        "GET /api/v1/rules",
        "GET /api/v1/rules/failed",
        "GET /api/v1/rules/log",
        "GET /api/v1/runs",
        "GET /api/v1/runs/{id}",
        "GET /api/v1/settings/responses",
        "GET /api/v1/tokens",
        "GET /api/v1/waves",
        "GET /api/v1/waves/{id}",
        "POST /api/v1/actions",
        "POST /api/v1/actions/{id}/run",
        "POST /api/v1/automation-rules/preview",
        "POST /api/v1/findings/export",
        "POST /api/v1/findings/import",
        "POST /api/v1/findings/import-lines",
        "POST /api/v1/findings/search",
        "POST /api/v1/findings/suppress",
        "POST /api/v1/findings/update",
        "POST /api/v1/insights",
        "POST /api/v1/kill-switch/engage",
        "POST /api/v1/kill-switch/release",
        "POST /api/v1/rules/failed/retry",
        "POST /api/v1/rules/preview",
        "POST /api/v1/runs",
        "POST /api/v1/runs/{id}/approve",
        "POST /api/v1/runs/{id}/cancel",
        "POST /api/v1/runs/{id}/decline",
        "POST /api/v1/runs/{id}/resume",
        "POST /api/v1/runs/{id}/undo",
        "POST /api/v1/tokens",
        "POST /api/v1/waves",
        "POST /api/v1/waves/{id}/go-on",
        "POST /api/v1/waves/{id}/runs",
        "PUT /api/v1/rules/{name}",
        "PUT /api/v1/settings/responses",
      ]
    `);
  });

  it('a GET changes nothing', () => {
    expect(routes.filter((route) => route.method === 'GET').filter(changes)).toEqual([]);
  });
});
