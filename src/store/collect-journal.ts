import { createReadStream } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Collected, CollectJournal } from '../collectors/collect.js';
import { appendLine } from './durable-file.js';

const VERSION = 1;

/** A journal older than this is not continued: what it read is not what is there now. */
const AGE_MAX_MS = 60 * 60 * 1000;

const NEWLINE = 0x0a;

/** Where a unit's line is in the file. */
interface Place {
  readonly start: number;
  readonly length: number;
}

/**
 * The units of a collection that are finished, a line each, synced: after Ctrl-C or a crash the next collection of the
 * same accounts and regions, within the hour, does not read them again. A journal of anything else, of another version
 * or too old, is begun anew. A torn last line (the machine died while writing it) is cut off, so that what is written
 * next stays whole.
 *
 * Opening reads the file once and keeps only where each unit is: an organization's worth of resources is never in
 * memory at once.
 */
export class CollectJournalFile implements CollectJournal {
  private readonly path: string;
  private readonly key: string;
  private readonly nowMs: number;
  private opened: Promise<Map<string, Place>> | undefined;

  /** @param key what is being collected: only a journal of the same key is continued. */
  constructor(path: string, key: string, nowMs: number) {
    this.path = path;
    this.key = key;
    this.nowMs = nowMs;
  }

  async find(unit: string): Promise<Collected | undefined> {
    const place = (await this.places()).get(unit);
    if (place === undefined) return undefined;
    const file = await open(this.path, 'r');
    try {
      const line = Buffer.alloc(place.length);
      await file.read(line, 0, place.length, place.start);
      const { resources, gaps } = JSON.parse(line.toString('utf8')) as Collected;
      return { resources, gaps };
    } finally {
      await file.close();
    }
  }

  async finish(unit: string, collected: Collected): Promise<void> {
    await this.places();
    await appendLine(this.path, JSON.stringify({ unit, ...collected }));
  }

  private places(): Promise<Map<string, Place>> {
    this.opened ??= this.open();
    return this.opened;
  }

  private async open(): Promise<Map<string, Place>> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const places = new Map<string, Place>();
    let whole = 0;
    let fits: boolean | undefined;
    for await (const { text, start, length } of linesOf(this.path)) {
      const line = parse(text);
      fits ??= this.continues(line);
      if (!fits) break;
      whole = start + length + 1;
      if (typeof line?.['unit'] === 'string') places.set(line['unit'], { start, length });
    }
    await cut(this.path, whole);
    if (whole === 0) await appendLine(this.path, JSON.stringify(this.header()));
    return places;
  }

  private header() {
    return { version: VERSION, key: this.key, startedMs: this.nowMs };
  }

  private continues(first: Readonly<Record<string, unknown>> | undefined): boolean {
    const { version, key, startedMs } = first ?? {};
    if (version !== VERSION || key !== this.key || typeof startedMs !== 'number') return false;
    return this.nowMs - startedMs < AGE_MAX_MS;
  }
}

/** The complete lines of a file with where they are, in bytes; none when there is no file. */
async function* linesOf(path: string): AsyncIterable<Place & { readonly text: string }> {
  let parts: Buffer[] = [];
  let start = 0;
  let length = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
        parts.push(chunk.subarray(from, end));
        length += end - from;
        yield { text: Buffer.concat(parts).toString('utf8'), start, length };
        start += length + 1;
        parts = [];
        length = 0;
        from = end + 1;
      }
      parts.push(chunk.subarray(from));
      length += chunk.length - from;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Shortens a file, or makes an empty one that only the user may read. */
async function cut(path: string, length: number): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a', 0o600);
    await file.truncate(length);
    await file.sync();
  } finally {
    await file?.close();
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
