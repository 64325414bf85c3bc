import type { AnyControl } from '../../controls/control.js';
import { toAsff } from '../../findings/asff.js';
import type { Finding } from '../../findings/finding.js';
import type { AsffFinding, FindingFilters, FindingHub } from '../../findings/hub/finding-hub.js';
import { findingFromAsff } from '../../findings/from-asff.js';
import { findingId } from '../../findings/identity.js';
import type { ResponseFindings, VerdictContext, FindingVerdict } from '../respond/ports.js';
import type { Scope } from '../scope/scope.js';
import { actingFor } from './answering-findings.js';

const PAGE = 100;

export interface ResponseFindingsOptions {
  readonly hub: FindingHub;
  readonly controls: readonly AnyControl[];
  readonly partition: string;
  readonly nameOf: (accountId: string) => string;
  /** The rules that a run follows from. */
  readonly causesOf: (runId: string) => Promise<readonly string[]>;
}

/** The findings of a hub, as runs look at them and leave them. */
export class HubResponseFindings implements ResponseFindings {
  private readonly options: ResponseFindingsOptions;

  constructor(options: ResponseFindingsOptions) {
    this.options = options;
  }

  /** Brings in a finding that an event made, so that it is seen among all others. */
  async keep(finding: Finding, now: Date, causes: readonly string[]): Promise<void> {
    const document = this.documentOf(finding);
    if (document === undefined) return;
    await this.options.hub.importFindings([document], {
      actor: {
        type: 'BATCH_IMPORT_FINDINGS',
        identity: actingFor(`event:${finding.id}`, causes),
        reason: 'an event told of it',
      },
      now,
    });
  }

  /**
   * What a run saw on fresh reads. Hikeshi's own finding is updated as its product would; of one of another product only the
   * customer's side may be changed: it is resolved, with a note.
   */
  async looked(finding: Finding, verdict: FindingVerdict, { runId, at, text }: VerdictContext): Promise<void> {
    const { hub } = this.options;
    const now = new Date(at);
    const identity = actingFor(`run:${runId}`, await this.options.causesOf(runId));
    const gone = verdict.status === 'absent';
    const seen: Finding = {
      ...finding,
      status: gone ? finding.status : (verdict.status as Finding['status']),
      reasons: gone ? finding.reasons : verdict.reasons,
      recordState: gone ? 'ARCHIVED' : 'ACTIVE',
      updatedAt: at,
      lastObservedAt: at,
    };
    const document = this.documentOf(seen);
    if (document !== undefined && isOwn(finding, this.options.partition)) {
      await hub.importFindings([document], { actor: { type: 'BATCH_IMPORT_FINDINGS', identity, reason: text }, now });
      return;
    }
    const known = await this.known(finding.id);
    if (known === undefined || (verdict.status !== 'PASSED' && !gone)) return;
    await hub.changeFindings(
      [{ Id: known.Id, ProductArn: known.ProductArn }],
      { Workflow: { Status: 'RESOLVED' }, Note: { Text: text.slice(0, 512), UpdatedBy: 'hikeshi' } },
      { actor: { type: 'BATCH_UPDATE_FINDINGS', identity, reason: text }, now },
    );
  }

  /** Whether people suppressed it. */
  async isSuppressed({ id }: Finding): Promise<boolean> {
    const { findings } = await this.options.hub.findings({
      filters: {
        Id: [{ Comparison: 'EQUALS', Value: id }],
        WorkflowStatus: [{ Comparison: 'EQUALS', Value: 'SUPPRESSED' }],
      },
      limit: 1,
    });
    return findings.length > 0;
  }

  async *open(scope: Scope): AsyncIterable<Finding> {
    const { hub, controls } = this.options;
    let after: string | undefined;
    do {
      const page = await hub.findings({
        filters: openIn(scope),
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const asff of page.findings) {
        const finding = findingFromAsff(asff, controls);
        if (typeof finding !== 'string') yield finding;
      }
      after = page.next;
    } while (after !== undefined);
  }

  private async known(id: string): Promise<AsffFinding | undefined> {
    const { findings } = await this.options.hub.findings({
      filters: { Id: [{ Comparison: 'EQUALS', Value: id }] },
      limit: 1,
    });
    return findings[0];
  }

  private documentOf(finding: Finding): AsffFinding | undefined {
    const { controls, partition, nameOf } = this.options;
    const control = controls.find(({ id }) => id === finding.controlId);
    return control === undefined
      ? undefined
      : toAsff(finding, control, { partition, accountName: nameOf(finding.accountId) });
  }
}

/** Whether a finding is Hikeshi's: its Id is the one that Hikeshi makes for its control and resource. */
function isOwn(finding: Finding, partition: string): boolean {
  return findingId({ ...finding, partition }) === finding.id;
}

/** Security Hub's most values of one filter. */
const VALUES_MAX = 20;

/**
 * The open findings of a scope as filters. They let through more than the scope, never less: a finding may name its control
 * and region in other members than the one that a filter looks at.
 */
function openIn({ accounts }: Scope): FindingFilters {
  const oneOf = (values: readonly string[]) => values.map((Value) => ({ Comparison: 'EQUALS' as const, Value }));
  return {
    ComplianceStatus: oneOf(['FAILED']),
    RecordState: oneOf(['ACTIVE']),
    WorkflowStatus: oneOf(['NEW', 'NOTIFIED']),
    ...(accounts === undefined || accounts.length > VALUES_MAX ? {} : { AwsAccountId: oneOf(accounts) }),
  };
}
