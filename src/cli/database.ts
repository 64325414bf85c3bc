import { Option, type Command } from 'commander';
import { Home } from '../store/home.js';
import { openDatabase } from '../store/postgres/database.js';
import { PostgresFindings } from '../store/postgres/findings/postgres-findings.js';
import { migrate } from '../store/postgres/migration.js';
import { homeOf, type GlobalOptions } from './options.js';

/** Options of commands that read or write findings. */
export interface DatabaseOptions extends GlobalOptions {
  readonly databaseUrl?: string;
}

export function withDatabase(command: Command): Command {
  return command.addOption(
    new Option('--database-url <url>', 'keep findings in this PostgreSQL, shared with others, not in a file').env(
      'HIKESHI_DATABASE_URL',
    ),
  );
}

/**
 * Works with the home folder, its findings in the database where one is named. Snapshots, run records and the ledger stay
 * in the folder.
 *
 * @param verb what is done, for the findings' history.
 */
export async function withHome<Made>(
  options: DatabaseOptions,
  verb: string,
  work: (home: Home) => Promise<Made>,
): Promise<Made> {
  const { databaseUrl } = options;
  if (databaseUrl === undefined || databaseUrl === '') return work(homeOf(options));
  const database = await openDatabase(databaseUrl);
  try {
    await migrate(database);
    const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'hikeshi', reason: verb } as const;
    const findings = new PostgresFindings(database, { actor, now: () => new Date() });
    return await work(new Home(homeOf(options).path, findings));
  } finally {
    await database.close();
  }
}
