import type { ApprovalRow } from '../../store/postgres/runs/proposal-table.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import type { RunEntry } from '../../store/run-file.js';
import { describeOutcome } from '../../rehearsal/rehearse.js';
import type { Finish } from './finish.js';

/** So often a run is planned again; whose resource changes oftener is somebody's to look at. */
const AGAIN_MAX = 3;

/**
 * Whether a run that ends so is planned again: its resource is not what it was when the run was planned (another run was at
 * it, or somebody else), and nothing was done. What is then proposed is allowed anew, like every proposal.
 */
export function isPlannedAgain({ verb, outcome }: Finish, entries: readonly RunEntry[], run: RunRow): boolean {
  if (verb !== 'apply' || outcome.status !== 'conflict' || run.cancelBy !== undefined) return false;
  const isTouched = entries.some(({ kind }) => kind === 'intent');
  return !isTouched && entries.filter(({ kind }) => kind === 'planned-again').length < AGAIN_MAX;
}

/** What the run's record says of it: why, and what was approved of the plan that holds no longer. */
export function plannedAgain(
  { proposalHash = '' }: RunRow,
  approvals: readonly ApprovalRow[],
  outcome: Finish['outcome'],
  at: string,
): Extract<RunEntry, { kind: 'planned-again' }> {
  return {
    ...{ kind: 'planned-again', at, why: describeOutcome(outcome), proposalHash },
    approvals: approvals.map(({ by, at: when, comment }) => ({
      by,
      at: when,
      ...(comment === undefined ? {} : { comment }),
    })),
  };
}

/** Whether a run's proposal is not its first. */
export const wasPlannedAgain = (entries: readonly RunEntry[]): boolean =>
  entries.some(({ kind }) => kind === 'planned-again');

/** Who approved exactly the proposal of a hash. Where two are needed, whoever asked for the run does not count. */
export function approversOf(
  { requestedBy }: RunRow,
  approvals: readonly ApprovalRow[],
  hash: string,
  needed: number,
): ReadonlySet<string> {
  const given = approvals.filter(({ decision, proposalHash }) => decision === 'approved' && proposalHash === hash);
  return new Set(given.map(({ by }) => by).filter((by) => needed < 2 || by !== requestedBy));
}
