import type { AwsSecurityFinding, AwsSecurityFindingFilters, StringFilter } from '@aws-sdk/client-securityhub';
import type { Stored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';

type Finding = Stored<AwsSecurityFinding>;

/** The values a finding has for a filter. */
const members: {
  readonly [Name in keyof AwsSecurityFindingFilters]?: (finding: Finding) => readonly (string | undefined)[];
} = {
  AwsAccountId: ({ AwsAccountId }) => [AwsAccountId],
  CompanyName: ({ CompanyName }) => [CompanyName],
  ComplianceSecurityControlId: ({ Compliance }) => [Compliance?.SecurityControlId],
  ComplianceStatus: ({ Compliance }) => [Compliance?.Status],
  Description: ({ Description }) => [Description],
  GeneratorId: ({ GeneratorId }) => [GeneratorId],
  Id: ({ Id }) => [Id],
  ProductArn: ({ ProductArn }) => [ProductArn],
  ProductName: ({ ProductName }) => [ProductName],
  RecordState: ({ RecordState }) => [RecordState],
  Region: ({ Region }) => [Region],
  ResourceId: ({ Resources }) => (Resources ?? []).map(({ Id }) => Id),
  ResourceRegion: ({ Resources }) => (Resources ?? []).map(({ Region }) => Region),
  ResourceType: ({ Resources }) => (Resources ?? []).map(({ Type }) => Type),
  SeverityLabel: ({ Severity }) => [Severity?.Label],
  Title: ({ Title }) => [Title],
  Type: ({ Types }) => Types ?? [],
  VerificationState: ({ VerificationState }) => [VerificationState],
  WorkflowStatus: ({ Workflow }) => [Workflow?.Status],
};

/**
 * Whether a finding passes GetFindings' filters: AND between members; within one, positive comparisons OR-ed and
 * negative ones AND-ed.
 *
 * @throws AwsError InvalidInputException for a filter the twin does not model.
 */
export function matchesFilters(finding: Finding, filters: AwsSecurityFindingFilters | undefined): boolean {
  return Object.entries(filters ?? {}).every(([name, filter]) => {
    if (filter === undefined) return true;
    const values = members[name as keyof AwsSecurityFindingFilters];
    if (values === undefined)
      throw new AwsError('InvalidInputException', `The twin does not model the filter ${name}.`);
    return matches(values(finding), filter as StringFilter[]);
  });
}

function matches(values: readonly (string | undefined)[], filters: readonly StringFilter[]): boolean {
  const negative = filters.filter(({ Comparison }) => Comparison?.includes('NOT') === true);
  const positive = filters.filter(({ Comparison }) => Comparison?.includes('NOT') !== true);
  const holds = (filter: StringFilter) => values.some((value) => value !== undefined && compare(value, filter));
  return (positive.length === 0 || positive.some(holds)) && negative.every((filter) => !holds(filter));
}

function compare(value: string, { Comparison = 'EQUALS', Value = '' }: StringFilter): boolean {
  if (Comparison.includes('PREFIX')) return value.startsWith(Value);
  if (Comparison.includes('CONTAINS')) return value.includes(Value);
  return value === Value;
}
