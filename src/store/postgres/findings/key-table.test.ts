import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { inKeyOrder, KeyTable } from './key-table.js';
import { FixedRows } from './copy-binary.js';
import { rowColumn, rowLayout } from './rows.js';

/** Keys that share their first bits, and whole keys that come again. */
const key = fc
  .tuple(
    fc.constantFrom('00000000', 'ffffffff', '7fffffff'),
    fc.constantFrom('0000', '8000'),
    fc.constantFrom('0', 'f'),
  )
  .map(([first, middle, last]) => first + middle.padEnd(23, '0') + last);

it('finds the first row of each key, and puts rows in the order PostgreSQL has keys in', () => {
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 40 }), (keys) => {
      const rows = new FixedRows(rowLayout, keys.length);
      const table = new KeyTable(rows, keys.length);
      const firsts = keys.map((digits, at) => {
        rows.setHex(at, rowColumn.key, digits);
        return table.add(at);
      });
      expect(firsts).toEqual(keys.map((digits) => keys.indexOf(digits)));
      for (const digits of keys) expect(table.find(digits)).toBe(keys.indexOf(digits));
      expect(table.find('1'.repeat(32))).toBeUndefined();
      const of = [...new Set(firsts)];
      expect([...inKeyOrder(rows, of)].map((at) => keys[at])).toEqual(of.map((at) => keys[at]).toSorted());
      table.clear();
      expect(table.find(keys[0] as string)).toBeUndefined();
    }),
  );
});
