import type {
  Actor,
  AsffFinding,
  ChangeOutcome,
  FindingChange,
  FindingIdentifier,
} from '../../../findings/hub/finding-hub.js';
import { updatesBetween as historyUpdates } from '../../../findings/hub/updates-between.js';
import { textOf } from './blocks.js';
import { columnsOf, forms } from './columns.js';
import { readDocuments } from './documents.js';
import { internActor, type NewEvent } from './events.js';
import type { FindingStore } from './import-batch.js';
import { keyOf } from './key.js';
import { lockRows } from './rows.js';
import { changeOwn } from './own-rows.js';
import { applyStates, type State } from './write-states.js';

const notFound: ChangeOutcome = {
  kind: 'refused',
  code: 'FindingNotFound',
  message: 'there is no such finding among those that may be changed',
};

/** Changes findings as a customer, in one transaction. A finding that is named twice is changed twice. */
export async function changeBatch(
  store: FindingStore,
  identifiers: readonly FindingIdentifier[],
  change: FindingChange,
  context: { readonly actor: Actor; readonly now: Date; readonly accounts?: readonly string[] },
): Promise<readonly ChangeOutcome[]> {
  const keys = identifiers.map(keyOf);
  const by = { actor: await internActor(store.terms, context.actor), at: context.now.getTime() };
  const allowed = context.accounts === undefined ? undefined : new Set(context.accounts.map(Number));
  return store.database.transaction(async (client) => {
    const draft = store.terms.draft();
    const locked = await lockRows(client, [...new Set(keys)]);
    const rows = locked.filter(({ account }) => allowed === undefined || allowed.has(account));
    const documents = await readDocuments(client, store.rules, rows);
    const states = new Map<string, State>(
      rows.map((row, at) => {
        const finding = documents[at] as AsffFinding;
        return [row.key, { row, updatedAt: row.updated_at, finding: () => finding, kept: undefined }];
      }),
    );
    const events: NewEvent[] = [];
    const outcomes = keys.map((key): ChangeOutcome => {
      const state = states.get(key);
      const before = state?.finding?.();
      if (state === undefined || before === undefined) return notFound;
      const outcome = store.rules.change(before, change, context);
      if (outcome.kind !== 'changed') return outcome;
      const { finding } = outcome;
      const updates = historyUpdates(before, finding);
      if (updates.length === 0) return outcome;
      events.push({ key, updates });
      const text = textOf(JSON.stringify(finding));
      const kept = {
        columns: columnsOf(finding, draft.number),
        text,
        form: state.row?.form === forms.own ? forms.own : forms.whole,
      };
      states.set(key, { ...state, finding: () => finding, kept });
      return outcome;
    });
    await applyStates(client, draft, { states, events }, by);
    await changeOwn(client, states);
    return outcomes;
  });
}
