import { LINE_FEED } from '../../store/postgres/findings/blocks.js';
import { checkLine, lineEndsIn } from '../../store/postgres/findings/lines.js';

/** Bytes that are read between two looks at whether to stop. */
const LOOK_BYTES = 16 * 1024 * 1024;

/**
 * A stream of bytes in whole lines, for one reader after the other. A stream that breaks ends before the line that broke:
 * what came whole can be used, and `cut` says that it was not all.
 */
export class LineSource {
  private readonly pieces: AsyncGenerator<Buffer>;
  /** Lines handed on so far. */
  lines = 0;
  /** Nothing is left. */
  ended = false;
  /** What the stream threw before its end. */
  cut: unknown;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.pieces = this.whole(chunks);
  }

  /** The lines from where the reader before stopped, until it is time to stop: that is asked now and then. */
  async *until(stop: () => Promise<boolean>): AsyncGenerator<Buffer> {
    let bytes = 0;
    while (bytes < LOOK_BYTES || !(await stop())) {
      if (bytes >= LOOK_BYTES) bytes = 0;
      const { done, value } = await this.pieces.next();
      if (done === true) {
        this.ended = true;
        return;
      }
      bytes += value.length;
      this.lines += linesIn(value);
      yield value;
    }
  }

  /** Reads no more. */
  async close(): Promise<void> {
    await this.pieces.return(undefined);
  }

  private async *whole(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let begun: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of chunks) {
        const end = chunk.lastIndexOf(LINE_FEED) + 1;
        if (end > 0) {
          const lines = chunk.subarray(0, end);
          yield bytes === 0 ? lines : Buffer.concat([...begun, lines]);
          begun = [];
          bytes = 0;
        }
        begun.push(chunk.subarray(end));
        bytes += chunk.length - end;
        checkLine(bytes);
      }
    } catch (error) {
      this.cut = error;
      return;
    }
    if (bytes > 0) yield Buffer.concat(begun);
  }
}

function linesIn(bytes: Buffer): number {
  return lineEndsIn(bytes) + (bytes.at(-1) === LINE_FEED ? 0 : 1);
}
