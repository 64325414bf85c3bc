import { controls as scanned } from '../controls/catalogue.js';
import { notAvailable, type AnyControl, type Severity, type Status } from '../controls/control.js';
import { tamperControls } from '../controls/tamper/catalogue.js';
import { findingFromAsff } from '../findings/from-asff.js';
import type { Finding, Workflow } from '../findings/finding.js';
import type { AsffFinding } from '../findings/hub/finding-hub.js';
import type { TypeName } from '../estate/resource-types.js';
import type { ReportContext } from './writers/writer.js';

const SEVERITIES: readonly string[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'] satisfies Severity[];
const controls: readonly AnyControl[] = [...scanned, ...tamperControls];
const known = new Map(controls.map((control) => [control.id, control]));

/** Findings of a hub as report writers take them, whoever made them. */
export interface HubReport {
  readonly findings: readonly Finding[];
  readonly context: ReportContext;
}

/** What other products found is told in their own words: their title stands where a control's would. */
export function hubReport(
  all: readonly AsffFinding[],
  options: {
    readonly partition: string;
    readonly at: Date;
    readonly version: string;
    readonly nameOf: (accountId: string) => string;
  },
): HubReport {
  const others = new Map<string, AnyControl>();
  const findings = all.map((asff) => {
    const own = findingFromAsff(asff, controls);
    if (typeof own !== 'string') return own;
    const foreign = foreignFinding(asff);
    if (!known.has(foreign.controlId) && !others.has(foreign.controlId)) {
      others.set(foreign.controlId, stand(foreign, asff));
    }
    return foreign;
  });
  const controlOf = (id: string): AnyControl => {
    const found = known.get(id) ?? others.get(id);
    if (found === undefined) throw new Error(`a report asks for the unknown control ${id}`);
    return found;
  };
  const { partition, at, version, nameOf } = options;
  return {
    findings,
    context: { partition, scannedAt: at.toISOString(), version, controlOf, accountName: (id) => nameOf(id) },
  };
}

function foreignFinding(asff: AsffFinding): Finding {
  const [resource] = asff.Resources ?? [];
  const at = asff.UpdatedAt ?? '';
  const label = asff.Severity?.Label ?? '';
  return {
    id: asff.Id ?? '',
    controlId: asff.Compliance?.SecurityControlId ?? asff.GeneratorId ?? asff.ProductName ?? 'unknown',
    severity: (SEVERITIES.includes(label) ? label : 'INFORMATIONAL') as Severity,
    accountId: asff.AwsAccountId ?? '',
    region: asff.Region ?? resource?.Region ?? '',
    // Other products name types of their own; writers only print them.
    resourceType: (resource?.Type ?? 'Other') as TypeName,
    resourceArn: resource?.Id ?? '',
    status: statusOf(asff),
    reasons: asff.Description === undefined ? [] : [{ text: asff.Description }],
    workflow: (asff.Workflow?.Status ?? 'NEW') as Workflow,
    recordState: asff.RecordState === 'ARCHIVED' ? 'ARCHIVED' : 'ACTIVE',
    createdAt: asff.CreatedAt ?? at,
    updatedAt: at,
    firstObservedAt: asff.FirstObservedAt ?? asff.CreatedAt ?? at,
    lastObservedAt: asff.LastObservedAt ?? at,
  };
}

/** What is no check (a threat, a vulnerability) is there because something is wrong. A check that did not say is not passed. */
function statusOf({ Compliance }: AsffFinding): Status {
  if (Compliance?.Status === undefined) return 'FAILED';
  return Compliance.Status === 'PASSED' || Compliance.Status === 'FAILED' ? Compliance.Status : 'NOT_AVAILABLE';
}

function stand({ controlId, severity }: Finding, { Title, Description, SourceUrl }: AsffFinding): AnyControl {
  return {
    id: controlId,
    title: Title ?? controlId,
    description: Description ?? '',
    severity,
    resourceType: 'AWS::::Account',
    needs: [],
    standards: {},
    url: SourceUrl ?? '',
    evaluate: () => notAvailable('another product made this finding'),
  };
}
