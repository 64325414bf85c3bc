import type pg from 'pg';
import type { Queries } from '../database.js';
import { copyBinary, FixedRows, RowLayout, type Column, type FixedType } from './copy-binary.js';
import { NumberSums } from './number-sums.js';
import { rowColumn, type Row } from './rows.js';

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
/** What of a row is counted by. */
export type Counted = Pick<Row, Exclude<Dimension, 'severity'> | (typeof radixes)[number][0]>;
const dimensionNames = Object.keys(dimensions) as Dimension[];

/**
 * The other columns of a count, how many values each has, and its name there: those of `columns.ts` and −1, a value outside of its list.
 * All in one number with an account of twelve digits they stay below 2^53: 10^12 × 8064.
 */
const radixes = [
  ['flags', 8, 0, 'flagged'],
  ['severity', 7, 1, 'severity'],
  ['workflow', 6, 1, 'workflow'],
  ['record', 4, 1, 'record'],
  ['compliance', 6, 1, 'compliance'],
] as const;
const SPAN = radixes.reduce((product, [, radix]) => product * radix, 1);

const countLayout = new RowLayout({
  dimension: 'smallint',
  value: 'bigint',
  flagged: 'smallint',
  severity: 'smallint',
  workflow: 'smallint',
  record: 'smallint',
  compliance: 'smallint',
  findings: 'bigint',
} as const satisfies Readonly<Record<string, FixedType>>);

/** What is counted of a row, and where it is in one. */
const countedNames = [...radixes.map(([name]) => name), ...dimensionNames];
const countedColumns = countedNames.map((name) => rowColumn[name]);

/**
 * Changes of counts. They are appended and summed up when read, so that two importers never wait for each other on the
 * row of a count; `collapse` makes one row of many.
 */
export class CountChanges {
  private readonly sums = dimensionNames.map(() => new NumberSums());
  /** Of the row that is being counted, in the order of `countedNames`. */
  private readonly values = new Float64Array(countedNames.length);

  /** @param row what a row has in its columns. */
  add(row: Counted, by: 1 | -1): void {
    countedNames.forEach((name, at) => (this.values[at] = row[name]));
    this.addValues(by);
  }

  /** Counts a new row, where it lies. */
  addRow(rows: FixedRows, row: number): void {
    for (let at = 0; at < countedColumns.length; at++) this.values[at] = rows.get(row, countedColumns[at] as Column);
    this.addValues(1);
  }

  private addValues(by: 1 | -1): void {
    const { values } = this;
    let rest = 0;
    for (let at = 0; at < radixes.length; at++) {
      const [, radix, shift] = radixes[at] as (typeof radixes)[number];
      rest = rest * radix + (values[at] as number) + shift;
    }
    for (let at = 0; at < dimensionNames.length; at++) {
      (this.sums[at] as NumberSums).add((values[radixes.length + at] as number) * SPAN + rest, by);
    }
  }

  /** Appends them. Answers how many rows that took. */
  async write(client: pg.PoolClient): Promise<number> {
    let most = 0;
    for (const sums of this.sums) most += sums.size;
    const { column } = countLayout;
    const rows = new FixedRows(countLayout, most);
    let written = 0;
    for (const [at, sums] of this.sums.entries()) {
      for (const [place, sum] of sums.entries()) {
        if (sum === 0) continue;
        rows.set(written, column.dimension, dimensions[dimensionNames[at] as Dimension]);
        rows.set(written, column.value, Math.floor(place / SPAN));
        const rest = restOf(place);
        radixes.forEach(([, , , name], at) => rows.set(written, column[name], rest[at] as number));
        rows.set(written, column.findings, sum);
        written += 1;
      }
    }
    if (written === 0) return 0;
    await copyBinary(
      client,
      { table: 'hikeshi.finding_count', columns: countLayout.names },
      rows.pieces(Array.from({ length: written }, (_, at) => at)),
    );
    return written;
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

/** The other columns, from the last to the first, and turned round. Also of an account that is none, −1. */
function restOf(place: number): number[] {
  let rest = place - Math.floor(place / SPAN) * SPAN;
  return radixes
    .toReversed()
    .map(([, radix, shift]) => {
      const digit = rest % radix;
      rest = Math.floor(rest / radix);
      return digit - shift;
    })
    .toReversed();
}
