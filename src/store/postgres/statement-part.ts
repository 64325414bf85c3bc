import type { Queries } from './database.js';

/** A change that can be made in one statement together with others, of other rows. */
export interface StatementPart {
  /** An `insert`, `update` or `delete`, with `$1` for the first of its own values. */
  readonly change: string;
  readonly values: readonly unknown[];
  /** Who is told, with `$n` as in the change: an expression over what it returns, which is there as `changed`. */
  readonly tell?: string;
}

/**
 * Makes changes in one statement: asking and answering costs more than most changes do. None of them sees what the others
 * do, and no two may be of one row.
 *
 * Source: PostgreSQL manual, "Data-Modifying Statements in WITH".
 */
export async function changeTogether(client: Queries, parts: readonly StatementPart[]): Promise<void> {
  const changes: string[] = [];
  const tells: string[] = [];
  const values: unknown[] = [];
  for (const [place, { change, values: own, tell }] of parts.entries()) {
    const before = values.length;
    const placed = (text: string) => text.replace(/\$(\d+)/g, (_, number) => `$${before + Number(number)}`);
    changes.push(`part_${place} as (${placed(change)})`);
    if (tell !== undefined) tells.push(`select (${placed(tell)})::text from part_${place} as changed`);
    values.push(...own);
  }
  const last = tells.length === 0 ? 'select 1' : tells.join(' union all ');
  await client.query(`with ${changes.join(', ')} ${last}`, values);
}
