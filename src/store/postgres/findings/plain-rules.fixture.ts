import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { FindingRules } from './rules.js';

/**
 * Rules of a test's own, simple enough to be seen right: what the store is tested with is how it keeps what rules answer,
 * whatever they are.
 */
export const plainRules: FindingRules = {
  import(before, incoming, { now, account }) {
    if (typeof incoming.Id !== 'string' || incoming.Id === '')
      return { kind: 'refused', code: 'InvalidInput', message: 'Id is missing' };
    if (account !== undefined && incoming.AwsAccountId !== account)
      return { kind: 'refused', code: 'InvalidAccess', message: 'not its account' };
    const made = {
      ...incoming,
      ProcessedAt: now.toISOString(),
      Workflow: before?.Workflow ?? { Status: 'NEW' as const },
    };
    if (before === undefined) return { kind: 'created', finding: made };
    if (Date.parse(incoming.UpdatedAt ?? '') <= Date.parse(before.UpdatedAt ?? '')) return { kind: 'unchanged' };
    return { kind: 'updated', finding: { ...made, ...(before.Note === undefined ? {} : { Note: before.Note }) } };
  },
  change(before, change, { now }) {
    const { Note, ...rest } = change;
    const note = Note === undefined ? {} : { Note: { ...Note, UpdatedAt: now.toISOString() } };
    return { kind: 'changed', before, finding: { ...before, ...rest, ...note } as AsffFinding };
  },
  matches(finding, filters) {
    return Object.entries(filters).every(([name, list]) => {
      const some = list as { Value?: string; Comparison?: string; Start?: string; End?: string }[];
      return some.length === 0 || holds(valuesOf(finding, name), name, some);
    });
  },
  values: valuesOf,
  sortValue(finding, field) {
    const value = valuesOf(finding, field)[0];
    if (value === undefined) return null;
    if (field.endsWith('At')) return Date.parse(value);
    return field === 'SeverityNormalized' ? Number(value) : value;
  },
};

const readers: Readonly<Record<string, (finding: AsffFinding) => readonly (string | undefined)[]>> = {
  SeverityLabel: (finding) => [finding.Severity?.Label],
  SeverityNormalized: (finding) => [finding.Severity?.Normalized?.toString()],
  WorkflowStatus: (finding) => [finding.Workflow?.Status],
  ComplianceStatus: (finding) => [finding.Compliance?.Status],
  ComplianceSecurityControlId: (finding) => [finding.Compliance?.SecurityControlId],
  Type: (finding) => finding.Types ?? [],
  ResourceId: (finding) => (finding.Resources ?? []).map(({ Id }) => Id),
  ResourceType: (finding) => (finding.Resources ?? []).map(({ Type }) => Type),
};

function valuesOf(finding: AsffFinding, name: string): string[] {
  const read = readers[name] ?? (() => [(finding as Record<string, unknown>)[name] as string | undefined]);
  return read(finding).filter((value): value is string => value !== undefined);
}

type AnyFilter = { Value?: string; Comparison?: string; Start?: string; End?: string };

function holds(values: readonly string[], name: string, list: readonly AnyFilter[]): boolean {
  if (name.endsWith('At')) {
    const at = Date.parse(values[0] ?? '');
    return list.some(({ Start, End }) => at >= Date.parse(Start ?? '') && at <= Date.parse(End ?? ''));
  }
  const compare: Record<string, (value: string, wanted: string) => boolean> = {
    EQUALS: (value, wanted) => value === wanted,
    PREFIX: (value, wanted) => value.startsWith(wanted),
    CONTAINS: (value, wanted) => value.includes(wanted),
  };
  const positive = list.filter(({ Comparison }) => compare[Comparison ?? ''] !== undefined);
  const negative = list.filter(({ Comparison }) => compare[Comparison ?? ''] === undefined);
  const opposite: Record<string, string> = {
    NOT_EQUALS: 'EQUALS',
    PREFIX_NOT_EQUALS: 'PREFIX',
    NOT_CONTAINS: 'CONTAINS',
  };
  const is = (comparison: string, wanted = '') => values.some((value) => compare[comparison]?.(value, wanted));
  return (
    (positive.length === 0 || positive.some(({ Comparison, Value }) => is(Comparison ?? '', Value))) &&
    negative.every(({ Comparison, Value }) => !is(opposite[Comparison ?? ''] ?? '', Value))
  );
}
