import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberSums } from './number-sums.js';

it('sums as a map does, whatever the numbers', () => {
  const keys = fc.oneof(
    fc.integer({ min: -9000, max: 9000 }),
    fc.maxSafeInteger(),
    fc.constantFrom(0, -1, 2 ** 32, 2 ** 52),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.constantFrom(1, -1)), { maxLength: 3000, size: 'max' }), (changes) => {
      const sums = new NumberSums();
      const wanted = new Map<number, number>();
      for (const [key, by] of changes) {
        sums.add(key, by);
        wanted.set(key, (wanted.get(key) ?? 0) + by);
      }
      expect(new Map(sums.entries())).toEqual(wanted);
      expect(sums.size).toBe(wanted.size);
    }),
  );
});
