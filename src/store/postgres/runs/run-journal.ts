import type { RunEntry } from '../../run-file.js';
import type { Queries } from '../database.js';
import type { StatementPart } from '../statement-part.js';

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

/** As `claimRun`, for one who writes in the same transaction only. */
export const claiming = (runId: string, worker: string, at: string): StatementPart => ({
  change: CLAIM,
  values: [runId, worker, at],
});

/** How a claim is taken that somebody has or had, in an `insert` of it as `c`. */
export const CLAIMED_AGAIN =
  'on conflict (run_id) do update set epoch = c.epoch + 1, worker = excluded.worker, at = excluded.at';
const CLAIM = `insert into hikeshi.run_claim as c (run_id, epoch, worker, at) values ($1, 1, $2, $3) ${CLAIMED_AGAIN}`;

/** Takes a run: whoever had it can write to it no more. @returns the epoch that writes are fenced by. */
export async function claimRun(client: Queries, runId: string, worker: string, at: string): Promise<number> {
  const { rows } = await client.query<{ epoch: number }>(`${CLAIM} returning epoch`, [runId, worker, at]);
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

/** Adds entries to a run that the caller has locked, after those it has read under the lock: so many there are. */
export function addingEntries(runId: string, before: number, more: readonly RunEntry[]): StatementPart {
  const rows = more.map((_, place) => `($1, $${2 * place + 2}, $${2 * place + 3})`);
  return {
    change: `insert into hikeshi.run_entry (run_id, seq, entry) values ${rows.join(', ')}`,
    values: [runId, ...more.flatMap((entry, place) => [before + place, JSON.stringify(entry)])],
  };
}

/** Why a run is not to go on: asked right before each of its calls. */
export interface Hold {
  readonly fenced: boolean;
  readonly killedBy: string | undefined;
  readonly cancelledBy: string | undefined;
}

interface HoldColumns {
  readonly mine: boolean;
  readonly engaged: boolean;
  readonly by: string | null;
  readonly cancel: string | null;
}

/** One look at everything that can stop a run between two steps. */
export async function readHold(client: Queries, runId: string, epoch: number): Promise<Hold> {
  const { rows } = await client.query<HoldColumns>(
    `select exists (select 1 from hikeshi.run_claim where run_id = $1 and epoch = $2) as mine, k.engaged, k.by,
       (select cancel_by from hikeshi.run where id = $1) as cancel from hikeshi.kill_switch k`,
    [runId, epoch],
  );
  return holdOf(rows[0]);
}

/**
 * As `appendEntry` where nothing holds the run back, decided in the same look; otherwise nothing is added.
 *
 * @returns what was seen.
 * @throws Fenced as `appendEntry`.
 */
export async function appendUnlessHeld(
  client: Queries,
  runId: string,
  epoch: number,
  seq: number,
  entry: RunEntry,
): Promise<Hold> {
  const { rows } = await client.query<HoldColumns & { added: boolean }>(
    `with held as (select 1 from hikeshi.run_claim where run_id = $1 and epoch = $2 for share),
       hold as (select k.engaged, k.by, (select cancel_by from hikeshi.run where id = $1) as cancel
         from hikeshi.kill_switch k),
       made as (insert into hikeshi.run_entry (run_id, seq, entry)
         select $1, $3, $4 from held, hold where not engaged and cancel is null
         on conflict (run_id, seq) do nothing returning 1)
     select exists (select 1 from held) as mine, engaged, by, cancel, exists (select 1 from made) as added from hold`,
    [runId, epoch, seq, JSON.stringify(entry)],
  );
  const hold = holdOf(rows[0]);
  const isHeld = hold.killedBy !== undefined || hold.cancelledBy !== undefined;
  if (hold.fenced || (!isHeld && rows[0]?.added !== true)) throw new Fenced(runId, epoch);
  return hold;
}

function holdOf(row: HoldColumns | undefined): Hold {
  if (row === undefined) throw new Error('the row of the kill switch is missing');
  return {
    fenced: !row.mine,
    killedBy: row.engaged ? (row.by ?? 'somebody') : undefined,
    cancelledBy: row.cancel ?? undefined,
  };
}
