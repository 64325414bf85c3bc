import type { AsffFinding, FindingFilters } from '../../../findings/hub/finding-hub.js';
import { enumerations, flags, termColumns, type Enumeration, type TermColumn } from './columns.js';
import { hash16, keysOfId } from './key.js';
import type { Queries } from '../database.js';
import type { FindingRules } from './rules.js';
import { termKinds } from './terms.js';

/** The expression of the index `finding_terms`, and the columns in it. */
const INDEXED = 'array[f.title, f.resource, f.generator, f.control, (-(f.account % 2147483647))::integer]';
const indexed: ReadonlySet<TermColumn> = new Set(['title', 'resource', 'generator', 'control'] as const);
const ACCOUNTS_SPAN = 2147483647;

/** Values for a statement's `$1`, `$2` … */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

/**
 * Filters as SQL. Every finding that matches is in `where`; of those with none of the `recheck` bits in their flags, every
 * one in `where` matches. For the others the document must be asked.
 */
export interface Compiled {
  readonly where: string;
  readonly recheck: number;
}

/** All bits: the document of every finding must be asked. */
export const RECHECK_ALL = -1;

interface StringFilter {
  readonly Value?: string;
  readonly Comparison?: string;
}

interface Means {
  readonly queries: Queries;
  readonly rules: FindingRules;
}

type Compile = (
  filters: readonly unknown[],
  parameters: Parameters,
  means: Means,
) => Compiled | undefined | Promise<Compiled | undefined>;

/** One filter attribute that has a column. `undefined` from it: this filter cannot be told in SQL. */
const compilers: Readonly<Record<string, Compile>> = {
  SeverityLabel: closedList('severity', (Label) => ({ Severity: { Label } as AsffFinding['Severity'] })),
  WorkflowStatus: closedList('workflow', (Status) => ({ Workflow: { Status } as AsffFinding['Workflow'] })),
  RecordState: closedList('record', (RecordState) => ({ RecordState: RecordState as 'ACTIVE' })),
  ComplianceStatus: closedList('compliance', (Status) => ({ Compliance: { Status } as AsffFinding['Compliance'] })),
  ProductArn: text('product', { required: true }),
  ProductName: text('product_name', {}),
  GeneratorId: text('generator', { required: true }),
  Title: text('title', { required: true }),
  Region: text('region', {}),
  ComplianceSecurityControlId: text('control', {}),
  Type: text('type', { several: flags.types }),
  ResourceId: text('resource', { several: flags.resources }),
  ResourceType: text('resource_type', { several: flags.resources }),
  AwsAccountId: account,
  Id: id,
  UpdatedAt: time('updated_at'),
  CreatedAt: time('created_at'),
};

/** Filters of different attributes must all match. */
export async function compileFilters(filters: FindingFilters, parameters: Parameters, means: Means): Promise<Compiled> {
  const wheres: string[] = [];
  let recheck = 0;
  for (const [name, list] of Object.entries(filters)) {
    if (!Array.isArray(list) || list.length === 0) continue;
    const compiled = await compilers[name]?.(list, parameters, means);
    if (compiled !== undefined) wheres.push(compiled.where);
    recheck |= compiled?.recheck ?? RECHECK_ALL;
  }
  return { where: wheres.length === 0 ? 'true' : wheres.join(' and '), recheck };
}

/** Of a closed list, the rules are asked about every value there is. */
function closedList(column: Enumeration, finding: (value: string) => Partial<AsffFinding>): Compile {
  const attribute = {
    severity: 'SeverityLabel',
    workflow: 'WorkflowStatus',
    record: 'RecordState',
    compliance: 'ComplianceStatus',
  }[column];
  return (filters, parameters, { rules }) => {
    const codes = enumerations[column].flatMap((value, code) => {
      const made = (value === '' ? {} : finding(value)) as AsffFinding;
      return rules.matches(made, { [attribute]: filters } as FindingFilters) ? [code] : [];
    });
    return {
      where: `(f.${column} = any(${parameters.add(codes, 'smallint[]')}) or f.${column} < 0)`,
      recheck: flags.odd,
    };
  };
}

/**
 * A text that is a number into `term`: the texts that fit are looked for there first, once, not in every finding. With
 * their numbers at hand PostgreSQL knows how common they are, and reads by the right index.
 *
 * @param of `several`: the flag of those that have more values than the column holds; `required`: none is without it.
 */
function text(column: TermColumn, of: { readonly several?: number; readonly required?: boolean }): Compile {
  const kind = termKinds[termColumns[column][0]];
  return async (filters, parameters, { queries }) => {
    const { several } = of;
    const lookups = new Parameters();
    const conditions = termConditions(filters as readonly StringFilter[], lookups);
    if (conditions === undefined) return undefined;
    const { positive, negative } = conditions;
    const { rows } = await queries.query<{ id: number; wanted: boolean; unwanted: boolean }>(
      `select id, ${positive} as wanted, ${negative} as unwanted from hikeshi.term t
       where t.kind = ${kind} and (${positive} or ${negative})`,
      lookups.values,
    );
    const wheres: string[] = [];
    if (positive !== 'false') {
      const ids = rows.flatMap(({ id, wanted }) => (wanted ? [id] : []));
      wheres.push(`f.${column} = any(${parameters.add(ids, 'integer[]')})`);
      if (indexed.has(column)) wheres.push(`${INDEXED} && ${parameters.add(ids, 'integer[]')}`);
    }
    const unwanted = rows.flatMap(({ id, unwanted: not }) => (not ? [id] : []));
    // What has several values may have one that is not wanted where its column shows another: its document is asked.
    if (unwanted.length > 0) wheres.push(`f.${column} <> all(${parameters.add(unwanted, 'integer[]')})`);
    const where = wheres.length === 0 ? 'true' : wheres.join(' and ');
    const absent = negative !== 'false' && of.required !== true;
    return {
      where: several === undefined ? `(${where})` : `((${where}) or ${flagged(several)})`,
      recheck: absent ? RECHECK_ALL : (several ?? 0),
    };
  };
}

/** Positive comparisons: one must hold. Negative ones: none of what they name. What is absent is left to the rules. */
function termConditions(
  filters: readonly StringFilter[],
  parameters: Parameters,
): { readonly positive: string; readonly negative: string } | undefined {
  const positive: string[] = [];
  const negative: string[] = [];
  for (const { Value, Comparison } of filters) {
    // '' stands for what is absent: the rules alone know what that is equal to.
    if (Value === undefined || Value === '' || Value.includes('\0')) return undefined;
    const like = (pattern: string) => `t.text like ${parameters.add(pattern, 'text')}`;
    const equal = () => `t.hash = ${parameters.add(hash16(Value), 'uuid')}`;
    if (Comparison === 'EQUALS') positive.push(equal());
    else if (Comparison === 'PREFIX') positive.push(like(`${escaped(Value)}%`));
    else if (Comparison === 'CONTAINS') positive.push(like(`%${escaped(Value)}%`));
    else if (Comparison === 'NOT_EQUALS') negative.push(equal());
    else if (Comparison === 'PREFIX_NOT_EQUALS') negative.push(like(`${escaped(Value)}%`));
    else if (Comparison === 'NOT_CONTAINS') negative.push(like(`%${escaped(Value)}%`));
    else return undefined;
  }
  const oneOf = (list: readonly string[]) => (list.length === 0 ? 'false' : `(${list.join(' or ')})`);
  return { positive: oneOf(positive), negative: oneOf(negative) };
}

function escaped(value: string): string {
  return value.replaceAll(/[\\%_]/g, '\\$&');
}

function account(filters: readonly unknown[], parameters: Parameters): Compiled | undefined {
  const list = filters as readonly StringFilter[];
  const fits = list.every(({ Value, Comparison }) => Comparison === 'EQUALS' && /^\d{12}$/.test(Value ?? ''));
  if (!fits) return undefined;
  return {
    where: inAccounts(
      list.map(({ Value }) => Value as string),
      parameters,
    ),
    recheck: 0,
  };
}

/** Findings with some of these flags. There are few, and an index for those that have any. */
export function flagged(some: number): string {
  return `(f.flags <> 0 and f.flags & ${some} <> 0)`;
}

/** Findings of some accounts. */
export function inAccounts(accounts: readonly string[], parameters: Parameters): string {
  const numbers = accounts.map(Number);
  const entries = numbers.map((number) => -(number % ACCOUNTS_SPAN));
  return `(${INDEXED} && ${parameters.add(entries, 'integer[]')} and f.account = any(${parameters.add(numbers, 'bigint[]')}))`;
}

/** Findings that have some of these texts as title, resource, generator or control. */
export function withTerms(ids: readonly number[], parameters: Parameters): string {
  return `${INDEXED} && ${parameters.add(ids, 'integer[]')}`;
}

function id(filters: readonly unknown[], parameters: Parameters): Compiled | undefined {
  const list = filters as readonly StringFilter[];
  if (!list.every(({ Value, Comparison }) => Comparison === 'EQUALS' && Value !== undefined)) return undefined;
  const ranges = list.map(({ Value }) => {
    const [low, high] = keysOfId(Value as string);
    return `f.key between ${parameters.add(low, 'uuid')} and ${parameters.add(high, 'uuid')}`;
  });
  // Half a hash is near enough to find by, and not enough to swear by.
  return { where: `(${ranges.join(' or ')})`, recheck: RECHECK_ALL };
}

const DAY_MS = 86_400_000;

function time(column: 'updated_at' | 'created_at'): Compile {
  return (filters, parameters) => {
    const wheres: string[] = [];
    for (const filter of filters as readonly { Start?: string; End?: string; DateRange?: { Value?: number } }[]) {
      const start = Date.parse(filter.Start ?? '');
      const end = Date.parse(filter.End ?? '');
      const days = filter.DateRange?.Value;
      const bounds: string[] = [];
      if (!Number.isNaN(start)) bounds.push(`f.${column} >= ${parameters.add(start, 'bigint')}`);
      if (!Number.isNaN(end)) bounds.push(`f.${column} <= ${parameters.add(end, 'bigint')}`);
      // A day more than asked for: the rules have the clock.
      if (days !== undefined)
        bounds.push(`f.${column} >= ${parameters.add(Date.now() - (days + 1) * DAY_MS, 'bigint')}`);
      if (bounds.length === 0) return undefined;
      wheres.push(`(${bounds.join(' and ')})`);
    }
    return { where: `(${wheres.join(' or ')})`, recheck: RECHECK_ALL };
  };
}
