import { expect, it } from 'vitest';
import { shareWork } from './share-work.js';

/** Work that ends when told to, and answers how often it was begun. */
function held() {
  const ends: ((failure?: Error) => void)[] = [];
  const ask = shareWork(
    () =>
      new Promise<number>((done, failed) => {
        const turn = ends.length + 1;
        ends.push((failure) => (failure === undefined ? done(turn) : failed(failure)));
      }),
  );
  return { ask, ends };
}

it('who asks while work is under way shares the next, and who asks after it begins anew', async () => {
  const { ask, ends } = held();
  const first = ask();
  const others = [ask(), ask()];
  expect(ends.length).toBe(1);
  ends[0]?.();
  expect(await first).toBe(1);
  await Promise.resolve();
  ends[1]?.();
  expect(await Promise.all(others)).toEqual([2, 2]);
  const last = ask();
  ends[2]?.();
  expect(await last).toBe(3);
});

it('a failure is told to those who shared it, and the next is begun all the same', async () => {
  const { ask, ends } = held();
  const first = ask();
  const second = ask();
  ends[0]?.(new Error('the disk is full'));
  await expect(first).rejects.toThrow('the disk is full');
  await Promise.resolve();
  ends[1]?.();
  expect(await second).toBe(2);
});
