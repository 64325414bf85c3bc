import type pg from 'pg';
import type { AsffFinding, ImportOutcome } from '../../../findings/hub/finding-hub.js';
import { BLOCK_MAX, blockNumbers, pack, writeBlocks } from './blocks.js';
import { CountChanges } from './counts.js';
import { internActor } from './events.js';
import { decide, itemOfText, untilNoDuplicate, type FindingStore, type ImportContext } from './import-batch.js';
import { inKeyOrder } from './key-table.js';
import type { LineBatch } from './line-batch.js';
import type { LineReader } from './line-reader.js';
import { copyRowBytes, knownTimes, rowColumn } from './rows.js';
import { applyStates } from './write-states.js';

/** What became of a batch. */
export interface WrittenBatch {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refusals: readonly { readonly line: number; readonly code: string; readonly message: string }[];
  /** How many rows of counts it appended. */
  readonly countRows: number;
}

/** What is to be done with each finding of a batch. */
interface Sorted {
  /** New here, in the order they came. */
  readonly fresh: Int32Array;
  /** Newer than what is here, or than another of the batch: the rules must be asked, in this order. */
  readonly newer: readonly number[];
  readonly unchanged: number;
}

interface By {
  readonly actor: number;
  readonly at: number;
}

/**
 * Imports a batch in one transaction: when it answers, all that it says is on disk. What is new is written as it was made
 * ready; of what is known only the newer ones are asked about, as `importBatch` does.
 */
export async function importLineBatch({ store, context }: LineReader, batch: LineBatch): Promise<WrittenBatch> {
  await batch.settle();
  const by = { actor: await internActor(store.terms, context.actor), at: context.now.getTime() };
  return untilNoDuplicate(() =>
    store.database.transaction(async (client) => {
      const { fresh, newer, unchanged } = sortedOut(batch, await knownTimes(client, batch.rows, batch.firsts));
      const countRows = await writeNew(client, batch, fresh, by);
      const rest = await importNewer(store, client, { batch, newer, context, by });
      return {
        created: fresh.length + rest.created,
        updated: rest.updated,
        unchanged: unchanged + rest.unchanged,
        refusals: rest.refusals,
        countRows: countRows + rest.countRows,
      };
    }),
  );
}

function sortedOut(batch: LineBatch, known: Awaited<ReturnType<typeof knownTimes>>): Sorted {
  const times = new Map<number, number>();
  for (const { digits, updated_at } of known) times.set(batch.keys.find(digits) as number, updated_at);
  const newer: number[] = [];
  let unchanged = 0;
  const isNewer = (at: number, than: number): void => {
    if (batch.updatedAt(at) > than) newer.push(at);
    else unchanged += 1;
  };
  for (const [at, time] of times) isNewer(at, time);
  for (const { at, first } of batch.repeated) {
    const time = batch.updatedAt(first);
    isNewer(at, Math.max(time, times.get(first) ?? time));
  }
  const { firsts } = batch;
  const fresh = times.size === 0 ? firsts : firsts.filter((at) => !times.has(at));
  return { fresh, newer: newer.sort((a, b) => a - b), unchanged };
}

/** Writes what is new: documents in the order they came, rows in the order of their keys, counts. */
async function writeNew(client: pg.PoolClient, batch: LineBatch, fresh: Int32Array, by: By): Promise<number> {
  if (fresh.length === 0) return 0;
  const { rows } = batch;
  const ids = await blockNumbers(client, Math.ceil(fresh.length / BLOCK_MAX));
  const counts = new CountChanges();
  for (let place = 0; place < fresh.length; place++) {
    const at = fresh[place] as number;
    rows.set(at, rowColumn.block, ids[Math.floor(place / BLOCK_MAX)] as number);
    rows.set(at, rowColumn.slot, place % BLOCK_MAX);
    rows.set(at, rowColumn.imported_at, by.at);
    rows.set(at, rowColumn.imported_by, by.actor);
    counts.addRow(rows, at);
  }
  const blocks = ids.map((id, block) => {
    const texts = Array.from(fresh.subarray(block * BLOCK_MAX, (block + 1) * BLOCK_MAX), (at) => batch.text(at));
    return { id, size: texts.length, documents: pack(texts) };
  });
  await writeBlocks(client, { blocks });
  await copyRowBytes(client, rows, inKeyOrder(rows, fresh));
  return counts.write(client);
}

/** Asks the rules about those that are newer than what is known. */
async function importNewer(
  store: FindingStore,
  client: pg.PoolClient,
  of: {
    readonly batch: LineBatch;
    readonly newer: readonly number[];
    readonly context: ImportContext;
    readonly by: By;
  },
): Promise<WrittenBatch> {
  const { batch, newer, context, by } = of;
  const refusals: { line: number; code: string; message: string }[] = [];
  const tally = { created: 0, updated: 0, unchanged: 0 };
  if (newer.length === 0) return { ...tally, refusals, countRows: 0 };
  const draft = store.terms.draft();
  const items = newer.map((at) => {
    const text = batch.text(at);
    const finding = JSON.parse(text.in.toString('utf8', text.from, text.to)) as AsffFinding;
    return itemOfText(store.rules, draft, { finding, text }, context);
  });
  await draft.settle();
  const told = (kind: ImportOutcome['kind'], outcome: () => ImportOutcome) => (kind === 'refused' ? outcome() : kind);
  const { outcomes, states, events } = await decide(store, draft, client, { items, context, told });
  outcomes.forEach((outcome, at) => {
    if (typeof outcome === 'string') tally[outcome as keyof typeof tally] += 1;
    else if (outcome.kind === 'refused')
      refusals.push({ line: batch.line(newer[at] as number), code: outcome.code, message: outcome.message });
  });
  return { ...tally, refusals, countRows: await applyStates(client, draft, { states, events }, by) };
}
