import type { Database, Queries } from '../../store/postgres/database.js';
import { readSettings } from '../../store/postgres/runs/settings-table.js';
import type { ResponsePorts } from './ports.js';
import { readResponseSettings } from './read-settings.js';
import { defaultSettings, type ResponseSettings } from './settings.js';
import type { Enqueue } from './durable.js';
import type { RunTracing } from './run-tracing.js';

/** What the steps of a worker's runs work with. */
export interface RunContext {
  readonly database: Database;
  readonly ports: ResponsePorts;
  readonly enqueue: Enqueue;
  /** This worker's name, unique among all that ever were. */
  readonly worker: string;
  /** Puts what is to be attested into the ledger, where this process has it. Answers once it was tried, or has begun. */
  readonly attest: (until?: 'begun') => Promise<void>;
  /** How long a call whose answer was lost is given to show in reads, before it is looked for. */
  readonly doubtMs: number;
  /** Left out where runs are not traced. */
  readonly tracing?: RunTracing;
}

/** The settings in force. @throws Problem when what is in the database is not valid: nothing is applied then. */
export async function settingsIn(client: Queries): Promise<ResponseSettings> {
  return settingsOf((await readSettings(client))?.document);
}

/** As `settingsIn`, of a document that was read with other things. */
export function settingsOf(document: unknown): ResponseSettings {
  return document === undefined ? defaultSettings : readResponseSettings(document);
}
