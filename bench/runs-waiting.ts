import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Database } from '../src/store/postgres/database.js';

const TURNS = 30;
const TURN_MS = 1000;
/** Two workers that do the same differ by a hundredth of a core until their code is compiled. */
const SETTLE_MS = 30_000;
/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const TICK_MS = 10;

/** What an idle worker and its connections use in per cent of a core, and how many rows of runs PostgreSQL read for it. */
export interface Idle {
  readonly percent: number;
  readonly rows: number;
}

/** A worker that has nothing to do, and its database. */
export interface IdleWorker {
  readonly child: ChildProcess;
  readonly database: Database;
}

/**
 * What idle workers use, all of them watched over the same half minute: a machine's own ups and downs are wider than
 * what is looked for, and like this they are the same for each.
 */
export async function idleUsage(workers: readonly IdleWorker[]): Promise<Idle[]> {
  await pause(SETTLE_MS);
  for (const { database } of workers) await database.query('select pg_stat_reset()');
  const used = workers.map(() => 0);
  let before = await Promise.all(workers.map(ticksOf));
  for (let turn = 0; turn < TURNS; turn++) {
    await pause(TURN_MS);
    const after = await Promise.all(workers.map(ticksOf));
    after.forEach((processes, place) => {
      for (const [pid, ticks] of processes) used[place]! += ticks - (before[place]?.get(pid) ?? 0);
    });
    before = after;
  }
  const rows = await Promise.all(workers.map(({ database }) => rowsRead(database)));
  return workers.map((_, place) => ({
    percent: ((used[place] ?? 0) * TICK_MS * 100) / (TURNS * TURN_MS),
    rows: rows[place] ?? 0,
  }));
}

/** As many proposals that wait for a person, as the worker itself would have left them. */
export async function addWaiting(database: Database, count: number): Promise<void> {
  await database.query(
    `insert into hikeshi.run (id, state, mode, finding_id, control_id, account_id, resource_arn, finding, parameters, origin,
       requested_by, requested_at, updated_at, proposal_hash, expires_at)
     select 'w-' || n, 'proposed', 'ask', 'f-' || n, 'EC2.13', lpad((n % 5000)::text, 12, '0'), 'arn:aws:ec2:::sg-' || n, '{}',
       '{}', '{}', 'rule:bench', now(), now(), md5(n::text), now() + interval '14 days' from generate_series(1, $1) n`,
    [count],
  );
  await database.query('vacuum analyze hikeshi.run');
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * The worker's process and the server's processes of its database, with their ticks so far: not the watcher's own, nor
 * what tidies up after the rows that were added.
 */
async function ticksOf({ child, database }: IdleWorker): Promise<Map<number, number>> {
  const { rows } = await database.query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type <> 'autovacuum worker'`,
  );
  return new Map([child.pid ?? 0, ...rows.map(({ pid }) => pid)].map((pid) => [pid, ticksOfProcess(pid)]));
}

async function rowsRead(database: Database): Promise<number> {
  const { rows } = await database.query<{ read: number }>(
    `select seq_tup_read + coalesce(idx_tup_fetch, 0) as read from pg_stat_user_tables
     where schemaname = 'hikeshi' and relname = 'run'`,
  );
  return rows[0]?.read ?? 0;
}

/** CPU of a process so far, of itself and of the system for it. Source: proc(5), `stat` fields 14 and 15. */
function ticksOfProcess(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  } catch {
    return 0;
  }
}
