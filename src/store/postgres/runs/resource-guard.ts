import type { Queries } from '../database.js';
import type { StatementPart } from '../statement-part.js';

/**
 * Takes the right to change a resource. A holder that is not at work any more (its worker's engine gave it up) has lost
 * it; one that is at work keeps it.
 *
 * @returns who has it otherwise; undefined when it is this run's now.
 */
export async function takeResource(
  client: Queries,
  resourceArn: string,
  runId: string,
  at: string,
): Promise<string | undefined> {
  const { rowCount } = await client.query(
    `insert into hikeshi.resource_guard as g (resource_arn, run_id, at) values ($1, $2, $3)
     on conflict (resource_arn) do update set run_id = excluded.run_id, at = excluded.at
       where g.run_id = excluded.run_id
         or not exists (select 1 from hikeshi.run r where r.id = g.run_id and r.state in ('applying', 'undoing'))`,
    [resourceArn, runId, at],
  );
  if (rowCount === 1) return undefined;
  const { rows } = await client.query<{ holder: string }>(
    'select run_id as holder from hikeshi.resource_guard where resource_arn = $1',
    [resourceArn],
  );
  return rows[0]?.holder ?? 'another run';
}

/** Lets a resource go, if it is this run's. */
export const releasingResource = (resourceArn: string, runId: string): StatementPart => ({
  change: 'delete from hikeshi.resource_guard where resource_arn = $1 and run_id = $2',
  values: [resourceArn, runId],
});
