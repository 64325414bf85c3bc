import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../base/problem.js';
import { findingRules } from '../../../findings/hub/finding-rules.js';
import { openDatabase } from '../database.js';
import type { FindingStore, ImportContext } from './import-batch.js';
import { importPart, type ImportedPart } from './import-lines.js';
import { LineReader } from './line-reader.js';
import { Terms } from './terms.js';
import { Turns } from './turns.js';

/** What a thread is begun with. */
export interface LineImporterData {
  readonly url: string;
  readonly context: ImportContext;
}

/** Whole lines, under the number of their part. */
export interface PartGiven {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** What became of a part, and its memory again. Errors lose their code on the way between threads: it goes beside. */
export type PartDone =
  | { readonly index: number; readonly part: ImportedPart; readonly memory: ArrayBuffer }
  | { readonly index: number; readonly failure: { readonly message: string; readonly code: unknown } };

/** Each part that is under way has a transaction, and asks for the numbers of its texts outside of it. */
const CONNECTIONS = 4;
const WRITERS = 2;

/** The thread's work: parts of lines are imported on connections of its own, and each is answered. */
async function work(port: NonNullable<typeof parentPort>, { url, context }: LineImporterData): Promise<void> {
  const database = await openDatabase(url, { connections: CONNECTIONS });
  const store: FindingStore = { database, rules: findingRules(() => new Date()), terms: new Terms(database) };
  const reader = new LineReader(store, context);
  const turns = new Turns(WRITERS);
  port.on('message', (given: PartGiven | 'end') => {
    if (given === 'end') {
      port.close();
      void database.close();
      return;
    }
    const { index, bytes } = given;
    importPart(reader, once(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)), turns).then(
      (part) => {
        const memory = bytes.buffer as ArrayBuffer;
        port.postMessage({ index, part, memory } satisfies PartDone, [memory]);
      },
      (error: unknown) => {
        const failure = { message: messageOf(error), code: (error as { code?: unknown }).code };
        port.postMessage({ index, failure } satisfies PartDone);
      },
    );
  });
}

async function* once(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}

if (parentPort !== null) await work(parentPort, workerData as LineImporterData);
