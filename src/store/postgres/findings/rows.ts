import type pg from 'pg';
import type { Queries } from '../database.js';
import { termColumnNames, type Columns } from './columns.js';
import type { Place } from './blocks.js';
import { copyBinary, FixedRows, RowLayout, uuidArray, type FixedType } from './copy-binary.js';

/** A finding's row. */
export interface Row extends Columns, Place {
  readonly key: string;
  readonly form: number;
  /** When it was created here, and by whom: the first entry of its history. */
  readonly imported_at: number;
  readonly imported_by: number;
}

/** What a finding's row may change into; `key` and how it came stay. */
export const changing = [
  'updated_at',
  'created_at',
  'account',
  'block',
  ...termColumnNames,
  'slot',
  'form',
  'flags',
  'severity',
  'normalized',
  'workflow',
  'record',
  'compliance',
] as const satisfies readonly (keyof Row)[];

/** The row's columns and their types; term columns are numbers into `term`. */
export const rowTypes = {
  key: 'uuid',
  updated_at: 'bigint',
  created_at: 'bigint',
  account: 'bigint',
  block: 'bigint',
  product: 'integer',
  product_name: 'integer',
  generator: 'integer',
  title: 'integer',
  type: 'integer',
  resource: 'integer',
  resource_type: 'integer',
  region: 'integer',
  control: 'integer',
  slot: 'smallint',
  form: 'smallint',
  flags: 'smallint',
  severity: 'smallint',
  normalized: 'smallint',
  workflow: 'smallint',
  record: 'smallint',
  compliance: 'smallint',
  imported_at: 'bigint',
  imported_by: 'integer',
} as const satisfies Readonly<Record<keyof Row, FixedType>>;

/** Rows as COPY takes them. */
export const rowLayout = new RowLayout<keyof Row>(rowTypes);
export const rowColumn = rowLayout.column;
const numbers = rowLayout.names.filter((name) => name !== 'key');
export const rowColumns = rowLayout.names.map((name) => `f.${name}`).join(', ');

/**
 * Writes new rows by COPY. Give them in the order of their keys: two that write the same keys wait for each other, and not
 * in a circle. The later one then fails (23505), and its batch is done again with those rows known.
 */
export async function copyRowBytes(client: pg.PoolClient, rows: FixedRows, order: ArrayLike<number>): Promise<void> {
  await copyBinary(client, { table: 'hikeshi.finding', columns: rowLayout.names }, rows.pieces(order));
}

/** As `copyRowBytes`, of rows in any order. */
export async function copyRows(client: pg.PoolClient, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const sorted = rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const bytes = new FixedRows(rowLayout, sorted.length);
  sorted.forEach((row, at) => {
    bytes.setHex(at, rowColumn.key, row.key.replaceAll('-', ''));
    for (const name of numbers) bytes.set(at, rowColumn[name], row[name] as number);
  });
  await copyRowBytes(client, bytes, [...sorted.keys()]);
}

const UPDATE = `update hikeshi.finding f set ${changing.map((name) => `${name} = w.${name}`).join(', ')}
  from unnest($1::uuid[], ${changing.map((name, at) => `$${at + 2}::${rowTypes[name]}[]`).join(', ')})
    as w (key, ${changing.join(', ')})
  where f.key = w.key`;

/** Writes changed rows; they must be locked already. */
export async function updateRows(queries: Queries, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await queries.query(UPDATE, [rows.map(({ key }) => key), ...changing.map((name) => rows.map((row) => row[name]))]);
}

/** The rows of some keys, locked in the order of their keys until the transaction ends. */
export async function lockRows(queries: Queries, keys: readonly string[]): Promise<Row[]> {
  if (keys.length === 0) return [];
  const { rows } = await queries.query<Row & Record<string, unknown>>(
    `select ${rowColumns} from hikeshi.finding f where f.key = any($1::uuid[]) order by f.key for update`,
    [keys],
  );
  return rows;
}

/** Rows that are known, by their keys in hexadecimal digits, and when each was last updated. Nothing is locked: a finding's time only goes forward. */
export async function knownTimes(
  queries: Queries,
  rows: FixedRows,
  of: ArrayLike<number>,
): Promise<readonly { readonly digits: string; readonly updated_at: number }[]> {
  if (of.length === 0) return [];
  const known = await queries.query<{ digits: string; updated_at: number }>(
    `select encode(uuid_send(f.key), 'hex') as digits, f.updated_at from hikeshi.finding f where f.key = any($1::uuid[])`,
    [uuidArray(rows, rowColumn.key, of)],
  );
  return known.rows;
}
