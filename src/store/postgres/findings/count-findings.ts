import type { FindingFilters } from '../../../findings/hub/finding-hub.js';
import { enumerations, flags, type Enumeration } from './columns.js';
import { dimensions, type Dimension } from './counts.js';
import { compileFilters, Parameters, RECHECK_ALL } from './filter-sql.js';
import type { FindingStore } from './import-batch.js';
import { everyMatch, whereOf, type StoredQuery } from './list-findings.js';

export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** How an attribute's column is read as text, and which findings have more values than it holds. */
interface Grouped {
  readonly column: string;
  readonly value: string;
  readonly join?: string;
  readonly several: number;
}

const ofTerm = (column: string, several = 0): Grouped => ({
  column,
  value: 't.text',
  join: `join hikeshi.term t on t.id = g.value`,
  several,
});
const ofList = (column: Enumeration): Grouped => ({
  column,
  value: `(array[${enumerations[column].map((value) => `'${value}'`).join(', ')}])[g.value + 1]`,
  several: flags.odd,
});

const grouped: Readonly<Record<string, Grouped>> = {
  AwsAccountId: { column: 'account', value: `lpad(g.value::text, 12, '0')`, several: flags.odd },
  ProductArn: ofTerm('product'),
  ProductName: ofTerm('product_name'),
  GeneratorId: ofTerm('generator'),
  Title: ofTerm('title'),
  Region: ofTerm('region'),
  ComplianceSecurityControlId: ofTerm('control'),
  Type: ofTerm('type', flags.types),
  ResourceType: ofTerm('resource_type', flags.resources),
  ResourceId: ofTerm('resource', flags.resources),
  SeverityLabel: ofList('severity'),
  WorkflowStatus: ofList('workflow'),
  RecordState: ofList('record'),
  ComplianceStatus: ofList('compliance'),
};

/** Filters that the kept counts answer. */
const countedFilters = ['SeverityLabel', 'WorkflowStatus', 'RecordState', 'ComplianceStatus'];

type CountQuery = Pick<StoredQuery, 'filters' | 'accounts' | 'text'>;

/**
 * How many findings there are of each value of an attribute, most first, then by value. From the kept counts where they
 * know it, in the time of their rows; else from the slim rows; and where the rows cannot tell, from the documents.
 */
export async function countFindings(
  store: FindingStore,
  attribute: string,
  query: CountQuery & { readonly limit: number },
): Promise<ValueCount[]> {
  const counts = new Map<string, number>();
  const add = (value: string, count: number) => counts.set(value, (counts.get(value) ?? 0) + count);
  const group = grouped[attribute];
  const parameters = new Parameters();
  const { where, recheck } = await whereOf(store, query, parameters);
  const asked = group === undefined || recheck === RECHECK_ALL ? RECHECK_ALL : recheck | group.several;
  if (group !== undefined && asked !== RECHECK_ALL) {
    const kept = await keptCounts(store, group, query, asked);
    const { text, values } = kept ?? {
      text: `select f.${group.column}::bigint as value, count(*) as n from hikeshi.finding f
             where ${where}${asked === 0 ? '' : ` and f.flags & ${asked} = 0`} group by 1`,
      values: parameters.values,
    };
    const top = asked === 0 ? `order by n desc limit ${query.limit * 2 + 1}` : '';
    const { rows } = await store.database.query<{ value: string; n: number | string }>(
      `select ${group.value} as value, g.n from (${text} ${top}) g ${group.join ?? ''}`,
      values,
    );
    for (const { value, n } of rows) if (value !== '' && Number(n) > 0) add(value, Number(n));
  }
  if (asked !== 0) {
    const some = asked === RECHECK_ALL ? undefined : asked;
    for await (const { finding } of everyMatch(store, query, some))
      for (const value of new Set(store.rules.values(finding, attribute))) add(value, 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, query.limit);
}

/** The question to the kept counts, if they have the answer. */
async function keptCounts(
  store: FindingStore,
  group: Grouped,
  { filters, accounts, text }: CountQuery,
  asked: number,
): Promise<{ readonly text: string; readonly values: readonly unknown[] } | undefined> {
  const list = countedFilters.find((name) => grouped[name]?.column === group.column);
  const dimension = list === undefined ? dimensions[group.column as Dimension] : dimensions.severity;
  if (dimension === undefined || text !== undefined || (accounts !== undefined && group.column !== 'account'))
    return undefined;
  if (Object.keys(filters ?? {}).some((name) => !countedFilters.includes(name))) return undefined;
  const parameters = new Parameters();
  const { database: queries, rules } = store;
  const { where } = await compileFilters((filters ?? {}) as FindingFilters, parameters, { queries, rules });
  const own = accounts === undefined ? 'true' : `f.value = any(${parameters.add(accounts.map(Number), 'bigint[]')})`;
  const value = list === undefined ? 'f.value' : `f.${group.column}::bigint`;
  return {
    text: `select ${value} as value, sum(f.findings) as n from hikeshi.finding_count f
           where f.dimension = ${dimension} and f.flagged & ${asked} = 0 and ${where} and ${own} group by 1`,
    values: parameters.values,
  };
}
