import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/json.js';
import type { Plan } from '../../playbooks/playbook.js';
import type { RehearsalSummary } from '../../rehearsal/summary.js';
import { askingAttestation } from '../../store/postgres/runs/attestation-table.js';
import type { ProposalRow } from '../../store/postgres/runs/proposal-table.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import type { StatementPart } from '../../store/postgres/statement-part.js';
import type { RunEntry, RunRecord } from '../../store/run-file.js';
import { recordOf, unattestedOf } from '../attest/run-record.js';
import { LANES } from './durable.js';

/** What approvals are bound to: the plan and everything its rehearsal showed. */
export function proposalHashOf(planHash: string, rehearsal: RehearsalSummary): string {
  return createHash('sha256').update(canonicalJson({ planHash, rehearsal })).digest('hex');
}

/** The lane of a resource: the same one for all of its runs. */
export function laneOf(resourceArn: string): number {
  return createHash('sha256').update(resourceArn).digest().readUInt32BE(0) % LANES;
}

/** A run as `fix` records it, so that both are attested in one form. */
function recordOfRun(run: RunRow, proposal: ProposalRow, entries: readonly RunEntry[], caller: string): RunRecord {
  return {
    header: {
      kind: 'run',
      version: 1,
      id: run.id,
      startedAt: run.requestedAt,
      findingId: run.findingId,
      plan: proposal.plan as Plan,
      planHash: proposal.planHash,
      rehearsal: proposal.rehearsal as RehearsalSummary,
      caller,
    },
    entries,
  };
}

/** The name of the attestation of an entry: the entry's place in the journal never changes. */
export const attestationStep = (about: 'approval' | 'run', place: number): string =>
  `${about}:${String(place).padStart(6, '0')}`;

/**
 * Asks for the attestation of the approvals and ends among a run's newest entries, in the transaction that writes them: no
 * effect is without its record.
 */
export function attestingEntries(
  run: RunRow,
  proposal: ProposalRow,
  entries: readonly RunEntry[],
  options: { readonly from: number; readonly caller: string },
): StatementPart[] {
  const record = recordOfRun(run, proposal, entries, options.caller);
  return unattestedOf(record)
    .filter(({ place }) => place >= options.from)
    .map((part) =>
      askingAttestation(run.id, attestationStep(part.about, part.place), withOrigin(recordOf(record, part), run)),
    );
}

/** Who asked for it, and what happened that made them ask: of an event, who did it and from where. */
function withOrigin(record: ReturnType<typeof recordOf>, run: RunRow): ReturnType<typeof recordOf> {
  const detail = { ...(record.detail as object), origin: run.origin, requestedBy: run.requestedBy };
  return { ...record, detail: JSON.parse(JSON.stringify(detail)) as typeof record.detail };
}
