import { Problem } from '../../../base/problem.js';
import type { Database } from '../database.js';
import { freePlaces } from './blocks.js';
import { enumerations } from './columns.js';
import { collapseCounts, CountChanges } from './counts.js';
import { repackBlocks } from './repack-blocks.js';
import { rowColumns, type Row } from './rows.js';

/** How long findings are kept. Nothing is deleted that is open, or suppressed: it would come back as new. */
export interface RetentionPolicy {
  /** Days after which what is archived, resolved or passed is deleted, if nothing happened to it meanwhile. */
  readonly closedDays: number;
  /** Days after which entries of the history are deleted. */
  readonly historyDays: number;
}

/** Security Hub keeps findings for 90 days after their last update. A year of history answers most audits. */
export const defaultRetention: RetentionPolicy = { closedDays: 90, historyDays: 365 };

export interface Retained {
  readonly findings: number;
  readonly events: number;
  readonly blocks: number;
}

const DAY_MS = 86_400_000;
const DAYS_MAX = 36_500;
/** Rows of one transaction: others wait for none longer than it takes. */
const BATCH_MAX = 5_000;

/**
 * Deletes what the policy no longer keeps, batch by batch, each whole; stopped at any point it goes on the next time. What
 * another process is changing just now is left for the next time.
 *
 * @throws Problem `bad-retention` for days that are no whole number from 1.
 */
export async function retain(
  database: Database,
  policy: RetentionPolicy,
  now: Date,
  signal?: AbortSignal,
): Promise<Retained> {
  for (const name of ['closedDays', 'historyDays'] as const) checkDays(name, policy[name]);
  const closedBefore = now.getTime() - policy.closedDays * DAY_MS;
  const historyBefore = now.getTime() - policy.historyDays * DAY_MS;
  const findings = await inBatches(signal, () => deleteClosed(database, closedBefore));
  const events = await inBatches(signal, () => deleteEvents(database, historyBefore));
  await collapseCounts(database);
  const blocks = await repackBlocks(database, signal);
  return { findings, events, blocks };
}

function checkDays(name: string, days: number): void {
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX) return;
  throw new Problem('bad-retention', `${name} is \`${days}\``, {
    next: `give whole days from 1 to ${DAYS_MAX}`,
    exit: 'badConfiguration',
  });
}

async function inBatches(signal: AbortSignal | undefined, work: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (;;) {
    signal?.throwIfAborted();
    const done = await work();
    sum += done;
    if (done < BATCH_MAX) return sum;
  }
}

const code = (list: readonly string[], value: string): number => list.indexOf(value);
const { record, workflow, compliance } = enumerations;
const closed = `(f.record = ${code(record, 'ARCHIVED')} or f.workflow = ${code(workflow, 'RESOLVED')}
  or f.compliance = ${code(compliance, 'PASSED')}) and f.workflow <> ${code(workflow, 'SUPPRESSED')}`;

function deleteClosed(database: Database, before: number): Promise<number> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<Row>(
      `delete from hikeshi.finding f using (
         select f.key from hikeshi.finding f
         where ${closed} and f.updated_at < $1 and f.imported_at < $1
           and not exists (select from hikeshi.finding_event e where e.key = f.key and e.at >= $1)
           and not exists (select from hikeshi.own_finding o where o.key = f.key and o.observed_at >= $1)
         order by f.updated_at limit ${BATCH_MAX} for update of f skip locked
       ) gone where f.key = gone.key returning ${rowColumns}`,
      [before],
    );
    if (rows.length === 0) return 0;
    const counts = new CountChanges();
    for (const row of rows) counts.add(row, -1);
    await counts.write(client);
    await freePlaces(client, rows);
    await client.query('delete from hikeshi.own_finding where key = any($1::uuid[])', [rows.map(({ key }) => key)]);
    return rows.length;
  });
}

async function deleteEvents(database: Database, before: number): Promise<number> {
  const { rowCount } = await database.query(
    `delete from hikeshi.finding_event where id in (
       select id from hikeshi.finding_event where at < $1 order by at limit ${BATCH_MAX} for update skip locked)`,
    [before],
  );
  return rowCount ?? 0;
}
