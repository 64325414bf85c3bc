import type { AsffFinding, ChangeOutcome, FindingChange } from './finding-hub.js';
import { completeSeverity } from './severity.js';
import { validateFinding } from './validate-finding.js';

const MEMBERS = [
  'Confidence',
  'Criticality',
  'RelatedFindings',
  'Severity',
  'Types',
  'UserDefinedFields',
  'VerificationState',
  'Workflow',
] as const satisfies readonly (keyof FindingChange)[];

/**
 * What BatchUpdateFindings makes of a finding: the customer's members are set, and `UpdatedAt` stays, because it is the
 * product's. Source: Security Hub user guide, "Using BatchUpdateFindings".
 */
export function changeFinding(
  before: AsffFinding,
  change: FindingChange,
  { now }: { readonly now: Date },
): ChangeOutcome {
  const finding: AsffFinding = { ...before };
  for (const name of MEMBERS) {
    const value = change[name];
    if (value !== undefined) Object.assign(finding, { [name]: value });
  }
  if (change.Severity !== undefined) finding.Severity = { ...before.Severity, ...completeSeverity(change.Severity) };
  if (change.Note !== undefined) finding.Note = { ...change.Note, UpdatedAt: now.toISOString() };
  const refused = validateFinding(finding);
  if (refused !== undefined) return { kind: 'refused', ...refused };
  return { kind: 'changed', before, finding };
}
