import type { Text } from './blocks.js';

/** Pieces of buffers, kept as numbers: ten thousands of objects would be carried about by the garbage collector. */
export class TextList {
  private readonly buffers: Buffer[] = [];
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly buffer: Int32Array;
  private count = 0;

  constructor(capacity: number) {
    this.from = new Int32Array(capacity);
    this.to = new Int32Array(capacity);
    this.buffer = new Int32Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  add({ in: bytes, from, to }: Text): void {
    if (this.buffers.at(-1) !== bytes) this.buffers.push(bytes);
    this.buffer[this.count] = this.buffers.length - 1;
    this.from[this.count] = from;
    this.to[this.count] = to;
    this.count += 1;
  }

  at(place: number): Text {
    const bytes = this.buffers[this.buffer[place] as number] as Buffer;
    return { in: bytes, from: this.from[place] as number, to: this.to[place] as number };
  }

  clear(): void {
    this.buffers.length = 0;
    this.count = 0;
  }
}
