import { DBOS } from '@dbos-inc/dbos-sdk';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import { openPool, type Database } from '../../store/postgres/database.js';
import { ATTESTATION_CHANNEL } from '../../store/postgres/runs/attestation-table.js';
import { listen } from '../../store/postgres/runs/run-events.js';
import { Problem } from '../../base/problem.js';
import { aliveInDbos, expireProposals, forgetFinished, restartLost, warnOwners } from './chores.js';
import {
  APPLICATION,
  APPLICATION_VERSION,
  CHANGE_QUEUE,
  dbosDurable,
  openEngine,
  PROPOSE_QUEUE,
  silent,
  type Engine,
} from './dbos.js';
import type { WorkflowName } from './durable.js';
import type { ResponseLedger, ResponsePorts } from './ports.js';
import { watchWorkers } from './recovery.js';
import type { RunContext } from './run-context.js';
import type { RunTracing } from './run-tracing.js';
import { keepSchedules } from './schedules.js';
import { Scribe } from './scribe.js';
import { workflows } from './workflows.js';

/** What a worker needs. */
export interface WorkerOptions {
  readonly database: Database;
  readonly ports: ResponsePorts;
  /** Where runs are attested; left out on machines that have no ledger: another process attests what they leave. */
  readonly ledger?: ResponseLedger;
  /** How many runs it works on at once. */
  readonly concurrency?: number;
  /** How often it looks for work. Runs a second are at most concurrency / this. */
  readonly pollMs?: number;
  /** How long a call whose answer was lost is given to show in reads before it is looked for. */
  readonly doubtMs?: number;
  /** Told when this worker can no longer be sure of being the only one of its name: it must end. */
  readonly onLost?: () => void;
  /** Traces runs; left out where they are not. */
  readonly tracing?: RunTracing;
  /** Told of chores that failed; they are tried again. */
  readonly onTrouble?: (what: string, error: unknown) => void;
}

export interface Worker {
  readonly name: string;
  readonly engine: Engine;
  /** Takes nothing new, waits for what is under way (up to a limit), and ends. What is cut off is taken by others. */
  drain(): Promise<void>;
}

const CONCURRENCY = 32;
const POLL_MS = 100;
const DOUBT_MS = 15_000;
const CHORES_MS = 5_000;
const DRAIN_MS_MAX = 30_000;
const POOL_SIZE = 12;
/** A transaction of the engine that nobody goes on with lets its rows go after this. */
const IDLE_TRANSACTION_MS_MAX = 60_000;

/** DBOS is one in a process: so is the worker. */
let active: RunContext | undefined;
const registered = new Set<string>();

/**
 * Starts the worker of this process: for `hikeshi serve` and `hikeshi worker` alike. Any number of processes share one
 * database.
 *
 * @throws Problem `worker-running` for a second one in a process.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  if (active !== undefined) throw new Problem('worker-running', 'this process has a worker already');
  const { database, ports, ledger } = options;
  const name = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const engine = await openEngine(database);
  const trouble = options.onTrouble ?? (() => undefined);
  const context: RunContext = {
    database,
    ports,
    enqueue: engine.enqueue,
    worker: name,
    attest:
      ledger === undefined
        ? () => Promise.resolve()
        : attesting(new Scribe(database, ledger, () => ports.now()), trouble),
    doubtMs: options.doubtMs ?? DOUBT_MS,
    ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
  };
  active = context;
  const pool = openPool(database.url, {
    name: 'hikeshi-engine',
    connections: POOL_SIZE,
    idleTransactionMs: IDLE_TRANSACTION_MS_MAX,
  });
  try {
    // The lock is there before the first workflow is: nobody takes this worker for dead.
    const unwatch = await watchWorkers(database, name, options.onLost ?? (() => process.exit(70)));
    await launch(database, pool, name, options);
    const unlisten = listen(database, [ATTESTATION_CHANNEL], () => void context.attest('begun'));
    const chores = startChores(context, trouble);
    return {
      name,
      engine,
      async drain() {
        await chores();
        await DBOS.shutdown({ workflowCompletionTimeoutMS: DRAIN_MS_MAX });
        // Whoever is told of something to attest begins to: only once nobody is told any more is the last one waited for.
        await unlisten();
        await context.attest().catch((error: unknown) => trouble('attest', error));
        await unwatch();
        await engine.close();
        await pool.end();
        active = undefined;
      },
    };
  } catch (error) {
    active = undefined;
    await pool.end().catch(() => undefined);
    throw error;
  }
}

function attesting(scribe: Scribe, trouble: (what: string, error: unknown) => void): RunContext['attest'] {
  return async (until) => {
    const tried = scribe.attest();
    if (until === undefined) return tried;
    tried.catch((error: unknown) => trouble('attest', error));
  };
}

async function launch(database: Database, pool: Pool, name: string, options: WorkerOptions): Promise<void> {
  for (const workflow of Object.keys(workflows) as WorkflowName[]) {
    if (registered.has(workflow)) continue;
    registered.add(workflow);
    const body = async (runId: string, turn: number): Promise<void> => {
      if (active === undefined) throw new Error('the worker of this process has ended');
      await workflows[workflow](dbosDurable, active, { runId, turn });
    };
    DBOS.registerWorkflow(body, { name: workflow, maxRecoveryAttempts: 1000 });
  }
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: database.url,
    systemDatabasePool: pool,
    applicationVersion: APPLICATION_VERSION,
    executorID: name,
    runMigrations: false,
    logger: silent,
  });
  await DBOS.launch();
  const workerConcurrency = options.concurrency ?? CONCURRENCY;
  const minPollingIntervalMs = options.pollMs ?? POLL_MS;
  const shape = { workerConcurrency, minPollingIntervalMs, onConflict: 'always_update' as const };
  await DBOS.registerQueue(PROPOSE_QUEUE, shape);
  await DBOS.registerQueue(CHANGE_QUEUE, { ...shape, partitionConcurrency: 1 });
}

/** What is done now and then. @returns what ends it, once what is under way is done. */
function startChores(context: RunContext, trouble: (what: string, error: unknown) => void): () => Promise<void> {
  const chores: Readonly<Record<string, () => Promise<unknown>>> = {
    attest: context.attest,
    expire: () => expireProposals(context),
    warn: () => warnOwners(context),
    restart: () => restartLost(context, (ids) => aliveInDbos(context.database, ids)),
    forget: () => forgetFinished(context.ports.now()),
    schedule: () => keepSchedules(context),
  };
  let working: Promise<void> = Promise.resolve();
  const all = async (): Promise<void> => {
    for (const [what, chore] of Object.entries(chores)) await chore().catch((error: unknown) => trouble(what, error));
  };
  working = all();
  const timer = setInterval(() => {
    working = working.then(all);
  }, CHORES_MS);
  return async () => {
    clearInterval(timer);
    await working;
  };
}
