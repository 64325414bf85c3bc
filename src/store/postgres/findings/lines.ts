import { Problem } from '../../../base/problem.js';
import type { Text } from './blocks.js';

export const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A line longer than any finding AWS takes (240 KB), and any escape of it. */
const LINE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The lines of a stream of bytes, each as a piece of the buffer it came in. Only a line that lies across two buffers is
 * copied.
 *
 * @throws Problem `line-too-long`.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncIterable<Text[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const lines: Text[] = [];
    let from = 0;
    let end = chunk.indexOf(LINE_FEED);
    if (end >= 0 && rest.length > 0) {
      const whole = Buffer.concat([rest, chunk.subarray(0, end)]);
      lines.push(piece(whole, 0, whole.length));
      rest = Buffer.alloc(0);
      from = end + 1;
      end = chunk.indexOf(LINE_FEED, from);
    }
    for (; end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      lines.push(piece(chunk, from, end));
      from = end + 1;
    }
    rest = rest.length === 0 ? chunk.subarray(from) : Buffer.concat([rest, chunk.subarray(from)]);
    checkLine(rest.length);
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [piece(rest, 0, rest.length)];
}

function piece(bytes: Buffer, from: number, end: number): Text {
  return { in: bytes, from, to: end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end };
}

/** @throws Problem `line-too-long`. */
export function checkLine(bytes: number): void {
  if (bytes <= LINE_BYTES_MAX) return;
  throw new Problem('line-too-long', `a line of more than \`${LINE_BYTES_MAX}\` bytes is no finding`, {
    next: 'write one finding a line',
    exit: 'badUsage',
  });
}

/**
 * A stream of bytes in parts of whole lines, of about as many bytes as wanted, each with memory of its own: it can be
 * handed to another thread.
 *
 * @throws Problem `line-too-long`.
 */
export async function* partsOf(chunks: AsyncIterable<Buffer>, bytesWanted: number): AsyncIterable<Buffer> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  /** Bytes since the last end of a line. */
  let open = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    open = end === 0 ? open + chunk.length : chunk.length - end;
    checkLine(open);
    if (end === 0 || bytes + end < bytesWanted) {
      pieces.push(chunk);
      bytes += chunk.length;
      continue;
    }
    yield joined([...pieces, chunk.subarray(0, end)], bytes + end);
    pieces = [chunk.subarray(end)];
    bytes = chunk.length - end;
  }
  if (bytes > 0) yield joined(pieces, bytes);
}

function joined(pieces: readonly Buffer[], bytes: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const piece of pieces) at += piece.copy(whole, at);
  return whole;
}
