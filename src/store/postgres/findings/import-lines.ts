import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { Database } from '../database.js';
import { atOnce } from './at-once.js';
import { collapseCounts } from './counts.js';
import { importLineBatch } from './import-line-batch.js';
import type { LineBatch } from './line-batch.js';
import { BATCH_MAX, type LineReader } from './line-reader.js';
import type { Text } from './blocks.js';
import { eachLine, linesOf } from './lines.js';
import type { Turns } from './turns.js';

/** What became of many findings. */
export interface ImportTally {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Each refusal with the number of its line, from 1; at most the first hundred. */
  readonly refused: number;
  readonly refusals: readonly { readonly line: number; readonly code: string; readonly message: string }[];
}

/** While PostgreSQL works on one batch, the next is parsed. */
const UNDER_WAY_MAX = 3;
/** Refusals that are told one by one. */
export const REFUSALS_MAX = 100;
/** Why a line is refused that is none. */
export const NO_OBJECT = { code: 'InvalidInput', message: 'the line is not a JSON object' } as const;
/** Appended rows of counts that make reading them slow. */
const COUNT_ROWS_MAX = 200_000;

/** What became of a part of the lines; those of its refusals are numbered from its own first. */
export interface ImportedPart extends ImportTally {
  readonly lines: number;
  /** How many rows of counts it appended. */
  readonly countRows: number;
}

/** Sums up parts in the order of their lines, and collapses the counts when they are many. */
export class TallySum {
  private readonly database: Database;
  private readonly tally = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  private readonly parts: ImportedPart[] = [];
  private countRows = 0;

  constructor(database: Database) {
    this.database = database;
  }

  /** @param index the part's place among all. */
  async add(index: number, part: ImportedPart): Promise<void> {
    this.parts[index] = part;
    for (const name of ['created', 'updated', 'unchanged', 'refused'] as const) this.tally[name] += part[name];
    this.countRows += part.countRows;
    if (this.countRows > COUNT_ROWS_MAX) await this.collapse();
  }

  async end(): Promise<ImportTally> {
    if (this.countRows > 0) await this.collapse();
    const refusals: { line: number; code: string; message: string }[] = [];
    let before = 0;
    for (const part of this.parts) {
      for (const refusal of part.refusals) refusals.push({ ...refusal, line: refusal.line + before });
      before += part.lines;
    }
    return { ...this.tally, refusals: refusals.slice(0, REFUSALS_MAX) };
  }

  private async collapse(): Promise<void> {
    this.countRows = 0;
    await collapseCounts(this.database);
  }
}

/**
 * Imports findings from lines of JSON. Each batch is on disk before the next but two is begun; after a crash the whole is
 * sent again, and what is there already is `unchanged`. Of two lines with the same Id and `UpdatedAt` one wins; with
 * different ones the newer.
 */
export async function importPart(
  reader: LineReader,
  chunks: AsyncIterable<Buffer>,
  turns: Turns,
): Promise<ImportedPart> {
  const tally = { created: 0, updated: 0, unchanged: 0, refused: 0, countRows: 0 };
  const refusals: { line: number; code: string; message: string }[] = [];
  const refuse = (line: number, code: string, message: string) => {
    tally.refused += 1;
    if (refusals.length < REFUSALS_MAX) refusals.push({ line, code, message });
  };
  const work = async (batch: LineBatch) => {
    const written = await turns.take(() => importLineBatch(reader, batch));
    reader.ended(batch);
    for (const name of ['created', 'updated', 'unchanged', 'countRows'] as const) tally[name] += written[name];
    for (const { line, code, message } of written.refusals) refuse(line, code, message);
  };
  const read = { lines: 0 };
  await atOnce(batches(reader, chunks, { refuse, read }), UNDER_WAY_MAX, work);
  return { ...tally, refusals, lines: read.lines };
}

/** Lines that are JSON objects, made ready, in batches. */
async function* batches(
  reader: LineReader,
  chunks: AsyncIterable<Buffer>,
  on: {
    readonly refuse: (line: number, code: string, message: string) => void;
    /** Counts the lines. */
    readonly read: { lines: number };
  },
): AsyncIterable<LineBatch> {
  const { refuse, read } = on;
  let batch = reader.batch();
  for await (const lines of linesOf(chunks)) {
    for (const text of eachLine(lines)) {
      const number = ++read.lines;
      if (!batch.addKnown(text, number)) {
        const finding = parsed(text);
        if (finding === 'blank') continue;
        const refused = finding === undefined ? NO_OBJECT : batch.add(finding, text, number);
        if (refused !== undefined) refuse(number, refused.code, refused.message);
      }
      if (batch.size < BATCH_MAX) continue;
      yield batch;
      batch = reader.batch();
    }
  }
  if (batch.size > 0) yield batch;
}

/** What is on a line: a finding, nothing, or undefined for what is no JSON object. */
export function parsed(text: Text): AsffFinding | 'blank' | undefined {
  const json = text.in.toString('utf8', text.from, text.to);
  if (json.trim() === '') return 'blank';
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as AsffFinding) : undefined;
  } catch {
    return undefined;
  }
}
