import { availableParallelism } from 'node:os';
import { atOnce } from './at-once.js';
import type { FindingStore, ImportContext } from './import-batch.js';
import { importPart, TallySum, type ImportTally } from './import-lines.js';
import { LineReader } from './line-reader.js';
import { LineThread } from './line-thread.js';
import { partsOf, ROOM_BYTES } from './lines.js';
import type { Turns } from './turns.js';

/** What fits into the first part stays on this thread. */
const FIRST_PART_BYTES = 16 * 1024 * 1024;
/** All parts that threads have at once. A part is a batch: the larger, the less PostgreSQL has to do for each finding. */
const PARTS_BYTES = 256 * 1024 * 1024;
/** Threads; PostgreSQL must have processors too. */
const THREADS_MAX = 4;
/** Parts that a thread is given at once: while PostgreSQL writes one, the other is parsed. */
const PARTS_OF_THREAD = 2;
const threadCount = Math.min(THREADS_MAX, availableParallelism());
const PART_BYTES = Math.floor(PARTS_BYTES / (threadCount * PARTS_OF_THREAD)) - ROOM_BYTES;

/** Imports lines on this thread alone. */
export async function importLines(
  store: FindingStore,
  chunks: AsyncIterable<Buffer>,
  context: ImportContext,
  turns: Turns,
): Promise<ImportTally> {
  const sum = new TallySum(store.database);
  await sum.add(0, await importPart(new LineReader(store, context), chunks, turns));
  return sum.end();
}

/**
 * Imports lines on several threads, each with connections of its own: parsing, checking and packing findings costs more
 * than PostgreSQL needs to write them. What fits into one part stays on this thread. By Security Hub's rules: functions do
 * not go over to other threads.
 */
export async function importStream(
  store: FindingStore,
  chunks: AsyncIterable<Buffer>,
  context: ImportContext,
  turns: Turns,
): Promise<ImportTally> {
  const spare = new SpareMemory();
  const parts = partsOf(
    chunks,
    (part) => (part === 0 ? FIRST_PART_BYTES : PART_BYTES),
    (bytes) => spare.take(bytes),
  )[Symbol.asyncIterator]();
  const first = await parts.next();
  const second = first.done === true ? first : await parts.next();
  const begun = [first, second].flatMap(({ done, value }) => (done === true ? [] : [value as Buffer]));
  if (second.done === true) return importLines(store, following(begun), context, turns);
  return importInThreads(store, following(begun, parts), { context, spare });
}

async function* following(begun: readonly Buffer[], rest?: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  yield* begun;
  if (rest !== undefined) yield* { [Symbol.asyncIterator]: () => rest };
}

async function importInThreads(
  store: FindingStore,
  parts: AsyncIterable<Buffer>,
  { context, spare }: { readonly context: ImportContext; readonly spare: SpareMemory },
): Promise<ImportTally> {
  const data = { url: store.database.url, context };
  const threads = Array.from({ length: threadCount }, () => new LineThread(data));
  const sum = new TallySum(store.database);
  let given = 0;
  try {
    await atOnce(parts, threads.length * PARTS_OF_THREAD, async (bytes) => {
      const idlest = threads.reduce((a, b) => (b.underWay < a.underWay ? b : a));
      const index = given++;
      const { part, memory } = await idlest.import({ index, bytes });
      spare.give(memory);
      await sum.add(index, part);
    });
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
  return sum.end();
}

/** Memory of parts that are done, for parts to come: to get and give back so much anew costs more than to read it. */
class SpareMemory {
  private readonly spare: ArrayBuffer[] = [];

  take(bytes: number): Buffer {
    const found = this.spare.pop();
    return Buffer.from(found !== undefined && found.byteLength >= bytes ? found : new ArrayBuffer(bytes));
  }

  give(memory: ArrayBuffer): void {
    this.spare.push(memory);
  }
}
