import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../src/engine/respond/dbos.js';
import { setResponseSettings } from '../src/engine/respond/manage-responses.js';
import { openResponses } from '../src/engine/respond/open-responses.js';
import type { Finding } from '../src/findings/finding.js';
import { openDatabase, type Database } from '../src/store/postgres/database.js';
import { startEmbedded } from '../src/store/postgres/launcher.js';
import { migrate } from '../src/store/postgres/migration.js';
import { addWaiting, idleUsage, type Idle } from './runs-waiting.js';
import { benchEstate, benchFindings, newHome } from './runs-world.js';

const RUNS = Number(process.env['HIKESHI_BENCH_RUNS'] ?? 1200);
/** A worker runs for weeks: what it does is measured once its code is compiled. */
const WARM_UP = 900;
const RUNS_PER_SECOND_WANTED = 100;
const WAITING = 85_000;
/** Looking for what is due may find the first of an index; who walks what waits reads thousands. */
const WAITING_READ_MAX = 100;

/**
 * Complete runs, from the wish to the signed entry of the ledger, on twins in the workers' own processes; and what it
 * costs that 85,000 proposals wait.
 *
 * @throws Error when one worker does less than 100 runs a second, or waiting costs more than a hundredth of a core.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'hikeshi-bench-'));
  chmodSync(parent, 0o755);
  const server = await startEmbedded(join(parent, 'postgres'));
  const findings = benchFindings(benchEstate(), RUNS + WARM_UP);
  try {
    const one = await throughput(server.url, 'one', 1, findings);
    report(`complete runs, 1 worker:  ${one.toFixed(1)} a second, after the first ${WARM_UP}`);
    const two = await throughput(server.url, 'two', 2, findings);
    report(`complete runs, 2 workers: ${two.toFixed(1)} a second: ${(two / one).toFixed(2)} times as many`);
    const [none, waiting] = await idle(server.url);
    report(
      `an idle worker and its connections: ${none.percent.toFixed(2)} % of a core; beside it, with ${WAITING.toLocaleString('en')} proposals waiting, ${waiting.percent.toFixed(2)} %, for which ${waiting.rows} of them were read`,
    );
    if (waiting.rows > WAITING_READ_MAX) throw new Error(`${waiting.rows} rows that wait were read by an idle worker`);
    const cost = waiting.percent - none.percent;
    if (cost > 1) throw new Error(`waiting costs ${cost.toFixed(2)} % of a core`);
    if (one < RUNS_PER_SECOND_WANTED)
      throw new Error(`one worker does ${one.toFixed(1)} runs a second, not ${RUNS_PER_SECOND_WANTED}`);
  } finally {
    await server.stop();
    rmSync(parent, { recursive: true, force: true });
  }
}

async function fresh(url: string, name: string): Promise<Database> {
  const admin = await openDatabase(url, { connections: 1 });
  await admin.query(`create database ${name}`);
  await admin.close();
  const database = await openDatabase(url.replace('/postgres?', `/${name}?`));
  await migrate(database);
  return database;
}

async function started(database: Database, home: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'runs-worker.js'), database.url, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, failed) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready') && ready());
    child.on('exit', () => failed(new Error('a worker of the benchmark ended')));
  });
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

async function throughput(url: string, name: string, workers: number, findings: readonly Finding[]): Promise<number> {
  const database = await fresh(url, name);
  const engine = await openEngine(database);
  const responses = openResponses({ database, enqueue: engine.enqueue });
  await setResponseSettings(
    database,
    { approvals: [{ name: 'all', approval: 'automatic' }] },
    { over: 0, by: { name: 'bench' }, now: new Date() },
  );
  const home = newHome();
  const children: ChildProcess[] = [];
  for (let each = 0; each < workers; each++) children.push(await started(database, home));
  const ask = (finding: Finding, place: number) =>
    responses.request({
      id: `r-${place}`,
      finding,
      mode: 'automatic',
      requestedBy: 'rule:bench',
      origin: { kind: 'rule', name: 'bench' },
    });
  const resolved = async (wanted: number): Promise<void> => {
    for (;;) {
      const { rows } = await database.query<{ n: number }>(
        `select count(*) as n from hikeshi.run r where state = 'resolved' and not exists (
           select 1 from hikeshi.run_attestation a where a.run_id = r.id and a.ledger_index is null)`,
      );
      if ((rows[0]?.n ?? 0) >= wanted) return;
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const warm = findings.slice(0, WARM_UP);
  await Promise.all(warm.map(ask));
  await resolved(warm.length);
  const start = performance.now();
  const measured = findings.slice(WARM_UP);
  await Promise.all(measured.map((finding, place) => ask(finding, WARM_UP + place)));
  await resolved(findings.length);
  const seconds = (performance.now() - start) / 1000;
  for (const child of children) await stopped(child);
  await engine.close();
  await database.close();
  rmSync(home, { recursive: true, force: true });
  return measured.length / seconds;
}

/** An idle worker with nothing that waits, and one beside it with all that do. */
async function idle(url: string): Promise<[Idle, Idle]> {
  const databases = [await fresh(url, 'none'), await fresh(url, 'waiting')] as const;
  await addWaiting(databases[1], WAITING);
  const workers = [];
  for (const database of databases) workers.push({ database, child: await started(database, '') });
  const [none, waiting] = (await idleUsage(workers)) as [Idle, Idle];
  for (const { child, database } of workers) {
    await stopped(child);
    await database.close();
  }
  return [none, waiting];
}
