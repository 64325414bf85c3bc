import { Problem } from '../../base/problem.js';
import type { Database } from '../../store/postgres/database.js';
import { readSettings, writeSettings } from '../../store/postgres/runs/settings-table.js';
import { insertWave, lockWave, markWave, readWave, type WaveRow } from '../../store/postgres/runs/wave-table.js';
import { readResponseSettings } from './read-settings.js';
import type { Responder } from './responses.js';
import { defaultSettings, type ResponseSettings } from './settings.js';

/** The settings in force and their version: 0 before anybody wrote any. */
export async function responseSettings(
  database: Database,
): Promise<{ readonly version: number; readonly settings: ResponseSettings }> {
  const row = await readSettings(database);
  return row === undefined
    ? { version: 0, settings: defaultSettings }
    : { version: row.version, settings: readResponseSettings(row.document) };
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

/** Makes a wave: runs that name it are held to its limits. @throws Problem `wave-exists`, `bad-wave`. */
export async function startWave(
  database: Database,
  wave: Pick<WaveRow, 'id' | 'perHourMax' | 'failureRateMax' | 'failuresAfter'>,
  by: Responder,
  now: Date,
): Promise<void> {
  const { perHourMax, failureRateMax, failuresAfter } = wave;
  const isGood =
    (perHourMax === undefined || (Number.isInteger(perHourMax) && perHourMax > 0)) &&
    failureRateMax >= 0 &&
    failureRateMax <= 1 &&
    Number.isInteger(failuresAfter) &&
    failuresAfter > 0;
  if (!isGood) {
    throw new Problem('bad-wave', `\`${JSON.stringify(wave)}\` is no wave`, {
      next: 'perHourMax and failuresAfter are whole numbers above 0, failureRateMax is from 0 to 1',
      exit: 'badUsage',
    });
  }
  const made = await insertWave(database, { ...wave, startedBy: by.name, startedAt: now.toISOString() });
  if (!made)
    throw new Problem('wave-exists', `there is a wave \`${wave.id}\` already`, {
      next: 'choose another name',
      exit: 'badUsage',
    });
}

/** Lets a wave go on that its circuit breaker has stopped. Its stopped runs are resumed one by one. */
export async function closeBreaker(database: Database, id: string, now: Date): Promise<void> {
  await database.transaction(async (client) => {
    if ((await lockWave(client, id)) === undefined) throw unknownWave(id);
    await markWave(client, id, now.toISOString(), undefined);
  });
}

export async function showWave(database: Database, id: string): Promise<WaveRow> {
  const wave = await readWave(database, id);
  if (wave === undefined) throw unknownWave(id);
  return wave;
}

const unknownWave = (id: string): Problem =>
  new Problem('unknown-wave', `there is no wave \`${id}\``, { exit: 'badUsage' });
