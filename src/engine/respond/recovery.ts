import { DBOS } from '@dbos-inc/dbos-sdk';
import type pg from 'pg';
import type { Database } from '../../store/postgres/database.js';
import { LOCK_SPACE } from '../../store/postgres/migration.js';

const LOOK_MS = 1000;
/** Locks of workers: their names as numbers, in a space of their own. */
const WORKER_SPACE = LOCK_SPACE + 1;

/**
 * Who is alive is known to PostgreSQL: each worker holds an advisory lock under its name on a connection that it keeps
 * open. Each second every worker looks whose workflows are under way, and takes over those of a name whose lock can be
 * had: it belongs to nobody any more. A worker whose own connection breaks must not go on under this name: `onLost`.
 *
 * Source: DBOS recovers by itself only what its own executor id left behind.
 */
export async function watchWorkers(database: Database, name: string, onLost: () => void): Promise<() => Promise<void>> {
  const client = await database.pool.connect();
  let ended = false;
  client.on('error', () => {
    if (!ended) onLost();
  });
  // A machine that vanished without a word is found out within seconds.
  for (const setting of ['tcp_keepalives_idle = 5', 'tcp_keepalives_interval = 2', 'tcp_keepalives_count = 3']) {
    await client.query(`set ${setting}`);
  }
  await client.query('select pg_advisory_lock($1, hashtext($2))', [WORKER_SPACE, name]);
  let working: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    working = working.then(() => recoverDead(client, name)).catch(() => undefined);
  }, LOOK_MS);
  return async () => {
    ended = true;
    clearInterval(timer);
    await working;
    client.release(true);
  };
}

async function recoverDead(client: pg.PoolClient, own: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct executor_id as name from dbos.workflow_status
     where status = 'PENDING' and executor_id <> $1 and application_name = $2`,
    [own, 'hikeshi'],
  );
  for (const { name } of rows) {
    const { rows: taken } = await client.query<{ dead: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as dead',
      [WORKER_SPACE, name],
    );
    if (taken[0]?.dead !== true) continue;
    try {
      await takeOver(name);
    } finally {
      await client.query('select pg_advisory_unlock($1, hashtext($2))', [WORKER_SPACE, name]);
    }
  }
}

/** Puts the workflows of a dead worker back into their queues. */
async function takeOver(name: string): Promise<void> {
  const left = await DBOS.listWorkflows({ executorId: name, status: 'PENDING', loadInput: false, loadOutput: false });
  const byQueue = new Map<string, string[]>();
  for (const { queueName = '', workflowID } of left) {
    byQueue.set(queueName, [...(byQueue.get(queueName) ?? []), workflowID]);
  }
  for (const [queueName, ids] of byQueue) await DBOS.resumeWorkflows(ids, queueName === '' ? {} : { queueName });
}
