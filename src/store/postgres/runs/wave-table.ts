import type { Queries } from '../database.js';

/** Many runs that are one undertaking, with what ends it early. */
export interface WaveRow {
  readonly id: string;
  readonly perHourMax: number | undefined;
  readonly failureRateMax: number;
  readonly failuresAfter: number;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly brokenAt: string | undefined;
  readonly brokenReason: string | undefined;
  /** When a person last let it go on, and who. */
  readonly closedAt: string | undefined;
  readonly closedBy: string | undefined;
}

const COLUMNS = `id, per_hour_max as "perHourMax", failure_rate_max as "failureRateMax", failures_after as "failuresAfter",
  started_by as "startedBy", started_at as "startedAt", broken_at as "brokenAt", broken_reason as "brokenReason",
  closed_at as "closedAt", closed_by as "closedBy"`;

function toWave(row: Readonly<Record<string, unknown>>): WaveRow {
  const plain = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : (value ?? undefined),
  ]);
  return Object.fromEntries(plain) as WaveRow;
}

/** @returns false when there is a wave of this name already. */
export async function insertWave(
  client: Queries,
  wave: Omit<WaveRow, 'brokenAt' | 'brokenReason' | 'closedAt' | 'closedBy'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into hikeshi.wave (id, per_hour_max, failure_rate_max, failures_after, started_by, started_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
    [wave.id, wave.perHourMax ?? null, wave.failureRateMax, wave.failuresAfter, wave.startedBy, wave.startedAt],
  );
  return rowCount === 1;
}

export async function readWave(client: Queries, id: string): Promise<WaveRow | undefined> {
  const { rows } = await client.query(`select ${COLUMNS} from hikeshi.wave where id = $1`, [id]);
  return rows[0] === undefined ? undefined : toWave(rows[0]);
}

/** The wave, held: its runs begin one after another, so that none slips past a limit. */
export async function lockWave(client: Queries, id: string): Promise<WaveRow | undefined> {
  const { rows } = await client.query(`select ${COLUMNS} from hikeshi.wave where id = $1 for update`, [id]);
  return rows[0] === undefined ? undefined : toWave(rows[0]);
}

/** Waves, newest first. */
export async function readWaves(client: Queries, most: number): Promise<WaveRow[]> {
  const { rows } = await client.query(`select ${COLUMNS} from hikeshi.wave order by started_at desc, id limit $1`, [
    most,
  ]);
  return rows.map(toWave);
}

/** How many runs of each wave are in each state. */
export async function countWaveRuns(
  client: Queries,
  ids: readonly string[],
): Promise<{ readonly wave: string; readonly state: string; readonly count: number }[]> {
  const { rows } = await client.query<{ wave: string; state: string; count: number }>(
    'select wave, state, count(*) as count from hikeshi.run where wave = any($1) group by wave, state order by state',
    [ids],
  );
  return rows;
}

/** The runs that were stopped before they began, for a reason that begins so; some at a time. */
export async function heldByBreaker(client: Queries, id: string, reason: string, most: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from hikeshi.run
     where wave = $1 and state = 'stopped' and began_at is null and starts_with(reason, $2)
     order by requested_at, id limit $3`,
    [id, reason, most],
  );
  return rows.map((row) => row.id);
}

/**
 * How a wave goes: its runs that ended, those that ended badly, and when those of the last hour began. What began before a
 * person let the wave go on does not count as ended again.
 */
export async function waveProgress(
  client: Queries,
  { id, closedAt }: Pick<WaveRow, 'id' | 'closedAt'>,
  since: string,
): Promise<{ readonly ended: number; readonly failed: number; readonly beganSince: number; readonly oldest?: string }> {
  const { rows } = await client.query<{ ended: number; failed: number; began: number; oldest: Date | null }>(
    `select
       count(*) filter (where state in ('resolved', 'still-open', 'stopped', 'undone', 'undo-stopped')
         and updated_at > $3) as ended,
       count(*) filter (where state in ('still-open', 'stopped', 'undone', 'undo-stopped') and updated_at > $3) as failed,
       count(*) filter (where began_at > $2) as began, min(began_at) filter (where began_at > $2) as oldest
     from hikeshi.run where wave = $1 and began_at is not null`,
    [id, since, closedAt ?? '-infinity'],
  );
  const row = rows[0] ?? { ended: 0, failed: 0, began: 0, oldest: null };
  return {
    ended: row.ended,
    failed: row.failed,
    beganSince: row.began,
    ...(row.oldest === null ? {} : { oldest: row.oldest.toISOString() }),
  };
}

export async function breakWave(client: Queries, id: string, at: string, reason: string): Promise<void> {
  await client.query('update hikeshi.wave set broken_at = $2, broken_reason = $3 where id = $1', [id, at, reason]);
}

/** Lets a wave go on. */
export async function closeWave(client: Queries, id: string, at: string, by: string): Promise<void> {
  await client.query(
    'update hikeshi.wave set broken_at = null, broken_reason = null, closed_at = $2, closed_by = $3 where id = $1',
    [id, at, by],
  );
}
