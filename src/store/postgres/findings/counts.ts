import type { Queries } from '../database.js';
import type { Row } from './rows.js';

/**
 * What the console counts by: for each of these columns, how many findings have each of its values, in each
 * combination of severity, workflow, record state and compliance. One table for each column alone: all in one key would
 * be nearly as many rows as findings. The numbers are in the database.
 */
export const dimensions = {
  account: 1,
  product: 2,
  product_name: 3,
  generator: 4,
  type: 5,
  resource_type: 6,
  region: 7,
  control: 8,
  severity: 9,
} as const satisfies Partial<Record<keyof Row, number>>;
export type Dimension = keyof typeof dimensions;
const dimensionNames = Object.keys(dimensions) as Dimension[];

/** Of the closed lists, as `columns.ts` numbers them (−1 is a value outside of the list). */
const SPAN = 8;

/**
 * Changes of counts. They are appended and summed up when read, so that two importers never wait for each other on the
 * row of a count; `collapse` makes one row of many.
 */
export class CountChanges {
  private readonly sums = new Map<Dimension, Map<number, number>>();

  add(row: Row, by: 1 | -1): void {
    const rest = (((row.severity + 1) * SPAN + row.workflow + 1) * SPAN + row.record + 1) * SPAN + row.compliance + 1;
    for (const name of dimensionNames) {
      let sums = this.sums.get(name);
      if (sums === undefined) this.sums.set(name, (sums = new Map()));
      const place = (row[name] * SPAN + row.flags) * SPAN ** 4 + rest;
      sums.set(place, (sums.get(place) ?? 0) + by);
    }
  }

  /** Appends them. Answers how many rows that took. */
  async write(queries: Queries): Promise<number> {
    const rows: number[][] = [[], [], [], [], [], [], [], []];
    const push = (...values: number[]) => values.forEach((value, at) => rows[at]?.push(value));
    for (const [name, sums] of this.sums) {
      for (const [place, sum] of sums) {
        if (sum === 0) continue;
        const value = Math.floor(place / SPAN ** 5);
        const flagged = digit(place, 4) + 1;
        push(dimensions[name], value, flagged, digit(place, 3), digit(place, 2), digit(place, 1), digit(place, 0), sum);
      }
    }
    if (rows[0]?.length === 0) return 0;
    await queries.query(
      `insert into hikeshi.finding_count (dimension, value, flagged, severity, workflow, record, compliance, findings)
       select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::smallint[], $5::smallint[], $6::smallint[], $7::smallint[], $8::bigint[])`,
      rows,
    );
    return rows[0]?.length ?? 0;
  }
}

/** One row of many for each count. Readers see the sums before or after, which are the same. */
export async function collapseCounts(queries: Queries): Promise<void> {
  await queries.query(
    `with gone as (delete from hikeshi.finding_count returning *)
     insert into hikeshi.finding_count (dimension, value, flagged, severity, workflow, record, compliance, findings)
     select dimension, value, flagged, severity, workflow, record, compliance, sum(findings) from gone
     group by 1, 2, 3, 4, 5, 6, 7 having sum(findings) <> 0 order by 1, 2`,
  );
}

/** A digit of a place, less the one that was added for values outside of the list. Also of a negative place. */
function digit(place: number, power: number): number {
  return (((Math.floor(place / SPAN ** power) % SPAN) + SPAN) % SPAN) - 1;
}
