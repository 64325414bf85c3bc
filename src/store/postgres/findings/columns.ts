import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { TermKind, TermNumber } from './terms.js';

/** ASFF's closed lists as numbers. They are in the database: add at the end, never reorder. 0 is absent. */
export const enumerations = {
  severity: ['', 'INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'],
  workflow: ['', 'NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED'],
  record: ['', 'ACTIVE', 'ARCHIVED'],
  compliance: ['', 'PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE'],
} as const;
export type Enumeration = keyof typeof enumerations;

/** Columns that are numbers into `term`, and where the finding has the text of each; '' where it has none. */
export const termColumns = {
  product: ['product', ['ProductArn']],
  product_name: ['productName', ['ProductName']],
  generator: ['generator', ['GeneratorId']],
  title: ['title', ['Title']],
  type: ['type', ['Types', 0]],
  resource: ['resource', ['Resources', 0, 'Id']],
  resource_type: ['resourceType', ['Resources', 0, 'Type']],
  region: ['region', ['Region']],
  control: ['control', ['Compliance', 'SecurityControlId']],
} as const satisfies Record<string, readonly [TermKind, readonly (string | number)[]]>;
export type TermColumn = keyof typeof termColumns;
export const termColumnNames = Object.keys(termColumns) as TermColumn[];

/** Bits of `flags`: what a column cannot say, for which the document must be asked. */
export const flags = {
  /** More resources than the first. */
  resources: 1,
  /** More types than the first. */
  types: 2,
  /** A value that its column cannot hold. */
  odd: 4,
} as const;

/** How a row's document is kept. */
export const forms = {
  /** As it is: the whole finding. */
  whole: 0,
  /** As it was imported, never changed since: the finding is what importing it makes of it. */
  imported: 1,
  /** Hikeshi's own, rebuilt from control and resource; the document holds what people changed. */
  own: 2,
} as const;

/** What the columns say of a finding, but for where its document is. */
export interface Columns extends Readonly<Record<TermColumn, number>> {
  readonly updated_at: number;
  readonly created_at: number;
  readonly account: number;
  readonly flags: number;
  readonly severity: number;
  readonly normalized: number;
  readonly workflow: number;
  readonly record: number;
  readonly compliance: number;
}

/** Columns of numbers that a free string of the finding gives, and where it has it. */
export const numberColumns = {
  updated_at: ['UpdatedAt'],
  created_at: ['CreatedAt'],
  account: ['AwsAccountId'],
} as const satisfies Partial<Record<keyof Columns, readonly string[]>>;

/** All columns that say something of a finding. */
export const columnNames = [
  'updated_at',
  'created_at',
  'account',
  ...termColumnNames,
  'flags',
  'severity',
  'normalized',
  'workflow',
  'record',
  'compliance',
] as const satisfies readonly (keyof Columns)[];

/** @param term numbers of texts, or stand-ins that `settledColumns` replaces. */
export function columnsOf(finding: AsffFinding, term: TermNumber): Columns {
  const account = /^\d{12}$/.test(finding.AwsAccountId ?? '') ? Number(finding.AwsAccountId) : -1;
  const updated_at = milliseconds(finding.UpdatedAt);
  const created_at = milliseconds(finding.CreatedAt);
  const severity = numberOf('severity', finding.Severity?.Label);
  const workflow = numberOf('workflow', finding.Workflow?.Status);
  const record = numberOf('record', finding.RecordState);
  const compliance = numberOf('compliance', finding.Compliance?.Status);
  const score = finding.Severity?.Normalized;
  const normalized = score === undefined ? -1 : Number.isInteger(score) && score >= 0 && score <= 100 ? score : -2;
  const odd = account < 0 || severity < 0 || workflow < 0 || record < 0 || compliance < 0 || normalized === -2;
  return {
    updated_at,
    created_at,
    account,
    severity,
    normalized,
    workflow,
    record,
    compliance,
    flags:
      ((finding.Resources?.length ?? 0) > 1 ? flags.resources : 0) |
      ((finding.Types?.length ?? 0) > 1 ? flags.types : 0) |
      (odd ? flags.odd : 0),
    ...termsOf(finding, term),
  };
}

function termsOf(finding: AsffFinding, term: TermNumber): Readonly<Record<TermColumn, number>> {
  const terms = {} as Record<TermColumn, number>;
  for (const name of termColumnNames) terms[name] = term(termColumns[name][0], termText(finding, name));
  return terms;
}

/** The text that a term column stands for; '' where the finding has none. */
export function termText(finding: AsffFinding, column: TermColumn): string {
  let value: unknown = finding;
  for (const step of termColumns[column][1])
    value = (value as Readonly<Record<string | number, unknown>> | undefined)?.[step];
  return (value as string | undefined) ?? '';
}

/** The columns with every stand-in replaced by its number. */
export function settledColumns<Some extends Columns>(columns: Some, settled: (number: number) => number): Some {
  let made = columns;
  for (const name of termColumnNames) {
    if (columns[name] >= 0) continue;
    if (made === columns) made = { ...columns };
    (made as Record<TermColumn, number>)[name] = settled(columns[name]);
  }
  return made;
}

function numberOf(name: Enumeration, value: string | undefined): number {
  return (enumerations[name] as readonly string[]).indexOf(value ?? '');
}

/** 0 for what is no time. */
function milliseconds(text: string | undefined): number {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? 0 : at;
}
