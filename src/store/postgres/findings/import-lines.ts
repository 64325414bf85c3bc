import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import { collapseCounts } from './counts.js';
import type { FindingStore, ImportContext } from './import-batch.js';
import { importLineBatch } from './import-line-batch.js';
import { LineBatch } from './line-batch.js';
import type { Text } from './blocks.js';
import { linesOf } from './lines.js';
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

/** Findings of one transaction: enough that its fixed cost does not count, few enough to hold in memory. */
const BATCH_MAX = 10_000;
/** While PostgreSQL works on one batch, the next is parsed. */
const UNDER_WAY_MAX = 3;
const REFUSALS_MAX = 100;
/** Appended rows of counts that make reading them slow. */
const COUNT_ROWS_MAX = 200_000;

/**
 * Imports findings from lines of JSON, as many as there are. Each batch is on disk before the next but two is begun; after
 * a crash the whole is sent again, and what is there already is `unchanged`. Of two lines with the same Id and `UpdatedAt`
 * one wins; with different ones the newer.
 */
export async function importLines(
  store: FindingStore,
  chunks: AsyncIterable<Buffer>,
  context: ImportContext,
  turns: Turns,
): Promise<ImportTally> {
  const tally = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  const refusals: { line: number; code: string; message: string }[] = [];
  const refuse = (line: number, code: string, message: string) => {
    tally.refused += 1;
    if (refusals.length < REFUSALS_MAX) refusals.push({ line, code, message });
  };
  let countRows = 0;
  const work = async (batch: LineBatch) => {
    const written = await turns.take(() => importLineBatch(store, batch, context));
    for (const name of ['created', 'updated', 'unchanged'] as const) tally[name] += written[name];
    for (const { line, code, message } of written.refusals) refuse(line, code, message);
    countRows += written.countRows;
  };
  const underWay = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  for await (const batch of batches(store, chunks, context, refuse)) {
    if (failed !== undefined) break;
    const working = work(batch)
      .catch((error: unknown) => {
        failed ??= { error };
      })
      .finally(() => underWay.delete(working));
    underWay.add(working);
    if (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay);
    if (countRows > COUNT_ROWS_MAX) {
      countRows = 0;
      await collapseCounts(store.database);
    }
  }
  await Promise.all(underWay);
  if (failed !== undefined) throw failed.error;
  if (tally.created + tally.updated > 0) await collapseCounts(store.database);
  return { ...tally, refusals };
}

/** Lines that are JSON objects, made ready, in batches. */
async function* batches(
  store: FindingStore,
  chunks: AsyncIterable<Buffer>,
  context: ImportContext,
  refuse: (line: number, code: string, message: string) => void,
): AsyncIterable<LineBatch> {
  let batch = new LineBatch(store, context, BATCH_MAX);
  let number = 0;
  for await (const lines of linesOf(chunks)) {
    for (const text of lines) {
      number += 1;
      const finding = parsed(text);
      if (finding === 'blank') continue;
      const refused =
        finding === undefined
          ? { code: 'InvalidInput', message: 'the line is not a JSON object' }
          : batch.add(finding, text, number);
      if (refused !== undefined) refuse(number, refused.code, refused.message);
      if (batch.size < BATCH_MAX) continue;
      yield batch;
      batch = new LineBatch(store, context, BATCH_MAX);
    }
  }
  if (batch.size > 0) yield batch;
}

function parsed(text: Text): AsffFinding | 'blank' | undefined {
  const json = text.in.toString('utf8', text.from, text.to);
  if (json.trim() === '') return 'blank';
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as AsffFinding) : undefined;
  } catch {
    return undefined;
  }
}
