import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../store/postgres/database.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { closeBreaker, showWave, startWave } from './manage-responses.js';
import { waveHold } from './wave-hold.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const by = { name: 'aya' };
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
  await startWave(database, { id: 'w1', perHourMax: undefined, failureRateMax: 0.4, failuresAfter: 2 }, by, NOW);
  await ended('w1', 'stopped', 90);
  expect(await hold('w1')).toBeUndefined();
  await ended('w1', 'resolved', 80);
  expect(await hold('w1')).toMatchObject({ kind: 'broken', why: expect.stringContaining('1 of 2') as string });
  await ended('w1', 'resolved', 70);
  expect(await hold('w1')).toMatchObject({ kind: 'broken' });
  await closeBreaker(database, 'w1', NOW);
  expect(await hold('w1')).toBeUndefined();
  expect((await showWave(database, 'w1')).brokenReason).toBeUndefined();
});

it('a wave begins no more runs an hour than it may', async () => {
  await startWave(database, { id: 'w2', perHourMax: 2, failureRateMax: 1, failuresAfter: 1 }, by, NOW);
  await ended('w2', 'resolved', 90);
  await ended('w2', 'resolved', 50);
  expect(await hold('w2')).toBeUndefined();
  await ended('w2', 'applying', 10);
  expect(await hold('w2')).toMatchObject({ kind: 'later', at: '2026-03-01T12:10:00.000Z' });
});

it('a run of a wave that is not there does not begin', async () => {
  expect(await hold('none')).toMatchObject({ kind: 'broken' });
});
