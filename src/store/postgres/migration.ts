import { Problem } from '../../base/problem.js';
import type { Database } from './database.js';
import { migrations } from './migrations/catalogue.js';

/** One step of the schema, forward only. Once released its text never changes. */
export interface Migration {
  /** 1, 2, 3 …: the schema's version after it. */
  readonly version: number;
  /** What it brings, in a few words. */
  readonly title: string;
  readonly sql: string;
}

/** Advisory locks of Hikeshi: the first of their two numbers. */
export const LOCK_SPACE = 0x48494b45;
const MIGRATION_LOCK = 1;

/**
 * Brings the schema up to date, under a lock: of many that start at once, one does it and the others wait.
 *
 * @throws Problem `database-newer` when a newer Hikeshi has been here: nothing is changed.
 */
export async function migrate(database: Database, known: readonly Migration[] = migrations): Promise<number> {
  const newest = known.at(-1)?.version ?? 0;
  const client = await database.pool.connect();
  try {
    await client.query('select pg_advisory_lock($1, $2)', [LOCK_SPACE, MIGRATION_LOCK]);
    await client.query(`create schema if not exists hikeshi;
      create table if not exists hikeshi.schema_version (
        version integer primary key, title text not null, applied_at timestamptz not null default now())`);
    const { rows } = await client.query<{ version: number }>(
      'select coalesce(max(version), 0) as version from hikeshi.schema_version',
    );
    const version = rows[0]?.version ?? 0;
    if (version > newest) throw newer(version, newest);
    for (const migration of known.filter((step) => step.version > version)) {
      await client.query('begin');
      try {
        await client.query(migration.sql);
        await client.query('insert into hikeshi.schema_version (version, title) values ($1, $2)', [
          migration.version,
          migration.title,
        ]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
    }
    return newest;
  } finally {
    await client.query('select pg_advisory_unlock($1, $2)', [LOCK_SPACE, MIGRATION_LOCK]).catch(() => undefined);
    client.release();
  }
}

function newer(version: number, newest: number): Problem {
  return new Problem('database-newer', `the database is of version \`${version}\`; this Hikeshi knows ${newest}`, {
    next: 'update Hikeshi on this machine; nothing was changed',
    exit: 'badConfiguration',
  });
}
