import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { migrateEngine } from './dbos.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await testPostgres();
});
afterAll(() => postgres?.stop());

it('the first start says nothing of its own on the console, and others are heard meanwhile', async () => {
  const said: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void said.push(text));
  const warn = vi.spyOn(console, 'warn').mockImplementation((text) => void said.push(text));
  const database = await postgres.emptyDatabase();
  const migrating = migrateEngine(database);
  // Whoever writes there meanwhile, by another way than the engine's.
  const somebody = globalThis.console;
  const timer = setInterval(() => somebody.log('somebody else'), 5);
  await migrating;
  clearInterval(timer);
  somebody.log('after it');
  const heard = new Set(said);
  log.mockRestore();
  warn.mockRestore();
  expect(heard).toEqual(new Set(['somebody else', 'after it']));
  const { rows } = await database.query("select 1 from information_schema.schemata where schema_name = 'dbos'");
  expect(rows.length).toBe(1);
});
