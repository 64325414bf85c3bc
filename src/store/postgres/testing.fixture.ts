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
  /** Ends the server and starts it again on the same data, as an administrator or a machine does. Every connection is lost. */
  restart(how: RestartKind): Promise<void>;
  stop(): Promise<void>;
}

/** An orderly end; kill -9 of the server; kill -9 of one of its sessions, which makes the server recover by itself. */
export type RestartKind = 'stop' | 'kill' | 'kill-session';

const RESTART_MS_MAX = 20_000;
const POLL_MS = 10;

/** Starts one in a temporary folder: about half a second. Call it in `beforeAll` and `stop` in `afterAll`. */
export async function testPostgres(): Promise<TestPostgres> {
  const parent = mkdtempSync(join(tmpdir(), 'hikeshi-pg-'));
  chmodSync(parent, 0o755);
  const folder = join(parent, 'postgres');
  let server = await startEmbedded(folder);
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
    async restart(how) {
      if (how === 'kill-session') return killSession(server.url);
      if (how === 'stop') await server.stop();
      else await killServer(server.pid);
      // The sessions of a killed server end a moment after it; until then their memory is in use.
      server = await eventually(() => startEmbedded(folder));
    },
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

async function killServer(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  const isAlive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) await new Promise((done) => setTimeout(done, POLL_MS));
}

async function killSession(url: string): Promise<void> {
  const [victim, witness] = await Promise.all([1, 2].map(() => openDatabase(url, { connections: 1 })));
  if (victim === undefined || witness === undefined) throw new Error('there are two');
  const held = await witness.pool.connect();
  const told = new Promise((done) => held.once('end', done));
  const { rows } = await victim.query<{ pid: number }>('select pg_backend_pid() as pid');
  process.kill((rows[0] as { pid: number }).pid, 'SIGKILL');
  // All sessions are ended with it; new ones are taken once the server has recovered.
  await told;
  held.release(true);
  await Promise.all([victim.close(), witness.close()]);
  await (await eventually(() => openDatabase(url, { connections: 1 }))).close();
}

async function eventually<Made>(work: () => Promise<Made>): Promise<Made> {
  const until = Date.now() + RESTART_MS_MAX;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
}
