import { expect, it } from 'vitest';
import { mapBounded } from './concurrency.js';

it('answers in the order of the items, never doing more at once than the limit', async () => {
  let running = 0;
  let most = 0;
  const made = await mapBounded([30, 10, 20, 5], 2, async (delay, index) => {
    most = Math.max(most, ++running);
    await new Promise((done) => setTimeout(done, delay));
    running--;
    return `${index}:${delay}`;
  });
  expect(made).toEqual(['0:30', '1:10', '2:20', '3:5']);
  expect(most).toBe(2);
});

it('begins nothing after a failure, and throws it once what was under way has ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await new Promise((done) => setTimeout(done, item === 2 ? 1 : 20));
    if (item === 2) throw new Error('second failed');
    ended.push(item);
  };
  await expect(mapBounded([1, 2, 3, 4, 5], 2, work)).rejects.toThrow('second failed');
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([1]);
});
