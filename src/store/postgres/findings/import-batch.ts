import type { AsffFinding, ImportContext, ImportOutcome } from '../../../findings/hub/finding-hub.js';
import { updatesBetween as historyUpdates } from '../../../findings/hub/updates-between.js';
import type { Database, Queries } from '../database.js';
import { textOf, type Text } from './blocks.js';
import { columnsOf, forms, type Columns } from './columns.js';
import { readDocuments } from './documents.js';
import { internActor, type NewEvent } from './events.js';
import { isDuplicateKey } from './failures.js';
import { keyOf } from './key.js';
import type { FindingRules } from './rules.js';
import { lockRows } from './rows.js';
import type { TermDraft, Terms } from './terms.js';
import { applyStates, type State } from './write-states.js';

export type { ImportContext };

/** What a batch is written into, and by whose rules. */
export interface FindingStore {
  readonly database: Database;
  readonly terms: Terms;
  readonly rules: FindingRules;
}

export interface ImportedBatch<Outcome> {
  readonly outcomes: readonly Outcome[];
  /** How many rows of counts it appended: when they are many they should be collapsed. */
  readonly countRows: number;
}

/** Several importers of the same new findings: each try finds more of them there. */
const TRIES_MAX = 20;

/** One finding of a batch, reduced to what is needed where it is not known yet. */
export type Item =
  | { readonly refused: Extract<ImportOutcome, { kind: 'refused' }> }
  | {
      readonly refused?: undefined;
      readonly key: string;
      readonly updatedAt: number;
      readonly columns: Columns;
      readonly text: Text;
      readonly form: number;
      /** What came, and what importing it makes of it where it is not known. */
      readonly read: () => { readonly incoming: AsffFinding; readonly alone: ImportOutcome };
    };

/** A finding made ready, of which all is kept at hand. */
export function itemOf(rules: FindingRules, draft: TermDraft, incoming: AsffFinding, context: ImportContext): Item {
  const alone = rules.import(undefined, incoming, context);
  if (alone.kind === 'refused') return { refused: alone };
  const text = textOf(JSON.stringify(createdOf(alone)));
  return { ...reduced(draft, incoming, alone), text, form: forms.whole, read: () => ({ incoming, alone }) };
}

/** A finding made ready, of which the text as it came is kept. */
export function itemOfText(
  rules: FindingRules,
  draft: TermDraft,
  given: { readonly finding: AsffFinding; readonly text: Text },
  context: ImportContext,
): Item {
  const { text } = given;
  const alone = rules.import(undefined, given.finding, context);
  if (alone.kind === 'refused') return { refused: alone };
  const read = () => {
    const incoming = JSON.parse(text.in.toString('utf8', text.from, text.to)) as AsffFinding;
    return { incoming, alone: rules.import(undefined, incoming, context) };
  };
  return { ...reduced(draft, given.finding, alone), text, form: forms.imported, read };
}

function reduced(draft: TermDraft, incoming: AsffFinding, alone: ImportOutcome) {
  const finding = createdOf(alone);
  return {
    key: keyOf(incoming),
    updatedAt: Date.parse(finding.UpdatedAt ?? ''),
    columns: columnsOf(finding, draft.number),
  };
}

/**
 * Imports findings by the rules, in one transaction: when it answers, all that it says is on disk. What is known is
 * locked in the order of keys, its document is read and the rules decide; what is new goes in by COPY. O(findings).
 *
 * The tempting alternative, one upsert from a staging table, decides in SQL what the rules say in TypeScript: two
 * meanings of one rule. And every new row would be written twice.
 *
 * @param told what to answer for a finding: all of it, or its kind.
 */
export async function importBatch<Outcome>(
  store: FindingStore,
  draft: TermDraft,
  items: readonly Item[],
  context: ImportContext,
  told: (kind: ImportOutcome['kind'], outcome: () => ImportOutcome) => Outcome,
): Promise<ImportedBatch<Outcome>> {
  await draft.settle();
  const by = { actor: await internActor(store.terms, context.actor), at: context.now.getTime() };
  return untilNoDuplicate(() =>
    store.database.transaction(async (client) => {
      const { outcomes, states, events } = await decide(store, draft, client, { items, context, told });
      return { outcomes, countRows: await applyStates(client, draft, { states, events }, by) };
    }),
  );
}

/** Does a batch again where another importer brought one of its new findings first: now that one is known. */
export async function untilNoDuplicate<Made>(work: () => Promise<Made>): Promise<Made> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isDuplicateKey(error) || attempt >= TRIES_MAX) throw error;
    }
  }
}

interface Wanted<Outcome> {
  readonly items: readonly Item[];
  readonly context: ImportContext;
  readonly told: (kind: ImportOutcome['kind'], outcome: () => ImportOutcome) => Outcome;
}

/** Asks the rules about each finding in order; those of the same key one after the other, on one state. */
export async function decide<Outcome>(
  store: FindingStore,
  draft: TermDraft,
  client: Queries,
  { items, context, told }: Wanted<Outcome>,
): Promise<{ outcomes: Outcome[]; states: Map<string, State>; events: NewEvent[] }> {
  const states = await knownStates(store, client, items);
  const events: NewEvent[] = [];
  const outcomes = items.map((item): Outcome => {
    if (item.refused !== undefined) return told('refused', () => item.refused);
    const { key, updatedAt, columns, text, form, read } = item;
    const state = states.get(key);
    if (state === undefined) {
      const finding = () => createdOf(read().alone);
      states.set(key, { row: undefined, updatedAt, finding, kept: { columns, text, form } });
      return told('created', () => read().alone);
    }
    // Not newer, to the millisecond that is kept: the rules would say the same, once the document is read.
    if (updatedAt <= state.updatedAt || state.finding === undefined)
      return told('unchanged', () => ({ kind: 'unchanged' }));
    const before = state.finding();
    const outcome = store.rules.import(before, read().incoming, context);
    if (!('finding' in outcome)) return told(outcome.kind, () => outcome);
    const { finding } = outcome;
    events.push({ key, updates: historyUpdates(before, finding) });
    const kept = {
      columns: columnsOf(finding, draft.number),
      text: textOf(JSON.stringify(finding)),
      form: forms.whole,
    };
    states.set(key, { row: state.row, updatedAt, finding: () => finding, kept });
    return told(outcome.kind, () => outcome);
  });
  return { outcomes, states, events };
}

/** What importing a finding that is not known made of it. */
export function createdOf(outcome: ImportOutcome): AsffFinding {
  if ('finding' in outcome) return outcome.finding;
  throw new Error('importing a finding that is not known must create it');
}

/** The rows that are there, locked; with their documents where something newer may be among what comes. */
async function knownStates(store: FindingStore, client: Queries, items: readonly Item[]): Promise<Map<string, State>> {
  const newest = new Map<string, number>();
  for (const item of items) {
    if (item.refused === undefined) newest.set(item.key, Math.max(newest.get(item.key) ?? -Infinity, item.updatedAt));
  }
  const rows = await lockRows(client, [...newest.keys()]);
  const wanted = rows.filter((row) => (newest.get(row.key) ?? 0) > row.updated_at);
  const documents = await readDocuments(client, store.rules, wanted);
  const found = new Map(wanted.map((row, at) => [row.key, documents[at] as AsffFinding]));
  return new Map(
    rows.map((row) => {
      const finding = found.get(row.key);
      const read = finding === undefined ? undefined : () => finding;
      return [row.key, { row, updatedAt: row.updated_at, finding: read, kept: undefined }];
    }),
  );
}
