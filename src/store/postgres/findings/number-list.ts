/** Whole numbers below 2^31, in memory that is used again: an array that grows is copied, and copied again by the garbage collector. */
export class NumberList {
  private readonly numbers: Int32Array;
  private count = 0;

  constructor(capacity: number) {
    this.numbers = new Int32Array(capacity);
  }

  push(number: number): void {
    this.numbers[this.count] = number;
    this.count += 1;
  }

  at(place: number): number {
    return this.numbers[place] as number;
  }

  /** Those that are in it now. */
  all(): Int32Array {
    return this.numbers.subarray(0, this.count);
  }

  clear(): void {
    this.count = 0;
  }
}
