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
}

const COLUMNS = `id, per_hour_max as "perHourMax", failure_rate_max as "failureRateMax", failures_after as "failuresAfter",
  started_by as "startedBy", started_at as "startedAt", broken_at as "brokenAt", broken_reason as "brokenReason"`;

function toWave(row: Readonly<Record<string, unknown>>): WaveRow {
  const plain = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : (value ?? undefined),
  ]);
  return Object.fromEntries(plain) as WaveRow;
}

/** @returns false when there is a wave of this name already. */
export async function insertWave(client: Queries, wave: Omit<WaveRow, 'brokenAt' | 'brokenReason'>): Promise<boolean> {
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

/** How a wave goes: its runs that ended, those that ended badly, and when those of the last hour began. */
export async function waveProgress(
  client: Queries,
  id: string,
  since: string,
): Promise<{ readonly ended: number; readonly failed: number; readonly beganSince: number; readonly oldest?: string }> {
  const { rows } = await client.query<{ ended: number; failed: number; began: number; oldest: Date | null }>(
    `select count(*) filter (where state in ('resolved', 'still-open', 'stopped', 'undone', 'undo-stopped')) as ended,
       count(*) filter (where state in ('still-open', 'stopped', 'undone', 'undo-stopped')) as failed,
       count(*) filter (where began_at > $2) as began, min(began_at) filter (where began_at > $2) as oldest
     from hikeshi.run where wave = $1 and began_at is not null`,
    [id, since],
  );
  const row = rows[0] ?? { ended: 0, failed: 0, began: 0, oldest: null };
  return {
    ended: row.ended,
    failed: row.failed,
    beganSince: row.began,
    ...(row.oldest === null ? {} : { oldest: row.oldest.toISOString() }),
  };
}

/** Breaks a wave, or (no reason) lets it go on. */
export async function markWave(client: Queries, id: string, at: string, reason: string | undefined): Promise<void> {
  await client.query('update hikeshi.wave set broken_at = $2, broken_reason = $3 where id = $1', [
    id,
    reason === undefined ? null : at,
    reason ?? null,
  ]);
}
