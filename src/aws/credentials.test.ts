import { expect, it } from 'vitest';
import { remembered } from './credentials.js';

const HOUR_MS = 3_600_000;

function counting(nowMs: () => number) {
  let asked = 0;
  const provider = remembered(() => {
    asked += 1;
    return Promise.resolve({ accessKeyId: `K${asked}`, secretAccessKey: 's', expiration: new Date(nowMs() + HOUR_MS) });
  }, nowMs);
  return { provider, asked: () => asked };
}

it('concurrent callers share one session', async () => {
  const { provider, asked } = counting(() => 0);
  const sessions = await Promise.all([provider(), provider(), provider()]);
  expect(new Set(sessions.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['K1']));
  expect(asked()).toBe(1);
});

it('a session is renewed before it expires', async () => {
  let now = 0;
  const { provider, asked } = counting(() => now);
  await provider();
  now = HOUR_MS - 6 * 60_000;
  expect((await provider()).accessKeyId).toBe('K1');
  now = HOUR_MS - 4 * 60_000;
  expect((await provider()).accessKeyId).toBe('K2');
  expect(asked()).toBe(2);
});

it('a failure is not remembered', async () => {
  let fail = true;
  const provider = remembered(
    () => (fail ? Promise.reject(new Error('no')) : Promise.resolve({ accessKeyId: 'K', secretAccessKey: 's' })),
    () => 0,
  );
  await expect(provider()).rejects.toThrow('no');
  fail = false;
  expect((await provider()).accessKeyId).toBe('K');
});
