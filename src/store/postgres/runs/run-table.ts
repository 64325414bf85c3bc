import type { Queries } from '../database.js';
import { changeTogether, type StatementPart } from '../statement-part.js';
import { RUN_COLUMNS, toRunRow, type RunRow } from './run-row.js';

/** The channel on which changes of runs are told, once they are committed. */
export const RUN_CHANNEL = 'hikeshi_runs';
/** A notification may have 8,000 bytes; a reason is told up to here. */
const TOLD_CHARACTERS_MAX = 500;

export type NewRun = Pick<
  RunRow,
  'id' | 'mode' | 'findingId' | 'controlId' | 'accountId' | 'resourceArn' | 'finding' | 'parameters' | 'origin'
> &
  Pick<RunRow, 'requestedBy' | 'requestedAt' | 'approvalsAsked' | 'expiresAt' | 'notBefore' | 'wave'>;

/** Begins a run. @returns false when there is one of this id already: nothing was changed. */
export async function insertRun(client: Queries, run: NewRun): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into hikeshi.run (id, state, mode, finding_id, control_id, account_id, resource_arn, finding, parameters,
       origin, requested_by, requested_at, updated_at, approvals_asked, expires_at, not_before, wave)
     values ($1, 'requested', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15)
     on conflict (id) do nothing`,
    [
      run.id,
      run.mode,
      run.findingId,
      run.controlId,
      run.accountId,
      run.resourceArn,
      JSON.stringify(run.finding),
      JSON.stringify(run.parameters),
      JSON.stringify(run.origin),
      run.requestedBy,
      run.requestedAt,
      run.approvalsAsked ?? null,
      run.expiresAt ?? null,
      run.notBefore ?? null,
      run.wave ?? null,
    ],
  );
  return rowCount === 1;
}

export async function readRun(client: Queries, id: string): Promise<RunRow | undefined> {
  const { rows } = await client.query(`select ${RUN_COLUMNS} from hikeshi.run where id = $1`, [id]);
  return rows[0] === undefined ? undefined : toRunRow(rows[0]);
}

/** The run, held against everybody else until the transaction ends. */
export async function lockRun(client: Queries, id: string): Promise<RunRow | undefined> {
  const { rows } = await client.query(`select ${RUN_COLUMNS} from hikeshi.run where id = $1 for no key update`, [id]);
  return rows[0] === undefined ? undefined : toRunRow(rows[0]);
}

/** What may change with a run's state. */
export interface RunChange {
  readonly reason?: string;
  readonly approvalsNeeded?: number;
  readonly risk?: string;
  readonly playbook?: string;
  readonly proposalHash?: string;
  readonly expiresAt?: string;
  readonly warnedAt?: string;
  /** Null: it is as if it had not begun. */
  readonly beganAt?: string | null;
  /** Null: nobody wants it to stop any more. */
  readonly cancelBy?: string | null;
  readonly turn?: number;
}

const CHANGED_COLUMNS: Readonly<Record<keyof RunChange, string>> = {
  reason: 'reason',
  approvalsNeeded: 'approvals_needed',
  risk: 'risk',
  playbook: 'playbook',
  proposalHash: 'proposal_hash',
  expiresAt: 'expires_at',
  warnedAt: 'warned_at',
  beganAt: 'began_at',
  cancelBy: 'cancel_by',
  turn: 'turn',
};

/**
 * Moves a run that is locked to another state, and tells it. The caller holds the row (`lockRun`) and has decided on what
 * it read there.
 */
export async function moveRun(client: Queries, id: string, to: string, at: string, change: RunChange): Promise<void> {
  await changeTogether(client, [movingRun(id, to, at, change)]);
}

/** As `moveRun`, to be made with other changes. */
export function movingRun(id: string, to: string, at: string, change: RunChange): StatementPart {
  const values: unknown[] = [id, to, at, RUN_CHANNEL, TOLD_CHARACTERS_MAX];
  const sets = ['state = $2', 'updated_at = $3'];
  // A state without a reason has none of its own: that of an earlier state would be wrong.
  if (change.reason === undefined) sets.push('reason = null');
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    values.push(value);
    sets.push(`${CHANGED_COLUMNS[name as keyof RunChange]} = $${values.length}`);
  }
  return {
    change: `update hikeshi.run set ${sets.join(', ')} where id = $1
       returning id, state, account_id, reason, control_id, updated_at`,
    values,
    tell: `pg_notify($4, json_build_object('runId', id, 'state', state, 'accountId', account_id, 'at', updated_at,
       'text', left(coalesce(reason, control_id), $5))::text)`,
  };
}

export interface RunSearch {
  readonly states?: readonly string[];
  readonly accounts?: readonly string[];
  readonly controlId?: string;
  readonly findingId?: string;
  readonly wave?: string;
  readonly limit: number;
  /** The last of the page before. */
  readonly after?: { readonly requestedAt: string; readonly id: string };
}

/** Runs, newest first. */
export async function searchRuns(client: Queries, search: RunSearch): Promise<RunRow[]> {
  const values: unknown[] = [search.limit];
  const wanted: string[] = [];
  const add = (text: string, ...given: readonly unknown[]): void => {
    let filled = text;
    for (const value of given) {
      values.push(value);
      filled = filled.replace('?', `$${values.length}`);
    }
    wanted.push(filled);
  };
  if (search.states !== undefined) add('state = any(?)', search.states);
  if (search.accounts !== undefined) add('account_id = any(?)', search.accounts);
  if (search.controlId !== undefined) add('control_id = ?', search.controlId);
  if (search.findingId !== undefined) add('finding_id = ?', search.findingId);
  if (search.wave !== undefined) add('wave = ?', search.wave);
  if (search.after !== undefined) add('(requested_at, id) < (?, ?)', search.after.requestedAt, search.after.id);
  const where = wanted.length === 0 ? '' : `where ${wanted.join(' and ')}`;
  const { rows } = await client.query(
    `select ${RUN_COLUMNS} from hikeshi.run ${where} order by requested_at desc, id desc limit $1`,
    values,
  );
  return rows.map(toRunRow);
}

/** Whether something is being done about a finding or waits for somebody to decide, or a run of this id was there before. */
export async function isAnswered(client: Queries, findingId: string, runId: string): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from hikeshi.run where finding_id = $1
       and (id = $2 or state in ('requested', 'proposed', 'approved', 'applying', 'undoing')) limit 1`,
    [findingId, runId],
  );
  return rows.length > 0;
}

/** How many runs there are in each state. */
export async function countRuns(client: Queries): Promise<{ readonly state: string; readonly count: number }[]> {
  const { rows } = await client.query<{ state: string; count: number }>(
    'select state, count(*) as count from hikeshi.run group by state order by state',
  );
  return rows;
}

/** Ends proposals whose time is over, some at a time. @returns how many. */
export async function expireRuns(client: Queries, at: string, most: number): Promise<number> {
  const { rows } = await client.query(
    `with due as (select id from hikeshi.run where state = 'proposed' and expires_at <= $1
         order by expires_at limit $2 for no key update skip locked),
       changed as (update hikeshi.run set state = 'expired', updated_at = $1,
         reason = 'nobody answered in time' from due where run.id = due.id returning run.id, account_id, run.updated_at)
     select pg_notify($3, json_build_object('runId', id, 'state', 'expired', 'accountId', account_id, 'at', updated_at,
       'text', 'nobody answered in time')::text) from changed`,
    [at, most, RUN_CHANNEL],
  );
  return rows.length;
}

/** Proposals of which an owner is to be told before they are applied, and was not yet. */
export async function unwarnedRuns(client: Queries, most: number): Promise<RunRow[]> {
  const { rows } = await client.query(
    `select ${RUN_COLUMNS} from hikeshi.run
     where not_before is not null and warned_at is null and state in ('proposed', 'approved') limit $1`,
    [most],
  );
  return rows.map(toRunRow);
}
