import type { Finding } from '../../findings/finding.js';
import type { RiskClass } from '../../playbooks/playbook.js';
import type { ApprovalRow } from '../../store/postgres/runs/proposal-table.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import type { ApprovalRecord, Origin, ResponseMode, ResponseState, ResponseView } from './responses.js';

/** A run as people and programs see it, from its row. */
export function viewOf(run: RunRow, approvals: readonly ApprovalRow[]): ResponseView {
  const { id, controlId, accountId, region, resourceType, resourceArn, severity } = run.finding as Finding;
  const { playbook, proposalHash, expiresAt, notBefore, wave, reason } = run;
  const view = {
    id: run.id,
    state: run.state as ResponseState,
    mode: run.mode as ResponseMode,
    finding: { id, controlId, accountId, region, resourceType, resourceArn, severity },
    origin: run.origin as Origin,
    requestedBy: run.requestedBy,
    requestedAt: run.requestedAt,
    updatedAt: run.updatedAt,
    risk: run.risk as RiskClass | undefined,
    playbook,
    proposalHash,
    approvalsNeeded: run.approvalsNeeded,
    approvals: approvals.map(approvalOf),
    expiresAt,
    notBefore,
    wave,
    reason,
  };
  // What is not there is left out, not undefined.
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined)) as unknown as ResponseView;
}

function approvalOf({ comment, ...approval }: ApprovalRow): ApprovalRecord {
  return { ...approval, ...(comment === undefined ? {} : { comment }) };
}
