import type { Queries } from '../database.js';
import type { StatementPart } from '../statement-part.js';
import { CLAIMED_AGAIN } from './run-journal.js';

/** Who takes which run, and what it changes. */
export interface Taker {
  readonly resourceArn: string;
  readonly runId: string;
  readonly worker: string;
  readonly at: string;
}

/**
 * Takes the right to change a resource, and with it the run (`claimRun`). A holder that is not at work any more (its
 * worker's engine gave it up) has lost it; one that is at work keeps it, and then nothing is taken.
 *
 * @returns the epoch that the run's writes are fenced by, or who has the resource.
 */
export async function takeRun(
  client: Queries,
  { resourceArn, runId, worker, at }: Taker,
): Promise<{ readonly epoch: number } | { readonly holder: string }> {
  const { rows } = await client.query<{ epoch: number }>(
    `with made as (insert into hikeshi.resource_guard as g (resource_arn, run_id, at) values ($1, $2, $3)
       on conflict (resource_arn) do update set run_id = excluded.run_id, at = excluded.at
         where g.run_id = excluded.run_id
           or not exists (select 1 from hikeshi.run r where r.id = g.run_id and r.state in ('applying', 'undoing'))
       returning run_id)
     insert into hikeshi.run_claim as c (run_id, epoch, worker, at) select run_id, 1, $4, $3 from made
       ${CLAIMED_AGAIN} returning epoch`,
    [resourceArn, runId, at, worker],
  );
  if (rows[0] !== undefined) return rows[0];
  const { rows: held } = await client.query<{ holder: string }>(
    'select run_id as holder from hikeshi.resource_guard where resource_arn = $1',
    [resourceArn],
  );
  return { holder: held[0]?.holder ?? 'another run' };
}

/** Lets a resource go, if it is this run's. */
export const releasingResource = (resourceArn: string, runId: string): StatementPart => ({
  change: 'delete from hikeshi.resource_guard where resource_arn = $1 and run_id = $2',
  values: [resourceArn, runId],
});
