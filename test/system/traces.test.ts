import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openEngine, type Engine } from '../../src/engine/respond/dbos.js';
import { openResponses } from '../../src/engine/respond/open-responses.js';
import { openFindings } from '../../src/engine/respond/testing.fixture.js';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';
import { attributesOf, Collector, type SentSpan } from '../../src/server/observe/collector.fixture.js';
import { TRACES_VARIABLE } from '../../src/server/observe/telemetry.js';
import { Home } from '../../src/store/home.js';
import { writeEstate } from '../../src/store/postgres/estates/estate-table.js';
import { testPostgres, type TestPostgres } from '../../src/store/postgres/testing.fixture.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRIES_MAX = 600;

let postgres: TestPostgres;
let twin: ServedTwin;
let folder: string;
let engine: Engine | undefined;
const collector = new Collector();
const children: ChildProcess[] = [];

beforeAll(async () => {
  postgres = await testPostgres();
  folder = await mkdtemp(join(tmpdir(), 'hikeshi-traces-'));
  twin = await serveTwin({ kind: 'demo', accounts: 7, seed: 3 }, 0, new Date());
}, 60_000);
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await engine?.close();
});
afterAll(async () => {
  collector.close();
  await twin?.door.close();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A command as a process of its own, once it has said that it is ready. @returns what ends it politely. */
async function started(args: readonly string[], ready: string, env: object): Promise<() => Promise<unknown>> {
  const child = spawn(process.execPath, [main, ...args, '--org-role', 'OrganizationAccountAccessRole'], {
    env: { ...(env as Record<string, string>) },
  });
  children.push(child);
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  let text = '';
  await new Promise<void>((done, failed) => {
    const hear = (chunk: Buffer): void => {
      text += chunk.toString();
      if (text.includes(ready)) done();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then((code) => failed(new Error(`${args[0]} ended with ${code}: ${text}`)));
  });
  return () => {
    child.kill('SIGTERM');
    return ended;
  };
}

async function until(
  state: string,
  now: () => Promise<{ readonly state: string; readonly reason?: string }>,
): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if ((await now()).state === state) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`it is not ${state}: ${JSON.stringify(await now())}`);
}

const named = (spans: readonly SentSpan[], name: string) => spans.filter((span) => span.name === name);

it('a hub and a worker send what they do to one collector: requests, and a run as one trace over both', async () => {
  const database = await postgres.database();
  const { header, gaps } = twin.estate;
  const parts = header.accounts.map(({ accountId }) => ({ accountId, resources: twin.estate.all({ accountId }) }));
  await writeEstate(database, header, gaps, parts);
  engine = await openEngine(database);
  const responses = openResponses({ database, enqueue: engine.enqueue });
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, HIKESHI_HOME: folder, HIKESHI_DATABASE_URL: database.url },
    ...{ AWS_ENDPOINT_URL: twin.door.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY, AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY },
    [TRACES_VARIABLE]: await collector.listen(),
  };
  const [finding] = openFindings(twin.estate, ['KMS.4'], 1);
  if (finding === undefined) throw new Error('the demo has such a finding');

  const endServe = await started(['serve', '--port', '0'], 'the first token is in', env);
  const home = new Home(folder).hub;
  const origin = { kind: 'person' } as const;
  await responses.request({ id: 'run', finding, mode: 'ask', requestedBy: 'aya', origin });
  await until('proposed', () => responses.show('run'));
  const headers = {
    authorization: `Bearer ${(await readFile(home.tokenFile, 'utf8')).trim()}`,
    traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
  };
  const answer = await fetch(`${(await home.address())?.url}/api/v1/runs/run`, { headers });
  expect(answer.status).toBe(200);
  expect(await endServe()).toBe(0);
  const ofServe = collector.spans;

  const endWorker = await started(['worker', '--poll-ms', '50'], 'is at work', {
    ...env,
    OTEL_SERVICE_NAME: 'responders',
  });
  const { proposalHash = '' } = await responses.show('run');
  await responses.approve('run', { name: 'ken' }, proposalHash);
  await until('resolved', () => responses.show('run'));
  expect(await endWorker()).toBe(0);
  const ofWorker = collector.spans.slice(ofServe.length);

  expect(collector.services).toEqual(new Set(['hikeshi', 'responders']));
  expect(named(ofServe, 'GET /api/v1/runs/:id')).toMatchObject([{ traceId: TRACE }]);
  const [[propose], [apply]] = [named(ofServe, 'run propose'), named(ofWorker, 'run apply')];
  expect(propose === undefined ? {} : attributesOf(propose)).toMatchObject({ 'hikeshi.run.outcome': 'proposed' });
  expect(apply === undefined ? {} : attributesOf(apply)).toMatchObject({ 'hikeshi.run.outcome': 'resolved' });
  expect(apply?.traceId).toBe(propose?.traceId);
  expect(apply?.links?.map(({ spanId }) => spanId)).toEqual([propose?.spanId]);
  expect(named(ofWorker, 'verify')).toMatchObject([{ traceId: propose?.traceId, parentSpanId: apply?.spanId }]);
  expect(collector.received.every(({ path, type }) => path === '/v1/traces' && type === 'application/json')).toBe(true);
}, 120_000);
