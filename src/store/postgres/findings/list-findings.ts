import { Problem } from '../../../base/problem.js';
import type { AsffFinding, FindingPage, FindingQuery } from '../../../findings/hub/finding-hub.js';
import { readDocuments } from './documents.js';
import { compileFilters, flagged, inAccounts, Parameters, type Compiled } from './filter-sql.js';
import type { FindingStore } from './import-batch.js';
import { rowColumns, type Row } from './rows.js';
import type { SortValue } from './rules.js';
import { withText } from './text-search.js';

/** A question to the store: the port's, and words that must all be in the finding. */
export interface StoredQuery extends FindingQuery {
  readonly text?: string;
}

/** What is sorted by, with a column and an index that has its order. */
const sortColumns: Readonly<Record<string, keyof Row>> = {
  UpdatedAt: 'updated_at',
  CreatedAt: 'created_at',
  AwsAccountId: 'account',
};

/** Rows read at a time where documents decide which of them match. */
const SCAN_ROWS = 500;

interface Position {
  readonly values: readonly SortValue[];
  readonly key: string;
}

interface Ordered {
  readonly finding: AsffFinding;
  readonly position: Position;
}

/**
 * One page of findings. In the order of a column it is read from that column's index, from where the last page ended:
 * O(page) whatever the page's number. In any other order every finding that matches is looked at, and the best of them
 * kept: O(findings), in the memory of one page.
 */
export async function listFindings(store: FindingStore, query: StoredQuery): Promise<FindingPage> {
  const sort = (query.sort ?? []).map(({ Field, SortOrder }) => ({ field: Field ?? '', down: SortOrder === 'desc' }));
  for (const { field } of sort) store.rules.sortValue({} as AsffFinding, field);
  const [only] = sort.length === 0 ? [{ field: 'UpdatedAt', down: true }] : sort;
  const column = sort.length > 1 ? undefined : sortColumns[only?.field ?? ''];
  const after = query.after === undefined ? undefined : positionIn(query.after);
  const ordered =
    column === undefined
      ? await bestOf(store, query, sort, after)
      : await inOrderOf(store, query, { column, down: only?.down === true }, after);
  const page = ordered.slice(0, query.limit);
  const last = page.at(-1);
  return {
    findings: page.map(({ finding }) => finding),
    ...(last === undefined || ordered.length <= query.limit ? {} : { next: cursorAt(last.position) }),
  };
}

/** One more than the page, so that it is known whether more follow. */
async function inOrderOf(
  store: FindingStore,
  query: StoredQuery,
  order: { readonly column: keyof Row; readonly down: boolean },
  start: Position | undefined,
): Promise<Ordered[]> {
  const found: Ordered[] = [];
  let after = start;
  for (let wanted = query.limit + 1; ; wanted = SCAN_ROWS) {
    const rows = await rowsOf(store, query, { ...order, after, limit: wanted });
    for (const { row, finding } of await matching(store, query, rows)) {
      found.push({ finding, position: { values: [row[order.column]], key: row.key } });
      if (found.length > query.limit) return found;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < wanted) return found;
    after = { values: [last[order.column]], key: last.key };
  }
}

async function bestOf(
  store: FindingStore,
  query: StoredQuery,
  sort: readonly { readonly field: string; readonly down: boolean }[],
  start: Position | undefined,
): Promise<Ordered[]> {
  const compare = (a: Position, b: Position): number => {
    for (const [at, { down }] of sort.entries()) {
      const order = compareValues(a.values[at] ?? null, b.values[at] ?? null);
      if (order !== 0) return down ? -order : order;
    }
    return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  };
  let best: Ordered[] = [];
  for await (const { row, finding } of everyMatch(store, query)) {
    const values = sort.map(({ field }) => store.rules.sortValue(finding, field));
    const position = { values, key: row.key };
    if (start !== undefined && compare(position, start) <= 0) continue;
    best.push({ finding, position });
    if (best.length > (query.limit + 1) * 4) best = kept(best);
  }
  return kept(best);

  function kept(some: Ordered[]): Ordered[] {
    return some.sort((a, b) => compare(a.position, b.position)).slice(0, query.limit + 1);
  }
}

/** Everything that matches, in the order of keys. */
export async function* everyMatch(
  store: FindingStore,
  query: Pick<StoredQuery, 'filters' | 'accounts' | 'text'>,
  onlyFlags?: number,
): AsyncIterable<{ row: Row; finding: AsffFinding }> {
  let after: Position | undefined;
  for (;;) {
    const wanted = { column: 'key' as const, down: false, after, limit: SCAN_ROWS, onlyFlags };
    const rows = await rowsOf(store, query, wanted);
    yield* await matching(store, query, rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < SCAN_ROWS) return;
    after = { values: [last.key], key: last.key };
  }
}

async function matching(
  store: FindingStore,
  query: Pick<StoredQuery, 'filters'>,
  rows: readonly Row[],
): Promise<{ row: Row; finding: AsffFinding }[]> {
  const findings = await readDocuments(store.database, store.rules, rows);
  return rows.flatMap((row, at) => {
    const finding = findings[at] as AsffFinding;
    return query.filters === undefined || store.rules.matches(finding, query.filters) ? [{ row, finding }] : [];
  });
}

async function rowsOf(
  store: FindingStore,
  query: Pick<StoredQuery, 'filters' | 'accounts' | 'text'>,
  of: {
    readonly column: keyof Row;
    readonly down: boolean;
    readonly after: Position | undefined;
    readonly limit: number;
    readonly onlyFlags?: number | undefined;
  },
): Promise<Row[]> {
  const parameters = new Parameters();
  const wheres = [(await whereOf(store, query, parameters)).where];
  const { column, down, after, limit, onlyFlags } = of;
  if (onlyFlags !== undefined) wheres.push(flagged(onlyFlags));
  if (after !== undefined) {
    const key = parameters.add(after.key, 'uuid');
    const sign = down ? '<' : '>';
    wheres.push(
      column === 'key'
        ? `f.key > ${key}`
        : `(f.${column}, f.key) ${sign} (${parameters.add(after.values[0], 'bigint')}, ${key})`,
    );
  }
  const direction = down ? 'desc' : 'asc';
  const order = column === 'key' ? 'f.key' : `f.${column} ${direction}, f.key ${direction}`;
  const { rows } = await store.database.query<Row & Record<string, unknown>>(
    `select ${rowColumns} from hikeshi.finding f where ${wheres.join(' and ')} order by ${order} limit ${limit}`,
    parameters.values,
  );
  return rows;
}

/** The whole condition of a question, in SQL, and for which findings the rules must be asked as well. */
export async function whereOf(
  store: FindingStore,
  query: Pick<StoredQuery, 'filters' | 'accounts' | 'text'>,
  parameters: Parameters,
): Promise<Compiled> {
  const { database: queries, rules } = store;
  // Filters that AWS refuses are refused whether or not there is a finding to ask.
  if (query.filters !== undefined) rules.matches({} as AsffFinding, query.filters);
  const { where, recheck } = await compileFilters(query.filters ?? {}, parameters, { queries, rules });
  const wheres = [where];
  if (query.accounts !== undefined) wheres.push(inAccounts(query.accounts, parameters));
  if (query.text !== undefined) wheres.push(await withText(query.text, parameters, queries));
  return { where: wheres.join(' and '), recheck };
}

function compareValues(a: SortValue, b: SortValue): number {
  const rank = (value: SortValue) => (value === null ? 0 : typeof value === 'number' ? 1 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === null || b === null || a === b) return 0;
  return a < b ? -1 : 1;
}

function cursorAt(position: Position): string {
  return Buffer.from(JSON.stringify([...position.values, position.key])).toString('base64url');
}

function positionIn(cursor: string): Position {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts)) {
      const key: unknown = parts.at(-1);
      const values: unknown[] = parts.slice(0, -1);
      const sortable = values.every((value) => value === null || ['string', 'number'].includes(typeof value));
      if (typeof key === 'string' && /^[0-9a-f-]{36}$/.test(key) && sortable) {
        return { values: values as SortValue[], key };
      }
    }
  } catch {
    // Told below.
  }
  throw new Problem('bad-cursor', `\`${cursor}\` is no place in a listing`, {
    next: 'pass on what the page before gave, or begin at the first page',
    exit: 'badUsage',
  });
}
