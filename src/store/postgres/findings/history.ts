import { Problem } from '../../../base/problem.js';
import type { HistoryQuery, HistoryRecord } from '../../../findings/hub/finding-hub.js';
import type { Database } from '../database.js';
import { actorOf } from './events.js';
import { keyOf } from './key.js';

/** The entry of a finding's creation stands in its own row; it comes before all others. */
const CREATED = 0;

interface EventRow extends Record<string, unknown> {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly updates: HistoryRecord['updates'];
}

/** A finding's history, newest first. */
export async function historyOf(
  database: Database,
  query: HistoryQuery,
): Promise<{ readonly records: readonly HistoryRecord[]; readonly next?: string }> {
  const { identifier, limit } = query;
  const { rows } = await database.query<EventRow>(
    `select e.id, e.at, t.text as actor, e.updates from (
       select id, at, actor, updates from hikeshi.finding_event where key = $1
       union all select ${CREATED}, imported_at, imported_by, '[]' from hikeshi.finding where key = $1
     ) e join hikeshi.term t on t.id = e.actor
     where e.at between $2 and $3 and ($4::bigint is null or e.id < $4)
     order by e.id desc limit $5`,
    [
      keyOf(identifier),
      query.from === undefined ? 0 : Date.parse(query.from),
      query.to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(query.to),
      query.after === undefined ? null : placeIn(query.after),
      limit + 1,
    ],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    records: page.map(({ id, at, actor, updates }) => ({
      identifier,
      at: new Date(at).toISOString(),
      created: id === CREATED,
      actor: actorOf(actor),
      updates,
    })),
    ...(last === undefined || rows.length <= limit ? {} : { next: String(last.id) }),
  };
}

function placeIn(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Problem('bad-cursor', `\`${cursor}\` is no place in a history`, {
    next: 'pass on what the page before gave, or begin at the first page',
    exit: 'badUsage',
  });
}
