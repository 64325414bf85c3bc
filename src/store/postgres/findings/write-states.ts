import type pg from 'pg';
import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import { freePlaces, packAll, writeBlocks, type Text } from './blocks.js';
import { settledColumns, type Columns } from './columns.js';
import { CountChanges } from './counts.js';
import { appendEvents, type NewEvent } from './events.js';
import { copyRows, updateRows, type Row } from './rows.js';
import type { TermDraft } from './terms.js';

/** How far a finding has come within a batch. */
export interface State {
  /** As it is in the database; undefined for a new one. */
  readonly row: Row | undefined;
  readonly updatedAt: number;
  /** The finding itself; undefined where nobody needs it. */
  readonly finding: (() => AsffFinding) | undefined;
  /** What is to be kept of it; undefined when it stays as it is. */
  readonly kept: { readonly columns: Columns; readonly text: Text; readonly form: number } | undefined;
}

/** What a batch writes, once its documents are in their blocks. */
interface Written {
  readonly created: readonly Row[];
  readonly updated: readonly Row[];
  readonly freed: readonly Row[];
  readonly counts: CountChanges;
}

/** Writes a batch: documents, rows, history and counts. Answers how many rows of counts that took. */
export async function applyStates(
  client: pg.PoolClient,
  draft: TermDraft,
  { states, events }: { readonly states: ReadonlyMap<string, State>; readonly events: readonly NewEvent[] },
  by: { readonly actor: number; readonly at: number },
): Promise<number> {
  // What changed may have a text that is new to this process.
  await draft.settle();
  const written = await writeStates(client, draft, states, by);
  await copyRows(client, written.created);
  await updateRows(client, written.updated);
  await freePlaces(client, written.freed);
  await appendEvents(client, events, by);
  return written.counts.write(client);
}

/** Packs and writes the documents of what is new and what has changed. */
async function writeStates(
  client: pg.PoolClient,
  draft: TermDraft,
  states: ReadonlyMap<string, State>,
  by: { readonly actor: number; readonly at: number },
): Promise<Written> {
  const keys: string[] = [];
  const kept: { readonly row: Row | undefined; readonly kept: NonNullable<State['kept']> }[] = [];
  for (const [key, state] of states) {
    if (state.kept === undefined) continue;
    keys.push(key);
    kept.push({ row: state.row, kept: state.kept });
  }
  const packed = await packAll(
    client,
    kept.map((each) => each.kept.text),
  );
  await writeBlocks(client, packed);
  const written = { created: [] as Row[], updated: [] as Row[], freed: [] as Row[], counts: new CountChanges() };
  kept.forEach(({ row, kept: { columns, form } }, at) => {
    const place = packed.places[at];
    const key = keys[at];
    if (place === undefined || key === undefined) throw new Error('a document has no place');
    const { imported_at, imported_by } = row ?? { imported_at: by.at, imported_by: by.actor };
    const settled = settledColumns(columns, (number) => draft.settled(number));
    const { block, slot } = place;
    const now: Row = { ...settled, key, block, slot, form, imported_at, imported_by };
    written[row === undefined ? 'created' : 'updated'].push(now);
    written.counts.add(now, 1);
    if (row !== undefined) {
      written.counts.add(row, -1);
      written.freed.push(row);
    }
  });
  return written;
}
