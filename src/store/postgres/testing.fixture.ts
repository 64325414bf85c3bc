import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from './database.js';
import { startEmbedded } from './launcher.js';
import { migrate } from './migration.js';

/** A PostgreSQL of a test's own. */
export interface TestPostgres {
  /** A new database in it, with the whole schema. */
  database(): Promise<Database>;
  /** A new database with nothing in it. */
  emptyDatabase(): Promise<Database>;
  /** The URL of the server's own database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one in a temporary folder: about half a second. Call it in `beforeAll` and `stop` in `afterAll`. */
export async function testPostgres(): Promise<TestPostgres> {
  const parent = mkdtempSync(join(tmpdir(), 'hikeshi-pg-'));
  chmodSync(parent, 0o755);
  const server = await startEmbedded(join(parent, 'postgres'));
  const opened: Database[] = [];
  const emptyDatabase = async (): Promise<Database> => {
    const admin = await openDatabase(server.url, { connections: 1 });
    const name = `test_${opened.length + 1}`;
    await admin.query(`create database ${name}`);
    await admin.close();
    const database = await openDatabase(server.url.replace('/postgres?', `/${name}?`));
    opened.push(database);
    return database;
  };
  return {
    emptyDatabase,
    url: server.url,
    async database() {
      const database = await emptyDatabase();
      await migrate(database);
      return database;
    },
    async stop() {
      await Promise.all(opened.map((database) => database.close().catch(() => undefined)));
      await server.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
