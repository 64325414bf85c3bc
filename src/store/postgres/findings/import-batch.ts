import type { Actor, AsffFinding, ImportOutcome } from '../../../findings/hub/finding-hub.js';
import type { Database, Queries } from '../database.js';
import { freePlaces, packAll, writeBlocks } from './blocks.js';
import { columnsOf, forms, termsOf } from './columns.js';
import { CountChanges } from './counts.js';
import { readDocuments } from './documents.js';
import { appendEvents, internActor, type NewEvent } from './events.js';
import { isDuplicateKey } from './failures.js';
import { keyOf } from './key.js';
import type { FindingRules } from './rules.js';
import { copyRows, lockRows, updateRows, type Row } from './rows.js';
import type { Terms } from './terms.js';

/** What a batch is written into, and by whose rules. */
export interface FindingStore {
  readonly database: Database;
  readonly terms: Terms;
  readonly rules: FindingRules;
}

export interface ImportContext {
  readonly actor: Actor;
  readonly now: Date;
  readonly account?: string;
}

export interface ImportedBatch {
  readonly outcomes: readonly ImportOutcome[];
  /** How many rows of counts it appended: when they are many they should be collapsed. */
  readonly countRows: number;
}

/** Several importers of the same new findings: each try finds more of them there. */
const TRIES_MAX = 20;

/** One finding of a batch. */
interface Item {
  readonly key: string;
  readonly incoming: AsffFinding;
  /** What importing it makes of it where it is not known. */
  readonly alone: ImportOutcome;
  /** Its JSON text as it came, where the caller has it: kept as it is, so that nothing is written anew. */
  readonly text: string | undefined;
}

/** How far a finding has come within the batch. */
interface State {
  readonly row: Row | undefined;
  finding: AsffFinding | undefined;
  /** What is to be kept of it; undefined when it stays as it is. */
  kept: { readonly text: string; readonly form: number } | undefined;
}

/**
 * Imports findings by the rules, in one transaction: when it answers, all that it says is on disk. What is known is
 * locked in the order of keys, its document is read and the rules decide; what is new goes in by COPY. O(findings).
 *
 * The tempting alternative, one upsert from a staging table, decides in SQL what the rules say in TypeScript: two
 * meanings of one rule. And every new row would be written twice.
 */
export async function importBatch(
  store: FindingStore,
  findings: readonly AsffFinding[],
  context: ImportContext,
  texts?: readonly string[],
): Promise<ImportedBatch> {
  const items = findings.map((incoming, at): Item => {
    const alone = store.rules.import(undefined, incoming, context);
    return { key: alone.kind === 'refused' ? '' : keyOf(incoming), incoming, alone, text: texts?.[at] };
  });
  const actor = await internActor(store.terms, context.actor);
  await store.terms.intern(termsOf(items.flatMap(({ alone }) => ('finding' in alone ? [alone.finding] : []))));
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.database.transaction(async (client) => {
        const { outcomes, states, events } = await decide(store, client, items, context);
        const written = await writeStates(store, client, states, { actor, at: context.now.getTime() });
        await copyRows(client, written.created);
        await updateRows(client, written.updated);
        await freePlaces(client, written.freed);
        await appendEvents(client, events, { actor, at: context.now.getTime() });
        return { outcomes, countRows: await written.counts.write(client) };
      });
    } catch (error) {
      if (!isDuplicateKey(error) || attempt >= TRIES_MAX) throw error;
    }
  }
}

interface Decided {
  readonly outcomes: readonly ImportOutcome[];
  readonly states: ReadonlyMap<string, State>;
  readonly events: readonly NewEvent[];
}

/** Asks the rules about each finding in order; those of the same key one after the other, on one state. */
async function decide(
  store: FindingStore,
  client: Queries,
  items: readonly Item[],
  context: ImportContext,
): Promise<Decided> {
  const states = await knownStates(store, client, items);
  const events: NewEvent[] = [];
  const outcomes = items.map(({ key, incoming, alone, text }): ImportOutcome => {
    if (alone.kind === 'refused') return alone;
    const state = states.get(key);
    if (state === undefined) {
      if (!('finding' in alone)) return alone;
      const kept =
        text === undefined
          ? { text: JSON.stringify(alone.finding), form: forms.whole }
          : { text, form: forms.imported };
      states.set(key, { row: undefined, finding: alone.finding, kept });
      return alone;
    }
    if (state.finding === undefined) return { kind: 'unchanged' };
    const outcome = store.rules.import(state.finding, incoming, context);
    if ('finding' in outcome) {
      events.push({ key, updates: store.rules.updates(state.finding, outcome.finding) });
      state.finding = outcome.finding;
      state.kept = { text: JSON.stringify(outcome.finding), form: forms.whole };
    }
    return outcome;
  });
  return { outcomes, states, events };
}

/** The rows that are there, locked; with their documents where something newer may be among what comes. */
async function knownStates(
  store: FindingStore,
  client: Queries,
  items: readonly Item[],
): Promise<Map<string, State>> {
  const newest = new Map<string, number>();
  for (const { key, incoming, alone } of items) {
    if (alone.kind === 'refused') continue;
    newest.set(key, Math.max(newest.get(key) ?? -Infinity, Date.parse(incoming.UpdatedAt ?? '')));
  }
  const rows = await lockRows(client, [...newest.keys()]);
  const wanted = rows.filter((row) => (newest.get(row.key) ?? 0) > row.updated_at);
  const documents = await readDocuments(client, store.rules, wanted);
  const found = new Map(wanted.map((row, at) => [row.key, documents[at]]));
  return new Map(rows.map((row) => [row.key, { row, finding: found.get(row.key), kept: undefined }]));
}

/** Rows made of states, with their documents packed and written. */
export async function writeStates(
  store: FindingStore,
  client: Queries,
  states: ReadonlyMap<string, State>,
  by: { readonly actor: number; readonly at: number },
): Promise<{ created: Row[]; updated: Row[]; freed: Row[]; counts: CountChanges }> {
  const kept = [...states].flatMap(([key, { row, finding, kept: document }]) =>
    document === undefined || finding === undefined ? [] : [{ key, row, finding, document }],
  );
  const packed = await packAll(
    client,
    kept.map(({ document }) => document.text),
  );
  await writeBlocks(client, packed);
  const term = await store.terms.intern(termsOf(kept.map(({ finding }) => finding)));
  const written = { created: [] as Row[], updated: [] as Row[], freed: [] as Row[], counts: new CountChanges() };
  kept.forEach(({ key, row, finding, document }, at) => {
    const place = packed.places[at];
    if (place === undefined) throw new Error('a document has no place');
    const { form } = document;
    const came = row ?? { imported_at: by.at, imported_by: by.actor };
    const { imported_at, imported_by } = came;
    const now: Row = { key, ...columnsOf(finding, term), ...place, form, imported_at, imported_by };
    written[row === undefined ? 'created' : 'updated'].push(now);
    written.counts.add(now, 1);
    if (row !== undefined) {
      written.counts.add(row, -1);
      written.freed.push(row);
    }
  });
  return written;
}
