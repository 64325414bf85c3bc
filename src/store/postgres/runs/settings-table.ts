import type { Queries } from '../database.js';

/** The settings of responses: one document, validated by the engine, with who set it. */
export interface SettingsRow {
  readonly version: number;
  readonly document: unknown;
  readonly by: string;
  readonly at: Date;
}

export async function readSettings(client: Queries): Promise<SettingsRow | undefined> {
  const { rows } = await client.query<SettingsRow>('select version, document, by, at from hikeshi.response_settings');
  return rows[0];
}

/** Writes the settings over those of a version. @returns the new version; undefined when somebody else was first. */
export async function writeSettings(
  client: Queries,
  document: unknown,
  over: number,
  by: string,
  at: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ version: number }>(
    over === 0
      ? `insert into hikeshi.response_settings (version, document, by, at) values ($1 + 1, $2, $3, $4)
         on conflict do nothing returning version`
      : `update hikeshi.response_settings set version = version + 1, document = $2, by = $3, at = $4
         where version = $1 returning version`,
    [over, JSON.stringify(document), by, at],
  );
  return rows[0]?.version;
}
