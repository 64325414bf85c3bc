import { finished } from 'node:stream/promises';
import { from } from 'pg-copy-streams';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from './database.js';
import { testPostgres, type TestPostgres } from './testing.fixture.js';

let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.emptyDatabase();
  await database.query('create table run_part (run_id text, place integer, primary key (run_id, place))');
});
afterAll(() => postgres?.stop());

const cases: readonly { name: string; text: string; values: readonly unknown[] | undefined; prepared: boolean }[] = [
  {
    name: 'adding a row',
    text: 'insert into run_part (run_id, place) values ($1, $2)',
    values: ['a', 1],
    prepared: true,
  },
  { name: 'rows of a key', text: 'select place from run_part where run_id = $1', values: ['a'], prepared: true },
  {
    name: 'rows made of others',
    text: 'insert into run_part (run_id, place) select n::text, 0 from unnest($1::int[]) n',
    values: [[]],
    prepared: false,
  },
  { name: 'a search', text: 'select place from run_part where place > $1', values: [0], prepared: false },
  { name: 'all columns', text: 'select * from run_part where run_id = $1', values: ['a'], prepared: false },
  { name: 'no values', text: "select place from run_part where run_id = 'a'", values: undefined, prepared: false },
];

it.each(cases)('$name: prepared once, or not at all, and answered the same', async ({ text, values, prepared }) => {
  const client = await database.pool.connect();
  try {
    // A row that is added has a key of its own each time.
    const given = (time: number) => (text.startsWith('insert') && prepared ? ['b', time] : values);
    for (const time of [1, 2]) await client.query(text, given(time) as unknown[]);
    const { rows } = await client.query<{ statement: string }>(
      'select statement from pg_prepared_statements where statement = any($1)',
      [[text]],
    );
    expect(rows.length).toBe(prepared ? 1 : 0);
  } finally {
    client.release();
  }
});

type Ask = (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: unknown[] }>;
const add = 'insert into run_part (run_id, place) values ($1, $2)';

const transactions: readonly { name: string; work: (ask: Ask) => Promise<unknown>; kept: readonly number[] }[] = [
  { name: 'nothing is asked in it', work: () => Promise.resolve(), kept: [] },
  { name: 'its first statement is text alone', work: (ask) => ask('select 1'), kept: [] },
  { name: 'its first statement adds a row', work: (ask) => ask(add, ['t', 1]), kept: [1] },
  {
    name: 'two are asked at once',
    work: (ask) => Promise.all([ask(add, ['t', 2]), ask(add, ['t', 3])]),
    kept: [2, 3],
  },
  { name: 'its first statement fails', work: (ask) => ask('select nothing from nowhere'), kept: [] },
  {
    name: 'a later statement fails',
    work: async (ask) => {
      await ask(add, ['t', 4]);
      await ask(add, ['t', 4]);
    },
    kept: [],
  },
];

it.each(transactions)('a transaction is all there or not at all: $name', async ({ work, kept }) => {
  await database.query("delete from run_part where run_id = 't'");
  await database
    .transaction((client) => work((text, values) => client.query(text, values as unknown[])))
    .catch(() => expect(kept).toEqual([]));
  const { rows } = await database.query<{ place: number }>(
    'select place from run_part where run_id = $1 order by place',
    ['t'],
  );
  expect(rows.map(({ place }) => place)).toEqual(kept);
});

it('a transaction may begin with a stream of rows', async () => {
  await database.transaction(async (client) => {
    const rows = client.query(from('copy run_part from stdin'));
    rows.end('streamed\t1\n');
    await finished(rows);
  });
  expect((await database.query("select 1 from run_part where run_id = 'streamed'")).rows).toHaveLength(1);
});

it('one that could not begin goes no further: its connection is given up', async () => {
  const client = await database.pool.connect();
  await client.query('begin nonsense');
  await client.query(add, ['unbegun', 1]).catch(() => undefined);
  await expect(client.query(add, ['unbegun', 2])).rejects.toThrow();
  client.release(true);
  const { rows } = await database.query('select place from run_part where run_id = $1 and place = 2', ['unbegun']);
  expect(rows).toEqual([]);
});

it('one whose connection ends before its first statement says so, and leaves nothing behind', async () => {
  const ended = database.transaction(async (client) => {
    const { processID } = client as typeof client & { readonly processID: number };
    await database.query('select pg_terminate_backend($1)', [processID]);
    await client.query(add, ['ended', 1]);
  });
  await expect(ended).rejects.toThrow();
  expect((await database.query("select 1 from run_part where run_id = 'ended'")).rows).toHaveLength(0);
});
