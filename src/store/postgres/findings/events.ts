import type { Actor, HistoryRecord } from '../../../findings/hub/finding-hub.js';
import type { Queries } from '../database.js';
import type { Terms } from './terms.js';

/** An entry of a finding's history, before it is written. */
export interface NewEvent {
  readonly key: string;
  readonly updates: HistoryRecord['updates'];
}

/** The number of who changes findings and why. */
export async function internActor(terms: Terms, actor: Actor): Promise<number> {
  const text = JSON.stringify([actor.type, actor.identity, actor.reason ?? null]);
  return terms.number('actor', text);
}

export function actorOf(text: string): Actor {
  const [type, identity, reason] = JSON.parse(text) as [Actor['type'], string, string | null];
  return { type, identity, ...(reason === null ? {} : { reason }) };
}

/** Appends to the history. Entries are never changed; retention alone deletes them. */
export async function appendEvents(
  queries: Queries,
  events: readonly NewEvent[],
  by: { readonly actor: number; readonly at: number },
): Promise<void> {
  if (events.length === 0) return;
  await queries.query(
    `insert into hikeshi.finding_event (key, at, actor, updates)
     select key, $3, $4, updates from unnest($1::uuid[], $2::jsonb[]) as w (key, updates)`,
    [
      events.map(({ key }) => key),
      // A NUL cannot be kept in jsonb; it is shown as what it is.
      events.map(({ updates }) => JSON.stringify(updates).replaceAll('\\u0000', '\\ufffd')),
      by.at,
      by.actor,
    ],
  );
}
