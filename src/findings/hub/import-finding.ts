import { canonicalJson } from '../../base/json.js';
import type { AsffFinding, ImportableBy, ImportOutcome } from './finding-hub.js';
import { completeSeverity } from './severity.js';
import { importRefusal, validateFinding } from './validate-finding.js';

/** Members that only the customer may change: an update from the product leaves them as they are. */
const CUSTOMER = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow'] as const;

/** Members that the product gives in `FindingProviderFields` and the customer may override at the top. */
const SHARED = ['Confidence', 'Criticality', 'RelatedFindings', 'Severity', 'Types'] as const;

/**
 * What BatchImportFindings makes of a finding. Source: Security Hub user guide, "Using BatchImportFindings to create and
 * update findings" and "Using FindingProviderFields".
 *
 * A known one is updated only by a strictly newer `UpdatedAt`; otherwise it stays, silently. What the product says of
 * severity, types, confidence, criticality and related findings is kept under `FindingProviderFields`; the member at the top
 * follows it until a customer has set another value. Workflow goes back to NEW when a finding comes back from the archive or
 * stops passing, and to RESOLVED when it passes; SUPPRESSED stays until a person changes it.
 */
export function importFinding(
  known: AsffFinding | undefined,
  incoming: AsffFinding,
  context: ImportableBy & { readonly now: Date; readonly bytesMax?: number },
): ImportOutcome {
  const refused = validateFinding(incoming, context);
  if (refused !== undefined) return { kind: 'refused', ...refused };
  const provided = providedBy(incoming);
  if (known === undefined) return { kind: 'created', finding: created(incoming, provided) };
  if (Date.parse(incoming.UpdatedAt ?? '') <= Date.parse(known.UpdatedAt ?? '')) return { kind: 'unchanged' };
  // By giving it another account nobody takes a finding from one that they may not import for.
  const taken = importRefusal(known, context.accounts === undefined ? {} : { accounts: context.accounts });
  if (taken !== undefined) return { kind: 'refused', ...taken };
  return { kind: 'updated', finding: updated(known, incoming, provided) };
}

type Shared = Partial<Pick<AsffFinding, (typeof SHARED)[number]>>;

/** What the product says of the shared members: in FindingProviderFields, else at the top. */
function providedBy(finding: AsffFinding): Shared {
  const given: Shared = {};
  for (const name of SHARED) {
    const value = finding.FindingProviderFields?.[name] ?? finding[name];
    if (value !== undefined) Object.assign(given, { [name]: value });
  }
  return given.Severity === undefined
    ? given
    : { ...given, Severity: completeSeverity(given.Severity) as NonNullable<Shared['Severity']> };
}

function created(incoming: AsffFinding, provided: Shared): AsffFinding {
  const passed = incoming.Compliance?.Status === 'PASSED';
  return {
    ...incoming,
    ...provided,
    FindingProviderFields: fieldsOf(incoming, provided),
    RecordState: incoming.RecordState ?? 'ACTIVE',
    Workflow: incoming.Workflow ?? { Status: passed ? 'RESOLVED' : 'NEW' },
    WorkflowState: incoming.WorkflowState ?? 'NEW',
  };
}

function updated(known: AsffFinding, incoming: AsffFinding, provided: Shared): AsffFinding {
  const next: AsffFinding = { ...known, ...incoming, CreatedAt: known.CreatedAt };
  for (const name of CUSTOMER) {
    if (known[name] === undefined) delete next[name];
    else Object.assign(next, { [name]: known[name] });
  }
  const before = providedBy(known);
  for (const name of SHARED) {
    const value = isOverridden(name, known, before) ? known[name] : (provided[name] ?? known[name]);
    if (value === undefined) delete next[name];
    else Object.assign(next, { [name]: value });
  }
  next.FindingProviderFields = fieldsOf(incoming, { ...before, ...provided });
  next.RecordState = incoming.RecordState ?? known.RecordState ?? 'ACTIVE';
  return { ...next, Workflow: { Status: workflowAfter(known, next) } };
}

/** Whether the customer has set another value than the product: of a severity, another label. */
function isOverridden(name: (typeof SHARED)[number], known: AsffFinding, provided: Shared): boolean {
  if (known[name] === undefined) return false;
  if (name === 'Severity') return known.Severity?.Label !== provided.Severity?.Label;
  return canonicalJson(known[name]) !== canonicalJson(provided[name]);
}

/** FindingProviderFields as they are kept: all that the product said, under its own severity form. */
function fieldsOf(incoming: AsffFinding, provided: Shared): NonNullable<AsffFinding['FindingProviderFields']> {
  const { Severity, ...others } = provided;
  const { Label, Original } = Severity ?? {};
  const severity = {
    ...(Label === undefined ? {} : { Label }),
    ...(Original === undefined ? {} : { Original }),
  };
  return { ...incoming.FindingProviderFields, ...others, ...(Severity === undefined ? {} : { Severity: severity }) };
}

type Status = 'NEW' | 'NOTIFIED' | 'RESOLVED' | 'SUPPRESSED';

/** Source: Security Hub user guide, "Setting the workflow status of findings". */
function workflowAfter(before: AsffFinding, after: AsffFinding): Status {
  const status = before.Workflow?.Status ?? 'NEW';
  if (status === 'SUPPRESSED') return status;
  const [was, is] = [before.Compliance?.Status, after.Compliance?.Status];
  if (is === 'PASSED') return 'RESOLVED';
  const returned = before.RecordState === 'ARCHIVED' && after.RecordState === 'ACTIVE';
  return returned || was === 'PASSED' ? 'NEW' : status;
}
