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
