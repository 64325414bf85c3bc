import type { Reason, Severity, Status } from '../controls/control.js';
import type { TypeName } from '../estate/resource-types.js';

/** ASFF's workflow status: where people are with it. */
export type Workflow = 'NEW' | 'NOTIFIED' | 'RESOLVED' | 'SUPPRESSED';

/**
 * What one control says of one resource, over time. Slim: texts that the control knows and everything else of ASFF are
 * put back by `toAsff` when it leaves the house, so that millions fit.
 */
export interface Finding {
  /** ASFF's Id: an ARN that is the same in every scan. */
  readonly id: string;
  readonly controlId: string;
  readonly severity: Severity;
  readonly accountId: string;
  /** As in the estate: `global` for what belongs to the account as a whole. */
  readonly region: string;
  readonly resourceType: TypeName;
  readonly resourceArn: string;
  readonly status: Status;
  readonly reasons: readonly Reason[];
  readonly workflow: Workflow;
  /** `ARCHIVED`: the resource is gone, or the control does not speak about it any more. */
  readonly recordState: 'ACTIVE' | 'ARCHIVED';
  /** ISO 8601. `createdAt` and `updatedAt` are of the finding, the others of what it saw. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly firstObservedAt: string;
  readonly lastObservedAt: string;
  readonly note?: { readonly text: string; readonly updatedBy: string; readonly updatedAt: string };
}

/** The first eight hexadecimal digits of a finding's own part of its id: enough to name it at a prompt. */
export function shortId(finding: Pick<Finding, 'id'>): string {
  return finding.id.slice(finding.id.lastIndexOf('/') + 1, finding.id.lastIndexOf('/') + 9);
}

/** Whether a finding asks for something to be done. */
export function isOpen(finding: Finding): boolean {
  return finding.status === 'FAILED' && finding.recordState === 'ACTIVE' && finding.workflow !== 'SUPPRESSED';
}
