import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import { collapseCounts } from './counts.js';
import { importBatch, type FindingStore, type ImportContext } from './import-batch.js';

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
  lines: AsyncIterable<readonly string[]>,
  context: ImportContext,
): Promise<ImportTally> {
  const tally = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  const refusals: { line: number; code: string; message: string }[] = [];
  const refuse = (line: number, code: string, message: string) => {
    tally.refused += 1;
    if (refusals.length < REFUSALS_MAX) refusals.push({ line, code, message });
  };
  let countRows = 0;
  const work = async (batch: Batch) => {
    const { outcomes, countRows: rows } = await importBatch(store, batch.findings, context, batch.texts);
    outcomes.forEach((outcome, at) => {
      if (outcome.kind === 'refused') refuse(batch.lines[at] ?? 0, outcome.code, outcome.message);
      else tally[outcome.kind] += 1;
    });
    countRows += rows;
  };
  const underWay = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  for await (const batch of batches(lines, refuse)) {
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

interface Batch {
  readonly findings: AsffFinding[];
  readonly texts: string[];
  readonly lines: number[];
}

/** Lines that are JSON objects, parsed, in batches. */
async function* batches(
  lines: AsyncIterable<readonly string[]>,
  refuse: (line: number, code: string, message: string) => void,
): AsyncIterable<Batch> {
  let batch: Batch = { findings: [], texts: [], lines: [] };
  let number = 0;
  for await (const part of lines) {
    for (const text of part) {
      number += 1;
      if (text === '') continue;
      const finding = parsed(text);
      if (finding === undefined) {
        refuse(number, 'InvalidInput', 'the line is not a JSON object');
        continue;
      }
      batch.findings.push(finding);
      batch.texts.push(text);
      batch.lines.push(number);
      if (batch.findings.length < BATCH_MAX) continue;
      yield batch;
      batch = { findings: [], texts: [], lines: [] };
    }
  }
  if (batch.findings.length > 0) yield batch;
}

function parsed(text: string): AsffFinding | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as AsffFinding) : undefined;
  } catch {
    return undefined;
  }
}
