import type { Home } from '../../store/home.js';
import { openDatabase } from '../../store/postgres/database.js';
import { startEmbedded } from '../../store/postgres/launcher.js';
import { migrate } from '../../store/postgres/migration.js';
import { groundwork } from './hub-parts.js';
import type { ImportLines } from './line-import.js';
import { ScannedOrganization } from './scanned-organization.js';

/** The way in for findings where no hub runs. */
export interface StandaloneImport {
  readonly importLines: ImportLines;
  close(): Promise<void>;
}

/**
 * Opens the database of a hub to bring findings into it. Its automation rules are applied; the events that its other rules
 * ask for wait there until a hub or a worker decides them.
 *
 * @param databaseUrl the embedded one of the home unless told.
 */
export async function openStandalone(home: Home, databaseUrl: string | undefined): Promise<StandaloneImport> {
  const embedded = databaseUrl === undefined ? await startEmbedded(home.postgres) : undefined;
  const stop = async () => {
    if (embedded?.reused === false) await embedded.stop();
  };
  try {
    const database = await openDatabase(databaseUrl ?? embedded?.url ?? '');
    await migrate(database);
    const organization = await ScannedOrganization.read(home, database);
    const base = groundwork({ home, database, organization, clock: () => new Date() }, undefined);
    return {
      importLines: base.lineImport.importLines,
      async close() {
        await base.lineImport.end();
        await base.connections.close();
        await database.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
