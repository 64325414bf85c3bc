import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../src/engine/respond/dbos.js';
import { setResponseSettings } from '../src/engine/respond/manage-responses.js';
import { openResponses } from '../src/engine/respond/open-responses.js';
import type { Finding } from '../src/findings/finding.js';
import { openDatabase, type Database } from '../src/store/postgres/database.js';
import { startEmbedded } from '../src/store/postgres/launcher.js';
import { migrate } from '../src/store/postgres/migration.js';
import { benchEstate, benchFindings, newHome } from './runs-world.js';

const RUNS = Number(process.env['HIKESHI_BENCH_RUNS'] ?? 1200);
/** A worker runs for weeks: what it does is measured once its code is compiled. */
const WARM_UP = 900;
const RUNS_PER_SECOND_WANTED = 100;
const WAITING = 85_000;
const IDLE_MS = 10_000;

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
    const [none, waiting] = await idle(server.url, server.pid);
    report(
      `a worker and its PostgreSQL, idle: ${none.toFixed(2)} % of a core; with ${WAITING.toLocaleString('en')} proposals waiting ${waiting.toFixed(2)} %`,
    );
    if (waiting - none > 1) throw new Error(`waiting costs ${(waiting - none).toFixed(2)} % of a core`);
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

/** What an idle worker and the whole of PostgreSQL use, without and with proposals that wait: per cent of a core. */
async function idle(url: string, serverPid: number): Promise<[number, number]> {
  const database = await fresh(url, 'idle');
  // What is measured is the worker and what it asks for, not the tidying up after the runs before.
  await database.query('alter system set autovacuum = off');
  await database.query('select pg_reload_conf()');
  const child = await started(database, '');
  await new Promise((done) => setTimeout(done, 3000));
  const none = await usage(child.pid ?? 0, serverPid);
  await database.query(
    `insert into hikeshi.run (id, state, mode, finding_id, control_id, account_id, resource_arn, finding, parameters, origin,
       requested_by, requested_at, updated_at, proposal_hash, expires_at)
     select 'w-' || n, 'proposed', 'ask', 'f-' || n, 'EC2.13', lpad((n % 5000)::text, 12, '0'), 'arn:aws:ec2:::sg-' || n, '{}',
       '{}', '{}', 'rule:bench', now(), now(), md5(n::text), now() + interval '14 days' from generate_series(1, $1) n`,
    [WAITING],
  );
  await database.query('vacuum analyze hikeshi.run');
  await new Promise((done) => setTimeout(done, 3000));
  const waiting = await usage(child.pid ?? 0, serverPid);
  await stopped(child);
  await database.close();
  return [none, waiting];
}

/** CPU of a process and of PostgreSQL with all its children over a while. Source: proc(5), `stat` fields 14 to 17. */
async function usage(worker: number, server: number): Promise<number> {
  const ticks = (): number =>
    cpuOf(worker) + cpuOf(server) + childrenOf(server).reduce((sum, pid) => sum + cpuOf(pid), 0);
  const before = ticks();
  await new Promise((done) => setTimeout(done, IDLE_MS));
  return ((ticks() - before) * 10 * 100) / IDLE_MS;
}

function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    return [];
  }
}

/** With what its children used that have ended. */
const cpuOf = (pid: number): number => {
  const fields = statOf(pid);
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
};

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((text) => text !== '')
    .map(Number);
}
