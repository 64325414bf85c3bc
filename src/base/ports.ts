/** The clock port: the pure rooms never read the time themselves. */
export type Clock = () => Date;

/** The randomness port: `bytes` random bytes as hexadecimal text. A seeded one makes a run reproducible. */
export type RandomHex = (bytes: number) => string;

/**
 * A small seeded generator (mulberry32): 32 bits of state, the same sequence on every machine. For demos, tests and
 * rehearsals; never for secrets.
 */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('pick from an empty list');
    return item;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Random bytes as hexadecimal text: the `RandomHex` port. */
  readonly hex: RandomHex = (bytes) =>
    Array.from({ length: bytes }, () => this.below(256).toString(16).padStart(2, '0')).join('');
}
