import type { FixedRows } from './copy-binary.js';
import { rowColumn } from './rows.js';

const WORDS = [0, 4, 8, 12] as const;
const FREE = -1;

/**
 * The first row of each key, found by the key's bytes where they lie: no text is made of them. Keys are hashes: their first
 * bits serve as well as others. Open addressing, at most half full.
 */
export class KeyTable {
  private readonly rows: FixedRows;
  private readonly places: Int32Array;

  constructor(rows: FixedRows, capacity: number) {
    this.rows = rows;
    this.places = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2 + 2))).fill(FREE);
  }

  /** Adds a row; answers the first one with its key, which may be itself. */
  add(row: number): number {
    const { rows, places } = this;
    const mask = places.length - 1;
    for (let place = rows.bitsOf(row, rowColumn.key, 0) & mask; ; place = (place + 1) & mask) {
      const first = places[place] as number;
      if (first !== FREE && compared(rows, first, row) !== 0) continue;
      if (first === FREE) places[place] = row;
      return first === FREE ? row : first;
    }
  }

  clear(): void {
    this.places.fill(FREE);
  }

  /** The first row with a key, given in hexadecimal digits; undefined if there is none. */
  find(digits: string): number | undefined {
    const { rows, places } = this;
    const mask = places.length - 1;
    const words = WORDS.map((offset) => Number.parseInt(digits.slice(offset * 2, offset * 2 + 8), 16) | 0);
    for (let place = (words[0] as number) & mask; ; place = (place + 1) & mask) {
      const row = places[place] as number;
      if (row === FREE) return undefined;
      if (WORDS.every((offset, at) => rows.bitsOf(row, rowColumn.key, offset) === words[at])) return row;
    }
  }
}

/** More than a batch has rows. */
const PLACES = 2 ** 21;

/** Rows in the order of their keys: by the first 32 bits, in one number with the place; those that share them are put right after. */
export function inKeyOrder(rows: FixedRows, of: ArrayLike<number>): Int32Array {
  const sorted = new Float64Array(of.length);
  for (let at = 0; at < sorted.length; at++)
    sorted[at] = (rows.bitsOf(of[at] as number, rowColumn.key, 0) >>> 0) * PLACES + at;
  sorted.sort();
  const order = new Int32Array(of.length);
  for (let at = 0; at < order.length; at++) order[at] = of[(sorted[at] as number) % PLACES] as number;
  for (let at = 1; at < order.length; at++) {
    for (let back = at; back > 0; back--) {
      const [a, b] = [order[back - 1] as number, order[back] as number];
      if (rows.bitsOf(a, rowColumn.key, 0) !== rows.bitsOf(b, rowColumn.key, 0) || compared(rows, a, b) <= 0) break;
      order[back - 1] = b;
      order[back] = a;
    }
  }
  return order;
}

function compared(rows: FixedRows, a: number, b: number): number {
  for (const offset of WORDS) {
    const difference = (rows.bitsOf(a, rowColumn.key, offset) >>> 0) - (rows.bitsOf(b, rowColumn.key, offset) >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
