import { DBOS, DBOSClient, DBOSWorkflowConflictError, Error as DbosErrors, type DLogger } from '@dbos-inc/dbos-sdk';
import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { Database } from '../../store/postgres/database.js';
import { LOCK_SPACE } from '../../store/postgres/migration.js';
import { Fenced } from '../../store/postgres/runs/run-journal.js';
import { workflowId, type Durable, type Enqueue, type WorkflowName } from './durable.js';

/** The name under which Hikeshi's workflows are in the database. */
export const APPLICATION = 'hikeshi';
/**
 * The same for ever: workflows are told apart by the version in their names, so that a newer Hikeshi takes what an older
 * one has begun.
 */
export const APPLICATION_VERSION = '1';
const ENGINE_LOCK = 2;

/** Proposals are made side by side; changes go lane by lane. */
export const PROPOSE_QUEUE = 'hikeshi-propose';
export const CHANGE_QUEUE = 'hikeshi-change';

const STEP_TRIES_MAX = 8;

/** The engine says nothing by itself: what matters of it is in the rows of runs. */
export const silent: DLogger = {
  info: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The workflow engine as those see it who only begin workflows: the server, the command line. */
export interface Engine {
  readonly enqueue: Enqueue;
  close(): Promise<void>;
}

const POLL_MS = 50;

/**
 * Brings the engine's own tables up to date, under our lock: of many processes that start at once on an empty database
 * the engine's own migrations would run into each other.
 *
 * The lock is asked for again and again and never waited for: a statement that waits holds a snapshot, the engine builds
 * indexes concurrently, and such a build waits for every snapshot there is: all would wait for ever.
 */
export async function migrateEngine(database: Database): Promise<void> {
  const client = await database.pool.connect();
  try {
    const tryLock = async (): Promise<boolean> => {
      const text = 'select pg_try_advisory_lock($1, $2) as mine';
      return (await client.query<{ mine: boolean }>(text, [LOCK_SPACE, ENGINE_LOCK])).rows[0]?.mine === true;
    };
    while (!(await tryLock())) await new Promise((done) => setTimeout(done, POLL_MS));
    await quietly(() => DBOS.migrate(database.url));
  } finally {
    await client.query('select pg_advisory_unlock($1, $2)', [LOCK_SPACE, ENGINE_LOCK]).catch(() => undefined);
    client.release();
  }
}

const quiet = new AsyncLocalStorage<true>();

/**
 * Lets work be done without its notes. The engine tells of its migrations on the console and takes no logger for them, and
 * what is on stdout here is the answer that programs read. Only what the work itself says is left out: all others are heard.
 */
async function quietly(work: () => Promise<void>): Promise<void> {
  const { log, warn } = console;
  const unless =
    (say: typeof console.log): typeof console.log =>
    (...said) => {
      if (quiet.getStore() !== true) say(...said);
    };
  Object.assign(console, { log: unless(log), warn: unless(warn) });
  try {
    await quiet.run(true, work);
  } finally {
    Object.assign(console, { log, warn });
  }
}

/** Opens the engine for beginning workflows. Needs no worker in this process. */
export async function openEngine(database: Database): Promise<Engine> {
  await migrateEngine(database);
  const client = await DBOSClient.create({
    systemDatabaseUrl: database.url,
    systemDatabasePool: database.pool,
    applicationName: APPLICATION,
    logger: silent,
  });
  const enqueue: Enqueue = async (transaction, name, input, { lane, at }) => {
    const delaySeconds = at === undefined ? 0 : Math.max(0, (at.getTime() - Date.now()) / 1000);
    await client.enqueueInTransaction<(runId: string, turn: number) => Promise<void>>(
      transaction as pg.PoolClient,
      {
        workflowName: name,
        workflowID: workflowId(name, input),
        appVersion: APPLICATION_VERSION,
        ...placeOf(name, lane),
        ...(delaySeconds === 0 ? {} : { delaySeconds }),
      },
      input.runId,
      input.turn,
    );
  };
  return { enqueue, close: () => client.destroy() };
}

/** A change waits in the lane of its resource; a proposal changes nothing and waits for nobody. */
function placeOf(name: WorkflowName, lane: number): { queueName: string; queuePartitionKey?: string } {
  return name === 'propose@1'
    ? { queueName: PROPOSE_QUEUE }
    : { queueName: CHANGE_QUEUE, queuePartitionKey: String(lane) };
}

/** The port of workflows, on DBOS. */
export const dbosDurable: Durable = {
  step: (name, work) =>
    DBOS.runStep(work, {
      name,
      retriesAllowed: true,
      maxAttempts: STEP_TRIES_MAX,
      intervalSeconds: 0.5,
      backoffRate: 2,
      shouldRetry: (error) => !isLost(error),
    }),
  sleep: (milliseconds) => DBOS.sleep(milliseconds),
  isLost,
};

function isLost(error: unknown): boolean {
  return (
    error instanceof Fenced ||
    error instanceof DBOSWorkflowConflictError ||
    error instanceof DbosErrors.DBOSWorkflowCancelledError ||
    error instanceof DbosErrors.DBOSExecutorNotInitializedError
  );
}
