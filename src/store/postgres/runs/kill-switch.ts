import type { Queries } from '../database.js';
import { RUN_CHANNEL } from './run-table.js';

export interface KillSwitchRow {
  readonly engaged: boolean;
  readonly by?: string;
  readonly at?: string;
  readonly reason?: string;
}

export async function readKillSwitch(client: Queries): Promise<KillSwitchRow> {
  const { rows } = await client.query<{ engaged: boolean; by: string | null; at: Date | null; reason: string | null }>(
    'select engaged, by, at, reason from hikeshi.kill_switch',
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the row of the kill switch is missing');
  return {
    engaged: row.engaged,
    ...(row.by === null ? {} : { by: row.by }),
    ...(row.at === null ? {} : { at: row.at.toISOString() }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}

export async function writeKillSwitch(client: Queries, row: Required<KillSwitchRow>): Promise<void> {
  await client.query('update hikeshi.kill_switch set engaged = $1, by = $2, at = $3, reason = $4', [
    row.engaged,
    row.by,
    row.at,
    row.reason,
  ]);
  await client.query(`select pg_notify($1, '{"killSwitch":true}')`, [RUN_CHANNEL]);
}
