import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import type { Queries } from '../database.js';
import { termColumnNames, type Columns } from './columns.js';
import type { Place } from './blocks.js';

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

const columns: readonly (keyof Row)[] = ['key', ...changing, 'imported_at', 'imported_by'];
export const rowColumns = columns.map((name) => `f.${name}`).join(', ');

/** Rows handed to the socket at a time. */
const CHUNK_ROWS = 2000;

/**
 * Writes new rows by COPY, in the order of their keys: two that write the same keys wait for each other, and not in a
 * circle. The later one then fails (23505), and its batch is done again with those rows known.
 */
export async function copyRows(client: pg.PoolClient, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const sorted = rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const stream = client.query(from(`copy hikeshi.finding (${columns.join(', ')}) from stdin`));
  const ended = finished(stream);
  // A failure is told by `ended`, also when it comes while this waits for the socket.
  ended.catch(() => undefined);
  for (let at = 0; at < sorted.length; at += CHUNK_ROWS) {
    const text = sorted.slice(at, at + CHUNK_ROWS).map(line);
    if (!stream.write(text.join(''))) await Promise.race([once(stream, 'drain'), ended]);
  }
  stream.end();
  await ended;
}

/** All columns are numbers, but for the key, which needs no escaping either. */
function line(row: Row): string {
  let text = row.key;
  for (let at = 1; at < columns.length; at++) text += `\t${row[columns[at] as keyof Row]}`;
  return `${text}\n`;
}

const typeOf = (name: string): string =>
  ['updated_at', 'created_at', 'account', 'block'].includes(name)
    ? 'bigint'
    : (termColumnNames as readonly string[]).includes(name)
      ? 'integer'
      : 'smallint';

const UPDATE = `update hikeshi.finding f set ${changing.map((name) => `${name} = w.${name}`).join(', ')}
  from unnest($1::uuid[], ${changing.map((name, at) => `$${at + 2}::${typeOf(name)}[]`).join(', ')})
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
