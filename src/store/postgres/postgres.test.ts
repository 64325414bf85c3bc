import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, withoutPassword, type Database } from './database.js';
import { startEmbedded, type EmbeddedPostgres } from './launcher.js';
import { migrate } from './migration.js';

let folder: string;
let server: EmbeddedPostgres;
let database: Database;

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'hikeshi-pg-')), 'postgres');
  // Run as root, the server is nobody's: it must be able to walk here.
  chmodSync(dirname(folder), 0o755);
  server = await startEmbedded(folder);
  database = await openDatabase(server.url);
}, 60_000);

afterAll(async () => {
  await database?.close();
  await server?.stop();
  rmSync(dirname(folder), { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('is found again by whoever comes next', async () => {
    const again = await startEmbedded(folder);
    expect(again).toMatchObject({ reused: true, pid: server.pid, url: server.url });
  });

  it('listens on no port', async () => {
    const { rows } = await database.query<{ listen_addresses: string }>('show listen_addresses');
    expect(rows).toEqual([{ listen_addresses: '' }]);
  });

  it('starts again after it was killed, with all that was committed', async () => {
    await database.query('create table kept (n integer)');
    await database.query('insert into kept values (7)');
    process.kill(server.pid, 'SIGKILL');
    const deadline = Date.now() + 10_000;
    while (
      Date.now() < deadline &&
      (await database.query('select 1').then(
        () => true,
        () => false,
      ))
    ) {
      await new Promise((done) => setTimeout(done, 20));
    }
    server = await startEmbedded(folder);
    expect(server.reused).toBe(false);
    expect((await database.query('select n from kept')).rows).toEqual([{ n: 7 }]);
  });
});

describe('migrations', () => {
  const one = { version: 1, title: 'one', sql: 'create table hikeshi.one (n integer)' };
  const two = { version: 2, title: 'two', sql: 'create table hikeshi.two (n integer)' };
  const broken = {
    version: 3,
    title: 'broken',
    sql: 'create table hikeshi.three (n integer); select nothing from nowhere',
  };

  it('are done once, by one of many that start at the same time', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate(database, [one])));
    await migrate(database, [one, two]);
    const { rows } = await database.query('select version, title from hikeshi.schema_version order by version');
    expect(rows).toEqual([
      { version: 1, title: 'one' },
      { version: 2, title: 'two' },
    ]);
  });

  it('are whole or not at all', async () => {
    await expect(migrate(database, [one, two, broken])).rejects.toThrow('nowhere');
    const { rows } = await database.query(`select to_regclass('hikeshi.three') as three`);
    expect(rows).toEqual([{ three: null }]);
  });

  it('refuse a database that a newer Hikeshi has changed', async () => {
    await expect(migrate(database, [one])).rejects.toMatchObject({ code: 'database-newer' });
  });
});

describe('a database’s URL', () => {
  it.each([
    ['postgresql://me:secret@db/hikeshi', 'postgresql://me:***@db/hikeshi'],
    [
      'postgresql://me@db/hikeshi?password=secret&sslmode=require',
      'postgresql://me@db/hikeshi?password=***&sslmode=require',
    ],
  ])('is shown without its password: %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });

  it.each(['mysql://db/x', 'db.example.com', ''])('is refused when it is none: `%s`', async (url) => {
    await expect(openDatabase(url)).rejects.toMatchObject({ code: 'database-url' });
  });

  it('that nobody answers is told without its password', async () => {
    const problem = await openDatabase('postgresql://me:hunter2@127.0.0.1:1/x').catch((error: Error) => error);
    expect(problem).toMatchObject({ code: 'database-unreachable' });
    expect((problem as Error).message).not.toContain('hunter2');
  });
});

it('a transaction that throws leaves nothing behind', async () => {
  await database.query('create table tried (n integer)');
  const failing = database.transaction(async (client) => {
    await client.query('insert into tried values (1)');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect((await database.query('select * from tried')).rows).toEqual([]);
});

it('a connection that ends while somebody holds it and asks nothing is told by their next question, and ends no process', async () => {
  const client = await database.pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const ended = new Promise((done) => client.once('end', done));
  await database.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  await ended;
  await expect(client.query('select 1')).rejects.toThrow();
  client.release(true);
  expect((await database.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
});
