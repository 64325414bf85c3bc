import type { Queries } from '../database.js';
import { RUN_CHANNEL } from './run-table.js';

export interface KillSwitchRow {
  readonly engaged: boolean;
  readonly by?: string;
  readonly at?: string;
  readonly reason?: string;
}

/** The row as `pg` reads it. */
export interface KillSwitchColumns {
  readonly engaged: boolean;
  readonly by: string | null;
  readonly at: Date | null;
  readonly reason: string | null;
}

export async function readKillSwitch(client: Queries): Promise<KillSwitchRow> {
  const { rows } = await client.query<KillSwitchColumns & Record<string, unknown>>(
    'select engaged, by, at, reason from hikeshi.kill_switch',
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the row of the kill switch is missing');
  return killSwitchOf(row);
}

export function killSwitchOf({ engaged, by, at, reason }: KillSwitchColumns): KillSwitchRow {
  return {
    engaged,
    ...(by === null ? {} : { by }),
    ...(at === null ? {} : { at: at.toISOString() }),
    ...(reason === null ? {} : { reason }),
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
