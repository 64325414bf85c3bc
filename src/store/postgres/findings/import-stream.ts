import { availableParallelism } from 'node:os';
import { atOnce } from './at-once.js';
import type { FindingStore, ImportContext } from './import-batch.js';
import { importPart, TallySum, type ImportTally } from './import-lines.js';
import { LineThread } from './line-thread.js';
import { partsOf } from './lines.js';
import type { Turns } from './turns.js';

/** Bytes of a part: about a batch of findings of the usual size. */
const PART_BYTES = 16 * 1024 * 1024;
/** Threads; PostgreSQL must have processors too. */
const THREADS_MAX = 4;
/** Parts that a thread is given at once: while PostgreSQL writes one, the other is parsed. */
const PARTS_OF_THREAD = 2;

/** Imports lines on this thread alone. */
export async function importLines(
  store: FindingStore,
  chunks: AsyncIterable<Buffer>,
  context: ImportContext,
  turns: Turns,
): Promise<ImportTally> {
  const sum = new TallySum(store.database);
  await sum.add(0, await importPart(store, chunks, context, turns));
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
  const parts = partsOf(chunks, PART_BYTES)[Symbol.asyncIterator]();
  const first = await parts.next();
  const second = first.done === true ? first : await parts.next();
  const begun = [first, second].flatMap(({ done, value }) => (done === true ? [] : [value as Buffer]));
  if (second.done === true) return importLines(store, following(begun), context, turns);
  return importInThreads(store, following(begun, parts), context);
}

async function* following(begun: readonly Buffer[], rest?: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  yield* begun;
  if (rest !== undefined) yield* { [Symbol.asyncIterator]: () => rest };
}

async function importInThreads(
  store: FindingStore,
  parts: AsyncIterable<Buffer>,
  context: ImportContext,
): Promise<ImportTally> {
  const data = { url: store.database.url, context };
  const threads = Array.from({ length: Math.min(THREADS_MAX, availableParallelism()) }, () => new LineThread(data));
  const sum = new TallySum(store.database);
  let given = 0;
  try {
    await atOnce(parts, threads.length * PARTS_OF_THREAD, async (bytes) => {
      const idlest = threads.reduce((a, b) => (b.underWay < a.underWay ? b : a));
      const index = given++;
      await sum.add(index, await idlest.import({ index, bytes }));
    });
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
  return sum.end();
}
