import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { toStored, type Stored } from '../../../base/json.js';

type Finding = Stored<AwsSecurityFinding>;

/** Members that only the customer may change: an update from the product leaves them as they are. */
const CUSTOMER = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow'] as const;

/** ASFF's numbers of its labels. */
const NORMALIZED: Readonly<Record<string, number>> = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70, CRITICAL: 90 };

/**
 * What BatchImportFindings makes of a finding. Source: Security Hub user guide, "Using BatchImportFindings".
 *
 * A known one is updated only by a strictly newer `UpdatedAt`; otherwise it stays, silently. Workflow goes back to NEW
 * when a finding comes back from the archive or stops passing, and to RESOLVED when it passes; SUPPRESSED stays.
 */
export function importFinding(known: Finding | undefined, given: AwsSecurityFinding): Finding {
  const finding = withSeverity(toStored(given));
  if (known === undefined) {
    const Workflow = finding.Workflow ?? { Status: finding.Compliance?.Status === 'PASSED' ? 'RESOLVED' : 'NEW' };
    return { ...finding, RecordState: finding.RecordState ?? 'ACTIVE', Workflow };
  }
  if (Date.parse(finding.UpdatedAt ?? '') <= Date.parse(known.UpdatedAt ?? '')) return known;
  const kept = Object.fromEntries(CUSTOMER.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])));
  const next = { ...known, ...finding, CreatedAt: known.CreatedAt, ...kept };
  return { ...next, Workflow: { Status: workflowAfter(known, next) } };
}

function workflowAfter(before: Finding, after: Finding): 'NEW' | 'NOTIFIED' | 'RESOLVED' | 'SUPPRESSED' {
  const status = before.Workflow?.Status ?? 'NEW';
  if (status === 'SUPPRESSED') return status;
  if (after.Compliance?.Status === 'PASSED') return 'RESOLVED';
  const returned = before.RecordState === 'ARCHIVED' && after.RecordState === 'ACTIVE';
  const broke = before.Compliance?.Status === 'PASSED';
  return returned || broke ? 'NEW' : status;
}

function withSeverity(finding: Finding): Finding {
  const given = finding.FindingProviderFields?.Severity ?? finding.Severity;
  const Label = given?.Label ?? labelOf((given as { Normalized?: number } | undefined)?.Normalized ?? 0);
  return { ...finding, Severity: { ...given, Label, Normalized: NORMALIZED[Label] ?? 0 } };
}

function labelOf(normalized: number): 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL' {
  if (normalized >= 90) return 'CRITICAL';
  if (normalized >= 70) return 'HIGH';
  if (normalized >= 40) return 'MEDIUM';
  return normalized >= 1 ? 'LOW' : 'INFORMATIONAL';
}

/** Why a finding is refused: a required member is missing or too large; `undefined` when it is fine. */
export function refusal(given: AwsSecurityFinding, accountId: string): { code: string; message: string } | undefined {
  const required = [
    'SchemaVersion',
    'Id',
    'ProductArn',
    'GeneratorId',
    'AwsAccountId',
    'CreatedAt',
    'UpdatedAt',
    'Title',
    'Description',
    'Resources',
  ] as const;
  const missing = required.find((name) => given[name] === undefined);
  if (missing !== undefined)
    return { code: 'InvalidInput', message: `finding must have required property '${missing}'` };
  if (given.AwsAccountId !== accountId) {
    return {
      code: 'InvalidAccess',
      message: `Account ${accountId} may not import findings of account ${given.AwsAccountId}`,
    };
  }
  if ((given.Resources?.length ?? 0) === 0 || (given.Resources?.length ?? 0) > 32) {
    return { code: 'InvalidInput', message: 'finding.Resources must have 1 to 32 items' };
  }
  if (Buffer.byteLength(JSON.stringify(given)) > 240 * 1024)
    return { code: 'LimitExceeded', message: 'a finding may have at most 240 KB' };
  return undefined;
}
