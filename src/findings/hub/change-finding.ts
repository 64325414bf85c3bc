import type { AsffFinding, FindingChange } from './finding-hub.js';
import { completeSeverity } from './severity.js';

/**
 * What BatchUpdateFindings makes of a finding: the members the customer gave, whole, and nothing else. `UpdatedAt` and
 * `FindingProviderFields` are the provider's and stay.
 */
export function changeFinding(known: AsffFinding, change: FindingChange, now: Date): AsffFinding {
  const { Note, Severity, Confidence, Criticality, RelatedFindings, Types, UserDefinedFields } = change;
  const { VerificationState, Workflow } = change;
  return {
    ...known,
    ...(Confidence === undefined ? {} : { Confidence }),
    ...(Criticality === undefined ? {} : { Criticality }),
    ...(RelatedFindings === undefined ? {} : { RelatedFindings }),
    ...(Types === undefined ? {} : { Types }),
    ...(UserDefinedFields === undefined ? {} : { UserDefinedFields }),
    ...(VerificationState === undefined ? {} : { VerificationState }),
    ...(Workflow === undefined ? {} : { Workflow }),
    ...(Severity === undefined ? {} : { Severity: completeSeverity(Severity) }),
    ...(Note === undefined ? {} : { Note: { ...Note, UpdatedAt: now.toISOString() } }),
  };
}
