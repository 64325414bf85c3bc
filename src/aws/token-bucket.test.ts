import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.js';

/** A world whose time moves only by sleeping or by hand. */
function world() {
  const state = { nowMs: 0 };
  const pace = {
    nowMs: () => state.nowMs,
    sleep: (milliseconds: number) => {
      state.nowMs += milliseconds;
      return Promise.resolve();
    },
  };
  return { state, pace };
}

it('lets a burst through at once and then keeps the rate', async () => {
  const { state, pace } = world();
  const bucket = new TokenBucket(10, 5, pace);
  for (let index = 0; index < 5; index++) await bucket.take();
  expect(state.nowMs).toBe(0);
  for (let index = 0; index < 20; index++) await bucket.take();
  expect(state.nowMs).toBeCloseTo(2000, 0);
});

it('never lets more through than the burst and the rate allow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 200 }),
      async (rate, burst, calls) => {
        const { state, pace } = world();
        const bucket = new TokenBucket(rate, burst, pace);
        for (let index = 0; index < calls; index++) await bucket.take();
        expect(calls).toBeLessThanOrEqual(burst + (state.nowMs / 1000) * rate + 1e-6);
      },
    ),
  );
});
