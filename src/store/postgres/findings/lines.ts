import { Problem } from '../../../base/problem.js';
import { LINE_FEED, type Text } from './blocks.js';

const CARRIAGE_RETURN = 0x0d;
/** A line longer than any finding AWS takes (240 KB), and any escape of it. */
const LINE_BYTES_MAX = 4 * 1024 * 1024;

/** By how much a part may be longer than wanted before it is copied. */
export const ROOM_BYTES = 1024 * 1024;
/** What there is for a stream at first: most are short. */
const FIRST_BYTES = 64 * 1024;

/** Bytes that hold whole lines, but for a last one that may lack its end: see `eachLine`. */
export type Lines = Buffer;

/**
 * A stream of bytes, cut at ends of lines. Only a line that lies across two buffers is copied.
 *
 * @throws Problem `line-too-long`.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncIterable<Lines> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let from = 0;
    const first = chunk.indexOf(LINE_FEED);
    if (first >= 0 && rest.length > 0) {
      yield Buffer.concat([rest, chunk.subarray(0, first + 1)]);
      rest = Buffer.alloc(0);
      from = first + 1;
    }
    const end = first < 0 ? from : chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > from) yield chunk.subarray(from, end);
    rest = rest.length === 0 ? chunk.subarray(end) : Buffer.concat([rest, chunk.subarray(end)]);
    checkLine(rest.length);
  }
  if (rest.length > 0) yield rest;
}

/** Each line of some, without its end. */
export function* eachLine(lines: Lines): Iterable<Text> {
  let from = 0;
  while (from < lines.length) {
    const found = lines.indexOf(LINE_FEED, from);
    const end = found < 0 ? lines.length : found;
    yield { in: lines, from, to: end > from && lines[end - 1] === CARRIAGE_RETURN ? end - 1 : end };
    from = end + 1;
  }
}

/** How many ends of lines there are. */
export function lineEndsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
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
 * handed to another thread. A chunk is copied as it comes, and of no more use: kept, all of a part's would grow old and be
 * a burden to the garbage collector.
 *
 * @param memory gives at least as many bytes as are asked for.
 * @throws Problem `line-too-long`.
 */
export async function* partsOf(
  chunks: AsyncIterable<Buffer>,
  bytesWanted: (part: number) => number,
  memory: (bytes: number) => Buffer = (length) => Buffer.allocUnsafeSlow(length),
): AsyncIterable<Buffer> {
  let count = 0;
  const room = () => bytesWanted(count) + ROOM_BYTES;
  let part = memory(FIRST_BYTES);
  let bytes = 0;
  /** Bytes since the last end of a line. */
  let open = 0;
  const add = (chunk: Buffer) => {
    if (bytes + chunk.length > part.length) {
      const larger = memory(Math.max(bytes + chunk.length, Math.min(part.length * 2, room())));
      part.copy(larger, 0, 0, bytes);
      part = larger;
    }
    bytes += chunk.copy(part, bytes);
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    open = end === 0 ? open + chunk.length : chunk.length - end;
    checkLine(open);
    if (end === 0 || bytes + end < bytesWanted(count)) {
      add(chunk);
      continue;
    }
    add(chunk.subarray(0, end));
    yield part.subarray(0, bytes);
    count += 1;
    part = memory(room());
    bytes = 0;
    add(chunk.subarray(end));
  }
  if (bytes > 0) yield part.subarray(0, bytes);
}
