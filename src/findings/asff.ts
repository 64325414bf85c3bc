import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import type { Stored } from '../base/json.js';
import { GLOBAL } from '../estate/estate.js';
import { homeRegion } from '../reference/partitions.js';
import type { AnyControl, Severity } from '../controls/control.js';
import { associatedStandards } from '../controls/standards.js';
import { asffResource } from './asff-resource.js';
import type { Finding } from './finding.js';

/** A finding in AWS Security Finding Format, as JSON. */
export type Asff = Stored<AwsSecurityFinding>;

/** ASFF's numbers for its labels. */
export const normalizedSeverity: Readonly<Record<Severity, number>> = {
  INFORMATIONAL: 0,
  LOW: 1,
  MEDIUM: 40,
  HIGH: 70,
  CRITICAL: 90,
};

/** ASFF's caps on texts, in characters. */
const TITLE_MAX = 256;
const DESCRIPTION_MAX = 1024;
const REASON_MAX = 2048;
const ACCOUNT_NAME_MAX = 50;
const REQUIREMENTS_MAX = 32;

/**
 * A finding as ASFF, with every required member and within its caps.
 *
 * Source: Security Hub user guide, "Required top-level ASFF attributes" and "Consolidated control findings".
 *
 * @param control the control that made it: its texts are not kept in the finding.
 */
export function toAsff(
  finding: Finding,
  control: AnyControl,
  context: { readonly partition: string; readonly accountName?: string },
): Asff {
  const { partition, accountName } = context;
  const region = finding.region === GLOBAL || finding.region === '*' ? homeRegion(partition) : finding.region;
  const severity = { Label: finding.severity, Normalized: normalizedSeverity[finding.severity] };
  const types = ['Software and Configuration Checks/Industry and Regulatory Standards'];
  return {
    SchemaVersion: '2018-10-08',
    Id: finding.id,
    ProductArn: `arn:${partition}:securityhub:${region}:${finding.accountId}:product/${finding.accountId}/default`,
    ProductName: 'Hikeshi',
    CompanyName: 'Hikeshi',
    GeneratorId: `security-control/${finding.controlId}`,
    AwsAccountId: finding.accountId,
    ...(accountName === undefined || accountName === '' ? {} : { AwsAccountName: cut(accountName, ACCOUNT_NAME_MAX) }),
    Region: region,
    Types: types,
    CreatedAt: finding.createdAt,
    UpdatedAt: finding.updatedAt,
    FirstObservedAt: finding.firstObservedAt,
    LastObservedAt: finding.lastObservedAt,
    Severity: severity,
    Title: cut(control.title, TITLE_MAX),
    Description: cut(control.description, DESCRIPTION_MAX),
    Remediation: { Recommendation: { Text: 'What to do is described on the control’s page.', Url: control.url } },
    ProductFields: {
      'hikeshi/ResourceArn': cut(finding.resourceArn, REASON_MAX),
      'hikeshi/ResourceType': finding.resourceType,
      ...Object.fromEntries(
        finding.reasons.slice(0, 5).map(({ text }, index) => [`hikeshi/Reason/${index + 1}`, cut(text, REASON_MAX)]),
      ),
    },
    Resources: [asffResource(finding, partition, region)],
    Compliance: {
      Status: finding.status,
      SecurityControlId: finding.controlId,
      AssociatedStandards: associatedStandards(control.standards).map((StandardsId) => ({ StandardsId })),
      RelatedRequirements: requirementsOf(control).slice(0, REQUIREMENTS_MAX),
    },
    Workflow: { Status: finding.workflow },
    WorkflowState: 'NEW',
    RecordState: finding.recordState,
    FindingProviderFields: { Severity: { Label: finding.severity }, Types: types },
    ...(finding.note === undefined
      ? {}
      : {
          Note: {
            Text: cut(finding.note.text, 512),
            UpdatedBy: finding.note.updatedBy,
            UpdatedAt: finding.note.updatedAt,
          },
        }),
  };
}

/** The requirements a control answers, as Security Hub words them. */
export function requirementsOf(control: AnyControl): string[] {
  const { cis, pci, nist80053 } = control.standards;
  return [
    ...Object.entries(cis ?? {}).flatMap(([version, ids]) =>
      (ids ?? []).map((id) => `CIS AWS Foundations Benchmark v${version}.0/${id}`),
    ),
    ...Object.entries(pci ?? {}).flatMap(([version, ids]) => (ids ?? []).map((id) => `PCI DSS v${version}/${id}`)),
    ...(nist80053 ?? []).map((id) => `NIST.800-53.r5 ${id}`),
  ];
}

/** Cuts at a character, not inside one, and shows that something is missing. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
