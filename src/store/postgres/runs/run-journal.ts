import type { RunEntry } from '../../run-file.js';
import type { Queries } from '../database.js';

/**
 * This worker may not write to the run any more: another one has taken it (this one was frozen, or thought dead), or the
 * run was ended meanwhile.
 */
export class Fenced extends Error {
  constructor(runId: string, epoch: number) {
    super(`run ${runId} is no longer this worker's: epoch ${epoch} is over`);
    this.name = 'Fenced';
  }
}

/** Takes a run: whoever had it can write to it no more. @returns the epoch that writes are fenced by. */
export async function claimRun(client: Queries, runId: string, worker: string, at: string): Promise<number> {
  const { rows } = await client.query<{ epoch: number }>(
    `insert into hikeshi.run_claim as c (run_id, epoch, worker, at) values ($1, 1, $2, $3)
     on conflict (run_id) do update set epoch = c.epoch + 1, worker = excluded.worker, at = excluded.at
     returning epoch`,
    [runId, worker, at],
  );
  return (rows[0] as { epoch: number }).epoch;
}

/**
 * Holds the claim until the transaction ends, so that nobody else takes the run in between.
 *
 * @throws Fenced when it is another's by now.
 */
export async function holdClaim(client: Queries, runId: string, epoch: number): Promise<void> {
  const { rowCount } = await client.query(
    'select 1 from hikeshi.run_claim where run_id = $1 and epoch = $2 for share',
    [runId, epoch],
  );
  if (rowCount !== 1) throw new Fenced(runId, epoch);
}

export async function readEntries(client: Queries, runId: string): Promise<RunEntry[]> {
  const { rows } = await client.query<{ entry: RunEntry }>(
    'select entry from hikeshi.run_entry where run_id = $1 order by seq',
    [runId],
  );
  return rows.map(({ entry }) => entry);
}

/**
 * Adds an entry to a run's journal, in the place after the last one that the writer knows.
 *
 * @throws Fenced when the run is another's by now, or somebody else has written to this place.
 */
export async function appendEntry(
  client: Queries,
  runId: string,
  epoch: number,
  seq: number,
  entry: RunEntry,
): Promise<void> {
  const { rowCount } = await client.query(
    `with held as (select 1 from hikeshi.run_claim where run_id = $1 and epoch = $2 for share)
     insert into hikeshi.run_entry (run_id, seq, entry) select $1, $3, $4 from held
     on conflict (run_id, seq) do nothing`,
    [runId, epoch, seq, JSON.stringify(entry)],
  );
  if (rowCount !== 1) throw new Fenced(runId, epoch);
}

/** Adds entries to a run that the caller has locked, after those it has read under the lock. @returns all of them. */
export async function addEntries(
  client: Queries,
  runId: string,
  before: readonly RunEntry[],
  more: readonly RunEntry[],
): Promise<readonly RunEntry[]> {
  const rows = more.map((_, place) => `($1, $${2 * place + 2}, $${2 * place + 3})`);
  await client.query(`insert into hikeshi.run_entry (run_id, seq, entry) values ${rows.join(', ')}`, [
    runId,
    ...more.flatMap((entry, place) => [before.length + place, JSON.stringify(entry)]),
  ]);
  return [...before, ...more];
}

/** Why a run is not to go on: asked right before each of its calls. */
export interface Hold {
  readonly fenced: boolean;
  readonly killedBy: string | undefined;
  readonly cancelledBy: string | undefined;
}

/** One look at everything that can stop a run between two steps. */
export async function readHold(client: Queries, runId: string, epoch: number): Promise<Hold> {
  const { rows } = await client.query<{ mine: boolean; engaged: boolean; by: string | null; cancel: string | null }>(
    `select exists (select 1 from hikeshi.run_claim where run_id = $1 and epoch = $2) as mine, k.engaged, k.by,
       (select cancel_by from hikeshi.run where id = $1) as cancel from hikeshi.kill_switch k`,
    [runId, epoch],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the row of the kill switch is missing');
  return {
    fenced: !row.mine,
    killedBy: row.engaged ? (row.by ?? 'somebody') : undefined,
    cancelledBy: row.cancel ?? undefined,
  };
}
