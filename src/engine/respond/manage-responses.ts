import { Problem } from '../../base/problem.js';
import type { Database } from '../../store/postgres/database.js';
import { readSettings, writeSettings } from '../../store/postgres/runs/settings-table.js';
import { readResponseSettings } from './read-settings.js';
import type { Responder } from './responses.js';
import { defaultSettings, type ResponseSettings } from './settings.js';

/** The settings in force: version 0 before anybody wrote any. */
export interface KeptSettings {
  readonly version: number;
  readonly settings: ResponseSettings;
  readonly by?: string;
  readonly at?: string;
}

export async function responseSettings(database: Database): Promise<KeptSettings> {
  const row = await readSettings(database);
  if (row === undefined) return { version: 0, settings: defaultSettings };
  const { version, document, by, at } = row;
  return { version, settings: readResponseSettings(document), by, at: at.toISOString() };
}

/**
 * Writes settings over those of a version that was looked at. They hold for every run that is planned or begun from then on.
 *
 * @throws Problem `response-settings` naming a field; `settings-changed` when somebody else was first.
 */
export async function setResponseSettings(
  database: Database,
  document: unknown,
  options: { readonly over: number; readonly by: Responder; readonly now: Date },
): Promise<number> {
  const settings = readResponseSettings(document);
  const { over, by, now } = options;
  const version = await writeSettings(database, settings, over, by.name, now.toISOString());
  if (version !== undefined) return version;
  throw new Problem('settings-changed', `the settings are not those of version \`${over}\` any more`, {
    next: 'look at them again and write your change over those',
    exit: 'badUsage',
  });
}
