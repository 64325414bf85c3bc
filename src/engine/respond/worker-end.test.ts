import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../store/postgres/database.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { ATTESTATION_CHANNEL } from '../../store/postgres/runs/attestation-table.js';
import { demoWorld } from './testing.fixture.js';
import { startWorker } from './worker.js';

let postgres: TestPostgres;
let database: Database;
beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
});
afterAll(() => postgres?.stop());

it('a worker that has ended asks nothing of its database, also when it was told of work until the end', async () => {
  const troubles: string[] = [];
  // Looking for what is to be attested takes a while, as it does on a busy database.
  const slow: Database = {
    ...database,
    query: async (text, values) => {
      if (text.includes('hikeshi.run_attestation')) await new Promise((done) => setTimeout(done, 60));
      return database.query(text, values);
    },
  };
  const world = demoWorld(2, () => new Date());
  const worker = await startWorker({
    database: slow,
    ports: world.ports,
    ledger: world.ledger,
    onTrouble: (what, error) => troubles.push(`${what}: ${String(error)}`),
  });
  const others = await openDatabase(database.url, { connections: 1 });
  const timer = setInterval(() => void others.query(`select pg_notify('${ATTESTATION_CHANNEL}', '')`), 5);
  await new Promise((done) => setTimeout(done, 200));
  await worker.drain();
  await database.close();
  clearInterval(timer);
  await new Promise((done) => setTimeout(done, 200));
  await others.close();
  expect(troubles).toEqual([]);
});
