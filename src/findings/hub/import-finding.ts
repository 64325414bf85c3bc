import { sameJson } from '../../base/json.js';
import type { AsffFinding } from './finding-hub.js';
import { completeSeverity } from './severity.js';

/** Only the customer changes these, by BatchUpdateFindings: an update from the provider leaves them as they are. */
const CUSTOMER = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow'] as const;
/** The provider gives these in `FindingProviderFields`; the member on top is the customer's, once changed by them. */
const SHARED = ['Confidence', 'Criticality', 'RelatedFindings', 'Severity', 'Types'] as const;

type ProviderFields = NonNullable<AsffFinding['FindingProviderFields']>;
type WorkflowStatus = NonNullable<NonNullable<AsffFinding['Workflow']>['Status']>;

/**
 * What BatchImportFindings makes of a finding; the known one itself when it is not strictly older.
 *
 * Whether a customer changed a shared member is read from the finding: it then differs from what its provider gave. So
 * a customer who sets exactly the provider's value has changed nothing, which AWS may remember otherwise.
 *
 * Source: Security Hub user guide, "Using BatchImportFindings" and "Using FindingProviderFields".
 */
export function importFinding(known: AsffFinding | undefined, given: AsffFinding): AsffFinding {
  if (known === undefined) return created(given);
  if (!(instant(given.UpdatedAt) > instant(known.UpdatedAt))) return known;
  const provided = { ...known.FindingProviderFields, ...providerFields(given) };
  const next: AsffFinding = {
    ...known,
    ...given,
    CreatedAt: known.CreatedAt,
    RecordState: given.RecordState ?? known.RecordState,
    FindingProviderFields: provided,
  };
  for (const name of CUSTOMER) restore(next, name, known[name]);
  for (const name of SHARED) restore(next, name, overridden(known, name) ? known[name] : topOf(provided, name));
  next.Workflow = { Status: workflowAfter(known, next) };
  return next;
}

function created(given: AsffFinding): AsffFinding {
  const provided = providerFields(given);
  const next: AsffFinding = {
    ...given,
    RecordState: given.RecordState ?? 'ACTIVE',
    Workflow: given.Workflow ?? { Status: given.Compliance?.Status === 'PASSED' ? 'RESOLVED' : 'NEW' },
    FindingProviderFields: provided,
  };
  for (const name of SHARED) restore(next, name, topOf(provided, name));
  return next;
}

/** What the provider says of the shared members: in `FindingProviderFields`, or else on top. The former decides. */
function providerFields(given: AsffFinding): ProviderFields {
  const inner = given.FindingProviderFields;
  const provided: ProviderFields = {};
  const confidence = inner?.Confidence ?? given.Confidence;
  const criticality = inner?.Criticality ?? given.Criticality;
  const related = inner?.RelatedFindings ?? given.RelatedFindings;
  const types = inner?.Types ?? given.Types;
  const severity = inner?.Severity ?? given.Severity;
  if (confidence !== undefined) provided.Confidence = confidence;
  if (criticality !== undefined) provided.Criticality = criticality;
  if (related !== undefined) provided.RelatedFindings = related;
  if (types !== undefined) provided.Types = types;
  if (severity !== undefined) {
    const { Label, Original } = completeSeverity(severity);
    provided.Severity = { ...(Label === undefined ? {} : { Label }), ...(Original === undefined ? {} : { Original }) };
  }
  return provided;
}

function topOf(provided: ProviderFields, name: (typeof SHARED)[number]): AsffFinding[typeof name] {
  return name === 'Severity' ? completeSeverity(provided.Severity) : provided[name];
}

function overridden(known: AsffFinding, name: (typeof SHARED)[number]): boolean {
  if (name === 'Severity')
    return known.Severity?.Label !== completeSeverity(known.FindingProviderFields?.Severity).Label;
  return known[name] !== undefined && !sameJson(known[name], known.FindingProviderFields?.[name]);
}

function restore<Name extends keyof AsffFinding>(finding: AsffFinding, name: Name, value: AsffFinding[Name]): void {
  if (value === undefined) delete finding[name];
  else finding[name] = value;
}

/** SUPPRESSED stays; passing resolves; coming back from the archive, or failing again, makes it NEW. */
function workflowAfter(before: AsffFinding, after: AsffFinding): WorkflowStatus {
  const status = before.Workflow?.Status ?? 'NEW';
  if (status === 'SUPPRESSED') return status;
  if (after.Compliance?.Status === 'PASSED') return 'RESOLVED';
  const returned = before.RecordState === 'ARCHIVED' && after.RecordState === 'ACTIVE';
  return returned || before.Compliance?.Status === 'PASSED' ? 'NEW' : status;
}

const instant = (time: string | undefined) => Date.parse(time ?? '');
