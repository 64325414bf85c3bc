import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../store/postgres/database.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { runEventWorker } from './event-loop.js';

let postgres: TestPostgres;
let database: Database;
beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
});
afterAll(() => postgres?.stop());

it('a worker that hangs is seen to, one that is long at work is not', async () => {
  let nowMs = 0;
  let progress: () => void = () => undefined;
  let finish: () => void = () => undefined;
  const worker = {
    drain: (onProgress: () => void = () => undefined) => {
      progress = onProgress;
      return new Promise<{ events: number; deliveries: number }>((done) => {
        finish = () => done({ events: 0, deliveries: 0 });
      });
    },
  };
  const errors: unknown[] = [];
  const loop = runEventWorker(
    database,
    worker,
    (error) => errors.push(error),
    () => nowMs,
  );
  await new Promise((done) => setTimeout(done, 20));
  nowMs = 59_000;
  progress();
  nowMs = 100_000;
  await loop.check();
  nowMs = 120_000;
  await expect(loop.check()).rejects.toThrow('no event was looked for since 61 s');
  finish();
  await new Promise((done) => setTimeout(done, 20));
  await loop.check();
  const ending = loop.end();
  const timer = setInterval(() => finish(), 5);
  await ending;
  clearInterval(timer);
  expect(errors).toEqual([]);
});

it('a worker whose looks fail is not well', async () => {
  let nowMs = 0;
  const errors: string[] = [];
  const loop = runEventWorker(
    database,
    { drain: () => Promise.reject(new Error('the database is down')) },
    (error) => errors.push(String(error)),
    () => nowMs,
  );
  nowMs = 61_000;
  await new Promise((done) => setTimeout(done, 20));
  await expect(loop.check()).rejects.toThrow('no event was looked for');
  await loop.end();
  expect(errors[0]).toContain('the database is down');
});
