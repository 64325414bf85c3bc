import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubServer } from './app.js';
import { valuesOf, type Schema } from './schema-values.fixture.js';
import { asffOf, testHub, testServer } from './testing.fixture.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const test = testHub();
const errors: unknown[] = [];
let server: HubServer;
let admin: string;

beforeAll(async () => {
  server = await testServer(test, { requestsAMinute: 1_000_000, onError: (error) => errors.push(error) });
  admin = await test.token();
  const context = { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'test' } as const, now: test.now };
  await test.hub.findings.importFindings([asffOf('1')], context);
});
afterAll(() => server.app.close());

const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
/** `encodeURIComponent` refuses half characters; a client that is not a browser may send anything. */
const encoded = (value: unknown) => encodeURIComponent(text(value).replace(/\p{Surrogate}/gu, '\ufffd'));

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly type?: string;
  readonly payload?: string;
}

function requestsOf(method: string, path: string, { parameters = [], requestBody }: Operation): fc.Arbitrary<Request> {
  const record = (place: Parameter['in']) =>
    fc.record(
      Object.fromEntries(
        parameters.filter((each) => each.in === place).map(({ name, schema }) => [name, valuesOf(schema)]),
      ),
      place === 'path' ? {} : { requiredKeys: [] },
    ) as fc.Arbitrary<Record<string, unknown>>;
  return fc.tuple(record('path'), record('query'), bodyOf(requestBody)).map(([inPath, inQuery, sent]) => {
    const address = path.replace(/\{(\w+)\}/g, (_all, name: string) => encoded(inPath[name]));
    const query = Object.entries(inQuery)
      .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => `${name}=${encoded(each)}`))
      .join('&');
    return { method: method.toUpperCase() as Request['method'], url: `${address}?${query}`, ...sent };
  });
}

/** Of a stream, lines of anything. */
const lines = fc
  .array(fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify(asffOf('2')))))
  .map((each) => each.join('\n'));

function bodyOf(requestBody: Operation['requestBody']): fc.Arbitrary<Pick<Request, 'type' | 'payload'>> {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (type === undefined || content === undefined) return fc.constant({});
  const payload = type === 'application/json' ? valuesOf(content.schema).map((value) => JSON.stringify(value)) : lines;
  return payload.map((sent) => ({ type, payload: sent }));
}

describe('requests made of the OpenAPI document', () => {
  it('never end in an error of ours, and every refusal has a code and says what is wrong', async () => {
    const { paths } = (await server.app.inject('/openapi.json')).json<{
      paths: Record<string, Record<string, Operation>>;
    }>();
    const operations = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/v1/') && path !== '/api/v1/events')
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => requestsOf(method, path, operation)),
      );
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(...operations), async ({ method, url, type, payload }) => {
        const answer = await server.app.inject({
          method,
          url,
          headers: { authorization: `Bearer ${admin}`, ...(type === undefined ? {} : { 'content-type': type }) },
          ...(payload === undefined ? {} : { payload }),
        });
        statuses.add(answer.statusCode);
        expect(answer.statusCode, `${method} ${url} ${payload}`).toBeLessThan(500);
        if (answer.statusCode >= 400) {
          expect(answer.json()).toMatchObject({ code: expect.any(String), message: expect.stringMatching(/\S/) });
        }
      }),
      { numRuns: 1500 },
    );
    expect(errors).toEqual([]);
    // Else it would be a fuzz of the front door only.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404]));
  });
});
