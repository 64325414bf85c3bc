import { DBOS } from '@dbos-inc/dbos-sdk';
import { lockRun, expireRuns, moveRun, unwarnedRuns } from '../../store/postgres/runs/run-table.js';
import type { Database } from '../../store/postgres/database.js';
import { workflowId, type WorkflowName } from './durable.js';
import { viewOf } from './response-view.js';
import type { RunContext } from './run-context.js';
import { laneOf } from './run-record.js';

const BATCH_MAX = 500;
/** A run is looked at for a lost workflow when it has not moved for so long. */
const STALE_MS = 60_000;
/** What finished workflows are kept for: their runs are kept for ever, in rows of our own. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/** Which workflow a run in a state waits for: the one that is begun now, and those that an older Hikeshi began. */
const WORKFLOWS_OF: Readonly<Record<string, readonly [WorkflowName, ...WorkflowName[]]>> = {
  requested: ['propose@1'],
  approved: ['apply@2', 'apply@1'],
  applying: ['apply@2', 'apply@1'],
  undoing: ['undo@1'],
};

/** Ends proposals that nobody answered. */
export async function expireProposals({ database, ports }: RunContext): Promise<void> {
  while ((await expireRuns(database, ports.now().toISOString(), BATCH_MAX)) === BATCH_MAX);
}

/** Warns owners of what is done after its grace period: told at least once, before it is applied. */
export async function warnOwners({ database, ports }: RunContext): Promise<void> {
  for (const run of await unwarnedRuns(database, BATCH_MAX)) {
    await ports.notifications.tell('grace-period', viewOf(run, []));
    await database.query('update hikeshi.run set warned_at = $2 where id = $1 and warned_at is null', [
      run.id,
      ports.now().toISOString(),
    ]);
  }
}

/**
 * Begins a workflow anew for runs that wait for one that is over: the last net, for an engine that gave a workflow up
 * (too many recoveries, or somebody deleted it by hand).
 *
 * @param alive which of these workflows are waiting or at work.
 */
export async function restartLost(
  context: RunContext,
  alive: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<number> {
  const { database, ports, enqueue } = context;
  const before = new Date(ports.now().getTime() - STALE_MS).toISOString();
  const { rows } = await database.query<{ id: string; state: string; turn: number }>(
    'select id, state, turn from hikeshi.run where state = any($1) and updated_at < $2 limit $3',
    [Object.keys(WORKFLOWS_OF), before, BATCH_MAX],
  );
  const idsOf = ({ id, state, turn }: { id: string; state: string; turn: number }): string[] =>
    (WORKFLOWS_OF[state] ?? []).map((name) => workflowId(name, { runId: id, turn }));
  const known = await alive(rows.flatMap(idsOf));
  let restarted = 0;
  for (const row of rows.filter((each) => !idsOf(each).some((id) => known.has(id)))) {
    await database.transaction(async (client) => {
      const run = await lockRun(client, row.id);
      const name = run === undefined ? undefined : WORKFLOWS_OF[run.state]?.[0];
      if (run === undefined || name === undefined || run.turn !== row.turn || run.state !== row.state) return;
      const turn = run.turn + 1;
      await moveRun(client, run.id, run.state, ports.now().toISOString(), { turn, reason: 'begun again' });
      await enqueue(client, name, { runId: run.id, turn }, { lane: laneOf(run.resourceArn) });
      restarted += 1;
    });
  }
  return restarted;
}

/** Which workflows DBOS has waiting or at work. Reads DBOS's own table: its minor version is pinned, and a test covers it. */
export async function aliveInDbos(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await database.query<{ id: string }>(
    `select workflow_uuid as id from dbos.workflow_status
     where workflow_uuid = any($1) and status in ('PENDING', 'ENQUEUED', 'DELAYED')`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Deletes workflows that finished long ago. DBOS keeps them for ever. */
export async function forgetFinished(now: Date): Promise<void> {
  const completedBefore = new Date(now.getTime() - KEPT_MS).toISOString();
  const old = await DBOS.listWorkflows({
    completedBefore,
    applicationName: 'hikeshi',
    status: ['SUCCESS', 'ERROR', 'CANCELLED'],
    limit: BATCH_MAX,
    loadInput: false,
    loadOutput: false,
  });
  if (old.length > 0) await DBOS.deleteWorkflows(old.map(({ workflowID }) => workflowID));
}
