import { createHash } from 'node:crypto';
import { request as httpRequest, type ClientRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HubServer } from './app.js';
import type { StreamLimits } from './http/streamed-body.js';
import { ACCOUNT, asffOf, OTHER, testHub, testServer, type TestHub } from './testing.fixture.js';

const URL_PATH = '/api/v1/findings/import-lines';
const NDJSON = 'application/x-ndjson';

let test: TestHub;
let server: HubServer | undefined;
let admin: string;

beforeEach(async () => {
  test = testHub();
  admin = await test.token();
});
afterEach(() => server?.app.close());

async function listening(streamLimits: Partial<StreamLimits> = {}): Promise<number> {
  server = await testServer(test, { streamLimits });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  return (server.app.server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A call whose body the test writes. */
function calling(port: number, token = admin, headers: Record<string, string> = {}) {
  const request = httpRequest({
    ...{ host: '127.0.0.1', port, path: URL_PATH, method: 'POST', agent: false },
    headers: { authorization: `Bearer ${token}`, 'content-type': NDJSON, ...headers },
  });
  const answer = new Promise<Answer>((done, failed) => {
    request.once('error', failed);
    request.once('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => done({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] }));
    });
  });
  answer.catch(() => undefined);
  return { request, answer };
}

function post(
  port: number,
  body: string | Buffer,
  token = admin,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { request, answer } = calling(port, token, headers);
  request.end(body);
  return answer;
}

const line = (id: string, more = {}) => `${JSON.stringify(asffOf(id, more))}\n`;
const ids = () => [...test.findings.all.values()].map(({ Id }) => Id);
const writes = (request: ClientRequest, text: string) => new Promise<void>((done) => request.write(text, () => done()));

describe('lines of findings', () => {
  it('are answered with what became of them, and recorded when they begin and when they end', async () => {
    const port = await listening();
    const body = `${line('1')}no JSON\n\n${JSON.stringify({ Title: 'bad' })}\n${line('2')}`;
    const { status, body: said } = await post(port, body);
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect([status, said]).toEqual([
      200,
      {
        ...{ created: 2, updated: 0, unchanged: 0, refused: 2, lines: 5, sha256 },
        refusals: [
          { line: 2, code: 'InvalidInput', message: 'the line is not a JSON object' },
          { line: 4, code: 'InvalidInput', message: "finding must have required property 'Id'" },
        ],
      },
    ]);
    const entry = { by: 'token:admin', call: `POST ${URL_PATH}`, subjects: [URL_PATH] };
    expect(test.audited).toMatchObject([
      entry,
      {
        ...entry,
        bodySha256: sha256,
        imported: { created: 2, updated: 0, unchanged: 0, refused: 2, bytes: Buffer.byteLength(body) },
      },
    ]);
    expect(test.audited[0]).not.toHaveProperty('bodySha256');
  });

  it('of accounts that the caller may not see are refused one by one', async () => {
    const port = await listening();
    const scoped = await test.token({ role: 'responder', name: 'sandbox', units: ['Sandbox'] });
    const { body } = await post(
      port,
      line('mine', { AwsAccountId: OTHER }) + line('theirs', { AwsAccountId: ACCOUNT }),
      scoped,
    );
    expect(body).toMatchObject({ created: 1, refused: 1, refusals: [{ line: 2, code: 'InvalidAccess' }] });
    expect(ids()).toEqual(['mine']);
  });

  it('are taken from who may import only', async () => {
    const port = await listening();
    const viewer = await test.token({ role: 'viewer', name: 'eve' });
    expect((await post(port, line('1'), viewer)).status).toBe(403);
    expect((await post(port, line('1'), 'nobody')).status).toBe(401);
    expect([ids(), test.audited]).toEqual([[], []]);
  });

  it.each([
    ['JSON', { 'content-type': 'application/json' }, line('1'), 'media-type'],
    ['packed', { 'content-encoding': 'gzip' }, gzipSync(line('1')), 'content-encoding'],
  ])('are refused as %s', async (_name, headers, body, code) => {
    expect(await post(await listening(), body, admin, headers)).toMatchObject({ status: 415, body: { code } });
    expect(ids()).toEqual([]);
  });

  it('are taken by no other route', async () => {
    await listening();
    const headers = { authorization: `Bearer ${admin}`, 'content-type': NDJSON };
    const answer = await server?.app.inject({ method: 'POST', url: '/api/v1/findings/search', headers, payload: '{}' });
    expect(answer?.statusCode).toBe(415);
  });

  it('are in the description of the API, with their media type', async () => {
    await listening();
    const document = (await server?.app.inject('/openapi.json'))?.json<{ paths: Record<string, unknown> }>();
    expect(document?.paths[URL_PATH]).toMatchObject({
      post: { requestBody: { content: { [NDJSON]: { schema: { type: 'string' } } } } },
    });
  });

  it('are not begun when that cannot be recorded; when their end cannot, it is told', async () => {
    const port = await listening();
    test.ledgerFails = true;
    expect(await post(port, line('1'))).toMatchObject({ status: 503, body: { code: 'not-recorded' } });
    expect(ids()).toEqual([]);
    test.ledgerFails = false;
    const { request, answer } = calling(port);
    await writes(request, line('1'));
    await vi.waitFor(() => expect(test.audited).toHaveLength(1));
    test.ledgerFails = true;
    request.end(line('2'));
    expect(await answer).toMatchObject({ status: 503, body: { message: expect.stringContaining('it was done') } });
    expect(ids()).toEqual(['1', '2']);
  });
});

describe('a stream that does not come to its end leaves what came whole, and says so', () => {
  it('because the client broke off: to the ledger', async () => {
    const port = await listening();
    const { request } = calling(port);
    await writes(request, line('1') + line('2') + line('3').slice(0, 50));
    await vi.waitFor(() => expect(test.audited).toHaveLength(1));
    await sleep(50);
    request.destroy();
    await vi.waitFor(() => expect(test.audited).toHaveLength(2));
    expect(test.audited[1]?.imported).toMatchObject({ created: 2, cut: 'the client broke off' });
    expect(ids()).toEqual(['1', '2']);
  });

  it('because it is too large: at once where it says so', async () => {
    const port = await listening({ bytesMax: 3_000 });
    const large = Array.from({ length: 10 }, (_, n) => line(`${n}`)).join('');
    const told = await post(port, large, admin, { 'content-length': String(large.length) });
    expect(told).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect([ids(), test.audited]).toEqual([[], []]);
  });

  it('because it is too large: with what came before', async () => {
    const port = await listening({ bytesMax: 3_000 });
    const { request, answer } = calling(port);
    await writes(request, line('1') + line('2'));
    await vi.waitFor(() => expect(test.audited).toHaveLength(1));
    await sleep(50);
    request.write(line('3').padStart(200_000, ' '));
    expect(await answer).toMatchObject({
      status: 413,
      body: { code: 'body-too-large', message: expect.stringContaining('in 2 lines: 2 created') },
    });
    expect(test.audited[1]?.imported).toMatchObject({ created: 2, cut: 'the body is longer than 3000 bytes' });
    request.destroy();
  });

  it('because it comes too slowly', async () => {
    const port = await listening({ waitMs: 200 });
    const { request, answer } = calling(port);
    await writes(request, line('1') + line('2').slice(0, 50));
    expect(await answer).toMatchObject({
      status: 408,
      body: { code: 'too-slow', message: expect.stringContaining('1 created') },
    });
    request.destroy();
  });

  it('because a line has no end', async () => {
    const port = await listening();
    const { status, body } = await post(port, line('1') + 'x'.repeat(5 * 1024 * 1024));
    expect([status, body]).toMatchObject([400, { code: 'line-too-long', message: expect.stringContaining('line 2') }]);
  });
});

it('a sender waits for the hub: what is not read yet is not held', async () => {
  let read = () => undefined as void;
  const mayRead = new Promise<void>((done) => (read = done));
  const { importLines } = test.hub;
  Object.assign(test.hub, {
    importLines: async (...[chunks, context]: Parameters<typeof importLines>) => {
      await mayRead;
      return importLines(chunks, context);
    },
  });
  const { request, answer } = calling(await listening());
  const PIECES = 400;
  const piece = `${' '.repeat(256 * 1024)}\n`;
  let sent = 0;
  for (let n = 0; n < PIECES; n++) request.write(piece, () => (sent += 1));
  await sleep(500);
  expect(sent).toBeLessThan(PIECES / 4);
  read();
  request.end(line('1'));
  expect(await answer).toMatchObject({ status: 200, body: { created: 1, lines: PIECES + 1 } });
});
