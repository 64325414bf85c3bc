import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openEngine, type Engine } from '../../src/engine/respond/dbos.js';
import { openResponses } from '../../src/engine/respond/open-responses.js';
import type { Responses } from '../../src/engine/respond/responses.js';
import { openFindings } from '../../src/engine/respond/testing.fixture.js';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';
import type { CallFacts } from '../../src/twin/call-record.js';
import type { Database } from '../../src/store/postgres/database.js';
import { writeEstate } from '../../src/store/postgres/estates/estate-table.js';
import { testPostgres, type TestPostgres } from '../../src/store/postgres/testing.fixture.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const ROLE = 'OrganizationAccountAccessRole';
const RUNS = 40;

let postgres: TestPostgres;
let served: ServedTwin;
let home: string;
let database: Database;
let engine: Engine;
let responses: Responses;
const calls: CallFacts[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  postgres = await testPostgres();
  home = await mkdtemp(join(tmpdir(), 'hikeshi-workers-'));
  served = await serveTwin({ kind: 'demo', accounts: 20, seed: 3 }, 0, new Date(), {
    record: (call) => void calls.push(call),
    event: () => undefined,
  });
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  }
  await engine?.close();
  calls.length = 0;
});

afterAll(async () => {
  await served?.door.close();
  await postgres?.stop();
  await rm(home, { recursive: true, force: true });
});

function startWorkerProcess(database: Database): { child: ChildProcess; ready: Promise<string>; text: () => string } {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    HIKESHI_HOME: home,
    HIKESHI_DATABASE_URL: database.url,
    AWS_ENDPOINT_URL: served.door.url,
    AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
    AWS_REGION: 'us-east-1',
  };
  const args = [main, 'worker', '--org-role', ROLE, '--poll-ms', '50', '--concurrency', '8', '--doubt-ms', '500'];
  const child = spawn(process.execPath, args, { env });
  children.push(child);
  let text = '';
  const ready = new Promise<string>((done, failed) => {
    const hear = (chunk: Buffer): void => {
      text += chunk.toString();
      const name = /worker (\S+) is at work/.exec(text)?.[1];
      if (name !== undefined) done(name);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => failed(new Error(`a worker ended with ${code}: ${text}`)));
  });
  ready.catch(() => undefined);
  return { child, ready, text: () => text };
}

async function opened(): Promise<void> {
  database = await postgres.database();
  const { estate } = served;
  const parts = estate.header.accounts.map(({ accountId }) => ({ accountId, resources: estate.all({ accountId }) }));
  await writeEstate(database, estate.header, estate.gaps, parts);
  engine = await openEngine(database);
  responses = openResponses({ database, enqueue: engine.enqueue });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  const { rows } = await database.query('select state, reason, count(*) from hikeshi.run group by 1, 2');
  throw new Error(`${what} did not come true: ${JSON.stringify(rows)}`);
}

async function inState(...states: readonly string[]): Promise<number> {
  const { rows } = await database.query<{ n: number }>('select count(*) as n from hikeshi.run where state = any($1)', [
    states,
  ]);
  return rows[0]?.n ?? 0;
}

async function askFor(control: string, most: number): Promise<number> {
  const findings = openFindings(served.estate, [control], most);
  for (const [place, finding] of findings.entries()) {
    const origin = { kind: 'rule' as const, name: 'test' };
    await responses.request({ id: `${control}-${place}`, finding, mode: 'ask', requestedBy: 'rule:test', origin });
  }
  return findings.length;
}

async function approveAll(): Promise<number> {
  const { runs } = await responses.list({ states: ['proposed'], limit: 500 });
  for (const { id, proposalHash = '', approvalsNeeded } of runs) {
    for (const name of ['aya', 'ken'].slice(0, approvalsNeeded)) await responses.approve(id, { name }, proposalHash);
  }
  return runs.length;
}

/** Every call that took effect was made once. */
function expectNoneTwice(): void {
  const done = calls.filter(({ operation, error }) => operation.startsWith('Revoke') && error === undefined);
  const revokes = done.map(({ operation, region, input }) => `${operation} ${region} ${JSON.stringify(input)}`);
  expect(new Set(revokes).size).toBe(revokes.length);
}

it('two workers share the runs; one is killed, one is frozen and woken; every run ends, and no call is made twice', async () => {
  await opened();
  const asked = await askFor('EC2.13', RUNS);
  const first = startWorkerProcess(database);
  const second = startWorkerProcess(database);
  await Promise.all([first.ready, second.ready]);
  await until('all is proposed', async () => (await inState('requested')) === 0);
  expect(await approveAll()).toBe(asked);
  await until('some are applied', async () => (await inState('resolved')) > 2);
  first.child.kill('SIGKILL');
  second.child.kill('SIGSTOP');
  const third = startWorkerProcess(database);
  await third.ready;
  await until('the third resolves some', async () => (await inState('resolved')) > asked / 2);
  second.child.kill('SIGCONT');
  await until('all runs have ended', async () => (await inState('resolved', 'still-open', 'stopped')) === asked);
  expect(await inState('resolved')).toBe(asked);
  expectNoneTwice();
  await until('all is in the ledger', async () => {
    const open = await database.query('select 1 from hikeshi.run_attestation where ledger_index is null');
    return open.rows.length === 0;
  });
}, 180_000);

it('four workers that start for the first time on an empty database all get to work', async () => {
  const empty = await postgres.emptyDatabase();
  const four = Array.from({ length: 4 }, () => startWorkerProcess(empty));
  const names = await Promise.all(four.map(({ ready }) => ready));
  expect(new Set(names).size).toBe(4);
}, 120_000);

it('what waits for approval outlives its workers, and another process applies it', async () => {
  await opened();
  const asked = await askFor('KMS.4', 3);
  const before = startWorkerProcess(database);
  await before.ready;
  await until('all is proposed', async () => (await inState('proposed')) === asked);
  const ended = new Promise((done) => before.child.on('exit', done));
  before.child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await approveAll()).toBe(asked);
  await startWorkerProcess(database).ready;
  await until('all is resolved', async () => (await inState('resolved')) === asked);
}, 120_000);

it('the database is killed under two workers: they end by themselves, and others carry on what they had begun', async () => {
  await opened();
  const asked = await askFor('EC2.2', RUNS);
  const two = [startWorkerProcess(database), startWorkerProcess(database)];
  await Promise.all(two.map(({ ready }) => ready));
  await until('all is proposed', async () => (await inState('requested')) === 0);
  expect(await approveAll()).toBe(asked);
  await until('some are applied', async () => (await inState('resolved')) > 2);
  const ends = two.map(({ child }) => new Promise((done) => child.on('exit', done)));
  await postgres.restart('kill');
  // Whoever has lost the lock under its name must not go on.
  expect(await Promise.all(ends)).toEqual([70, 70]);
  await Promise.all([startWorkerProcess(database).ready, startWorkerProcess(database).ready]);
  await until('all runs have ended', async () => (await inState('resolved', 'still-open', 'stopped')) === asked);
  expect(await inState('resolved')).toBe(asked);
  expectNoneTwice();
}, 180_000);
