import { Worker } from 'node:worker_threads';
import type { ImportedPart } from './import-lines.js';
import type { LineImporterData, PartDone, PartGiven } from './line-importer.js';

/** What is made for a line dies young: in this much room hardly anything is ever copied, and the processor's cache still helps. */
const YOUNG_MB = 16;

/** What became of a part, and the memory it lay in. */
interface Imported {
  readonly part: ImportedPart;
  readonly memory: ArrayBuffer;
}

interface Waiting {
  readonly done: (imported: Imported) => void;
  readonly failed: (error: Error) => void;
}

/** A thread that imports parts of lines, begun with the first. */
export class LineThread {
  private readonly data: LineImporterData;
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | undefined;

  constructor(data: LineImporterData) {
    this.data = data;
  }

  get underWay(): number {
    return this.waiting.size;
  }

  /** Imports whole lines; their memory goes over to the thread, and comes back. */
  import(given: PartGiven): Promise<Imported> {
    this.worker ??= this.begin();
    const { worker, waiting } = this;
    return new Promise((done, failed) => {
      waiting.set(given.index, { done, failed });
      worker.postMessage(given, [given.bytes.buffer as ArrayBuffer]);
    });
  }

  async end(): Promise<void> {
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise((done) => worker.once('exit', done));
    worker.postMessage('end', []);
    await ended;
  }

  private begin(): Worker {
    const worker = new Worker(new URL('line-importer.js', import.meta.url), {
      workerData: this.data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.on('message', (answer: PartDone) => {
      const waiting = this.waiting.get(answer.index);
      this.waiting.delete(answer.index);
      if ('part' in answer) waiting?.done(answer);
      else waiting?.failed(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
    });
    worker.on('error', (error: Error) => this.fail(error));
    worker.on('exit', () => {
      this.worker = undefined;
      this.fail(new Error('a thread that imports findings ended'));
    });
    return worker;
  }

  private fail(error: Error): void {
    for (const { failed } of this.waiting.values()) failed(error);
    this.waiting.clear();
  }
}
