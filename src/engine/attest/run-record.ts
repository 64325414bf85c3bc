import type { Json } from '../../base/json.js';
import { toStored } from '../../base/json.js';
import type { LedgerRecord } from '../../ledger/record/statement.js';
import { describeOutcome } from '../../rehearsal/rehearse.js';
import type { RunEntry, RunHeader, RunRecord } from '../../store/run-file.js';

type Decision = Extract<RunEntry, { kind: 'approved' | 'declined' }>;
type Ended = Extract<RunEntry, { kind: 'ended' }>;

/** What of a run is to be attested next: its approval, or an end. Undefined when all of it is in the ledger. */
export type Unattested =
  | { readonly about: 'approval'; readonly place: number; readonly decision: Decision }
  | { readonly about: 'run'; readonly place: number; readonly ended: Ended };

/** What of a run is not in the ledger yet, in order. Each attestation stands after what it attests. */
export function unattestedOf({ entries }: RunRecord): Unattested[] {
  const attested = { approval: 0, run: 0 };
  for (const entry of entries) if (entry.kind === 'attested') attested[entry.about]++;
  const open: Unattested[] = [];
  for (const [place, entry] of entries.entries()) {
    if (entry.kind === 'approved' || entry.kind === 'declined') {
      if (attested.approval-- <= 0) open.push({ about: 'approval', place, decision: entry });
    } else if (entry.kind === 'ended' && attested.run-- <= 0) open.push({ about: 'run', place, ended: entry });
  }
  return open;
}

/**
 * The ledger's record of a part of a run. It follows from the run's own record alone, so that an attestation that was cut
 * off is found again by its digest.
 */
export function recordOf(run: RunRecord, part: Unattested): LedgerRecord {
  return part.about === 'approval' ? approvalRecord(run.header, part.decision) : runRecord(run, part);
}

function approvalRecord(header: RunHeader, decision: Decision): LedgerRecord {
  const { subject } = header.plan;
  const { closes, verdict, alsoCloses, opens, access, undo } = header.rehearsal;
  return {
    kind: 'approval',
    at: decision.at,
    by: decision.by,
    subjects: [subject.resourceArn],
    title: `${decision.kind} ${header.plan.playbook} for ${subject.controlId}`,
    detail: asJson({
      run: header.id,
      finding: header.findingId,
      decision: decision.kind,
      ...(decision.kind === 'approved' ? { how: decision.how } : {}),
      planHash: header.planHash,
      plan: header.plan,
      rehearsal: { closes, verdict, alsoCloses, opens, access, undo },
    }),
  };
}

function runRecord(run: RunRecord, { ended, place }: Extract<Unattested, { about: 'run' }>): LedgerRecord {
  const { header } = run;
  const { subject } = header.plan;
  const entries = run.entries.slice(0, place + 1);
  const verified = entries.findLast((entry) => entry.kind === 'verified');
  const state = ended.verb === 'apply' && verified?.kind === 'verified' ? `, ${verified.status}` : '';
  return {
    kind: 'run',
    at: ended.at,
    by: header.caller,
    subjects: [subject.resourceArn],
    title: `${ended.verb} ${header.plan.playbook} for ${subject.controlId}: ${describeOutcome(ended.outcome)}${state}`,
    detail: asJson({ run: header, entries }),
  };
}

const asJson = (value: object) => toStored(value) as unknown as Json;
