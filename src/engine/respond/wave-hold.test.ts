import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../store/postgres/database.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { insertWave, readWave, closeWave } from '../../store/postgres/runs/wave-table.js';
import { waveHold } from './wave-hold.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const by = { startedBy: 'aya', startedAt: NOW.toISOString() };
let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
});

afterAll(() => postgres?.stop());

async function ended(wave: string, state: string, minutesAgo: number): Promise<void> {
  const began = new Date(NOW.getTime() - minutesAgo * 60_000).toISOString();
  await database.query(
    `insert into hikeshi.run (id, state, mode, finding_id, control_id, account_id, resource_arn, finding, parameters, origin,
       requested_by, requested_at, updated_at, wave, began_at)
     values (gen_random_uuid()::text, $1, 'ask', 'f', 'c', '1', 'arn', '{}', '{}', '{}', 'aya', $2, $2, $3, $2)`,
    [state, began, wave],
  );
}

const hold = (wave: string) => database.transaction((client) => waveHold(client, wave, NOW));

it('a wave breaks when too many of its runs do not resolve, and goes on once a person closes the breaker', async () => {
  await insertWave(database, { id: 'w1', perHourMax: undefined, failureRateMax: 0.4, failuresAfter: 2, ...by });
  await ended('w1', 'stopped', 90);
  expect(await hold('w1')).toBeUndefined();
  await ended('w1', 'resolved', 80);
  expect(await hold('w1')).toMatchObject({ kind: 'broken', why: expect.stringContaining('1 of 2') as string });
  await ended('w1', 'resolved', 70);
  expect(await hold('w1')).toMatchObject({ kind: 'broken' });
  await closeWave(database, 'w1', new Date(NOW.getTime() - 60 * 60_000).toISOString(), 'aya');
  expect(await hold('w1')).toBeUndefined();
  expect((await readWave(database, 'w1'))?.brokenReason).toBeUndefined();
  // What failed before does not count any more; what fails from then on does.
  await ended('w1', 'resolved', 50);
  expect(await hold('w1')).toBeUndefined();
  await ended('w1', 'still-open', 40);
  expect(await hold('w1')).toMatchObject({ kind: 'broken', why: expect.stringContaining('1 of 2') as string });
});

it('a wave begins no more runs an hour than it may', async () => {
  await insertWave(database, { id: 'w2', perHourMax: 2, failureRateMax: 1, failuresAfter: 1, ...by });
  await ended('w2', 'resolved', 90);
  await ended('w2', 'resolved', 50);
  expect(await hold('w2')).toBeUndefined();
  await ended('w2', 'applying', 10);
  expect(await hold('w2')).toMatchObject({ kind: 'later', at: '2026-03-01T12:10:00.000Z' });
});

it('a run of a wave that is not there does not begin', async () => {
  expect(await hold('none')).toMatchObject({ kind: 'broken' });
});
