const FIRST_PLACES = 1024;
/** No key: keys are whole numbers. */
const FREE = Number.NaN;

/**
 * Sums by a number. A `Map` would make an object of each key that is beyond 2^31. Open addressing, at most half full.
 */
export class NumberSums {
  private keys = new Float64Array(FIRST_PLACES).fill(FREE);
  private sums = new Float64Array(FIRST_PLACES);
  private count = 0;
  /** The last key, and where it is: most findings have much of the one before. */
  private last = FREE;
  private lastPlace = 0;

  get size(): number {
    return this.count;
  }

  add(key: number, by: number): void {
    if (key !== this.last) this.find(key);
    this.sums[this.lastPlace] = (this.sums[this.lastPlace] as number) + by;
  }

  *entries(): Iterable<readonly [key: number, sum: number]> {
    for (const [place, key] of this.keys.entries()) {
      if (!Number.isNaN(key)) yield [key, this.sums[place] as number];
    }
  }

  private find(key: number): void {
    if (this.count * 2 >= this.keys.length) this.grow();
    const place = placeOf(this.keys, key);
    if (Number.isNaN(this.keys[place])) {
      this.keys[place] = key;
      this.count += 1;
    }
    this.last = key;
    this.lastPlace = place;
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2).fill(FREE);
    const sums = new Float64Array(keys.length);
    for (const [key, sum] of this.entries()) {
      const place = placeOf(keys, key);
      keys[place] = key;
      sums[place] = sum;
    }
    this.keys = keys;
    this.sums = sums;
  }
}

/** Where a key is, or would be. */
function placeOf(keys: Float64Array, key: number): number {
  const mask = keys.length - 1;
  const high = Math.floor(key / 2 ** 32);
  let place = Math.imul((key >>> 0) ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1) >>> 8;
  for (place &= mask; ; place = (place + 1) & mask) {
    const found = keys[place] as number;
    if (found === key || Number.isNaN(found)) return place;
  }
}
