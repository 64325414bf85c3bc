import type { AsffFinding, FindingFilters } from '../../../findings/hub/finding-hub.js';
import { enumerations, flags, termColumns, type Enumeration, type TermColumn } from './columns.js';
import { hash16, keysOfId } from './key.js';
import type { FindingRules } from './rules.js';
import { termKinds } from './terms.js';

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

type Compile = (filters: readonly unknown[], parameters: Parameters, rules: FindingRules) => Compiled | undefined;

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
export function compileFilters(filters: FindingFilters, parameters: Parameters, rules: FindingRules): Compiled {
  const wheres: string[] = [];
  let recheck = 0;
  for (const [name, list] of Object.entries(filters)) {
    if (!Array.isArray(list) || list.length === 0) continue;
    const compiled = compilers[name]?.(list, parameters, rules);
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
  return (filters, parameters, rules) => {
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
 * A text that is a number into `term`: the texts that fit are looked for there, once, not in the findings.
 *
 * @param of `several`: the flag of those that have more values than the column holds; `required`: none is without it.
 */
function text(column: TermColumn, of: { readonly several?: number; readonly required?: boolean }): Compile {
  const kind = termKinds[termColumns[column][0]];
  return (filters, parameters) => {
    const terms = termCondition(filters as readonly StringFilter[], parameters);
    if (terms === undefined) return undefined;
    const inTerms = `f.${column} = any(array(select t.id from hikeshi.term t where t.kind = ${kind} and ${terms.where}))`;
    const { several } = of;
    return {
      where: several === undefined ? inTerms : `(${inTerms} or f.flags & ${several} <> 0)`,
      recheck: terms.negative && of.required !== true ? RECHECK_ALL : (several ?? 0),
    };
  };
}

/** Positive comparisons: one must hold. Negative ones: all. A text that is absent is left to the rules. */
function termCondition(
  filters: readonly StringFilter[],
  parameters: Parameters,
): { readonly where: string; readonly negative: boolean } | undefined {
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
    else if (Comparison === 'NOT_EQUALS') negative.push(`not ${equal()}`);
    else if (Comparison === 'PREFIX_NOT_EQUALS') negative.push(`not ${like(`${escaped(Value)}%`)}`);
    else if (Comparison === 'NOT_CONTAINS') negative.push(`not ${like(`%${escaped(Value)}%`)}`);
    else return undefined;
  }
  const all = [...(positive.length === 0 ? [] : [`(${positive.join(' or ')})`]), ...negative].join(' and ');
  return negative.length === 0
    ? { where: all, negative: false }
    : { where: `(t.text = '' or (${all}))`, negative: true };
}

function escaped(value: string): string {
  return value.replaceAll(/[\\%_]/g, '\\$&');
}

function account(filters: readonly unknown[], parameters: Parameters): Compiled | undefined {
  const list = filters as readonly StringFilter[];
  const fits = list.every(({ Value, Comparison }) => Comparison === 'EQUALS' && /^\d{12}$/.test(Value ?? ''));
  if (!fits) return undefined;
  const accounts = list.map(({ Value }) => Number(Value));
  return { where: `f.account = any(${parameters.add(accounts, 'bigint[]')})`, recheck: 0 };
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
