import { Problem } from '../../base/problem.js';
import type { Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import type { Plan } from '../../playbooks/playbook.js';
import type { Rehearsal } from '../../rehearsal/rehearse.js';
import { forgettingApprovals, readApprovals, writingProposal } from '../../store/postgres/runs/proposal-table.js';
import { addingEntries, holdClaim } from '../../store/postgres/runs/run-journal.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import { claimRequested, readStanding, type RunUnderSettings } from '../../store/postgres/runs/run-standing.js';
import { lockRun, moveRun, movingRun, type RunChange } from '../../store/postgres/runs/run-table.js';
import { changeTogether } from '../../store/postgres/statement-part.js';
import type { RunEntry } from '../../store/run-file.js';
import { lookAgain } from '../fix/verify.js';
import { rehearseFinding } from '../rehearse/rehearse-findings.js';
import { neededApproval, type NeededApproval } from './approval-policy.js';
import { filtered } from './filters.js';
import { approversOf, wasPlannedAgain } from './plan-again.js';
import { viewOf } from './response-view.js';
import type { ResponseState } from './responses.js';
import { settingsOf, type RunContext } from './run-context.js';
import { attestingEntries, laneOf, proposalHashOf } from './run-record.js';
import { inPhase } from './run-tracing.js';
import { scopeFacts } from '../scope/scope-facts.js';
import type { ResponseSettings } from './settings.js';

const HOUR_MS = 3600 * 1000;

/** What became of a wish: an end, or a proposal. */
type Considered =
  | {
      readonly end: Extract<ResponseState, 'refused' | 'already-closed'>;
      readonly reason: string;
      readonly looked: Looked | undefined;
    }
  | { readonly plan: Plan; readonly rehearsal: Rehearsal; readonly estate: Estate };

interface Looked {
  readonly status: Awaited<ReturnType<typeof lookAgain>>['status'];
  readonly reasons: Awaited<ReturnType<typeof lookAgain>>['reasons'];
}

/**
 * Looks again, plans and rehearses, and leaves what came out of it in the run's row: nobody is waited for here. May be
 * done twice (a worker died): the second finds the run moved on, or does the same again.
 */
export async function proposeRun(context: RunContext, runId: string): Promise<void> {
  const { database, ports } = context;
  const claimed = await claimRequested(database, runId, context.worker, ports.now().toISOString());
  if (claimed === undefined) return;
  const { run, epoch } = claimed;
  const considered = await inPhase(context, 'rehearse', () => consider(context, claimed));
  if ('end' in considered) {
    if (considered.looked !== undefined) {
      const at = ports.now().toISOString();
      const text = `run ${runId} looked again: ${considered.reason}`;
      await ports.findings.looked(run.finding as Finding, considered.looked, { runId, at, text });
    }
    return settle(context, runId, epoch, considered.end, { reason: considered.reason });
  }
  const waits = await keepProposal(context, run, epoch, considered);
  if (waits !== undefined) await ports.notifications.tell('proposed', waits);
}

async function consider({ ports }: RunContext, { run, settings }: RunUnderSettings): Promise<Considered> {
  const finding = run.finding as Finding;
  const refused = (reason: string, next?: string, looked?: Looked): Considered => ({
    end: 'refused',
    reason: next === undefined ? reason : `${reason}; next: ${next}`,
    looked,
  });
  const control = ports.controls.find(({ id }) => id === finding.controlId);
  if (control === undefined) return refused(`there is no control \`${finding.controlId}\``);
  try {
    const scanned = await ports.estate(finding.accountId);
    const { send } = await ports.connection(finding.accountId);
    const { estate, ...looked } = await lookAgain({ subject: finding, control, estate: scanned, send });
    if (looked.status === 'PASSED' || looked.status === 'absent') {
      const reason = looked.status === 'PASSED' ? 'the control passes by now' : 'the resource is gone';
      return { end: 'already-closed', reason, looked };
    }
    const barred = filtered(settingsOf(settings), scopeFacts(finding, estate));
    if (barred !== undefined) return refused(barred.refused, barred.next);
    const rehearsed = await rehearseFinding(finding, estate, { controls: ports.controls, parameters: run.parameters });
    if ('refusal' in rehearsed) return refused(rehearsed.refusal.refused, rehearsed.refusal.next);
    return { ...rehearsed, estate };
  } catch (error) {
    if (error instanceof Problem) return refused(error.message, error.next);
    throw error;
  }
}

/** Ends a run that never became a proposal. */
async function settle(
  { database, ports }: RunContext,
  runId: string,
  epoch: number,
  to: ResponseState,
  change: RunChange,
): Promise<void> {
  await database.transaction(async (client) => {
    const run = await lockRun(client, runId);
    await holdClaim(client, runId, epoch);
    if (run?.state === 'requested') await moveRun(client, runId, to, ports.now().toISOString(), change);
  });
}

/** Keeps the proposal and decides who must approve it; where that is nobody, it is approved and on its way with this. */
async function keepProposal(
  context: RunContext,
  { id }: RunRow,
  epoch: number,
  { plan, rehearsal, estate }: Extract<Considered, { plan: Plan }>,
) {
  const { database, ports } = context;
  const { summary, planHash } = rehearsal;
  const proposal = { plan, planHash, rehearsal: summary };
  const caller = (await ports.connection(plan.subject.accountId)).caller;
  return database.transaction(async (client) => {
    const run = await lockRun(client, id);
    await holdClaim(client, id, epoch);
    if (run?.state !== 'requested') return undefined;
    const now = ports.now();
    const shown = { risk: plan.risk, playbook: plan.playbook, proposalHash: proposalHashOf(planHash, summary) };
    if (!summary.closes) {
      const reason = 'the rehearsal did not close the finding';
      const moving = movingRun(id, 'would-not-close', now.toISOString(), { ...shown, reason });
      await changeTogether(client, [writingProposal(id, proposal), moving]);
      return undefined;
    }
    const standing = await readStanding(client, id);
    const needed = neededFor(settingsOf(standing.settings), run, plan, estate);
    const held = needed.persons === 0 && standing.killSwitch.engaged;
    const expiresAt = run.expiresAt ?? expiryOf(run, needed, now);
    const change = { ...shown, expiresAt, approvalsNeeded: held ? 1 : needed.persons };
    const isAgain = wasPlannedAgain(standing.entries);
    const approvals = isAgain ? ((await readApprovals(client, [id])).get(id) ?? []) : [];
    if (needed.persons > 0 && approversOf(run, approvals, shown.proposalHash, needed.persons).size >= needed.persons) {
      const turn = run.turn + 1;
      const reason = 'planned again: it is what was approved';
      await moveRun(client, id, 'approved', now.toISOString(), { ...change, turn, reason });
      await context.enqueue(client, 'apply@2', { runId: id, turn }, { lane: laneOf(run.resourceArn) });
      return undefined;
    }
    if (needed.persons > 0 || held) {
      const reason = held ? 'the kill switch is engaged: a person decides' : isAgain ? run.reason : undefined;
      const told = { ...change, ...(reason === undefined ? {} : { reason }) };
      const moving = movingRun(id, 'proposed', now.toISOString(), told);
      const forgetting = isAgain ? [forgettingApprovals(id, shown.proposalHash)] : [];
      await changeTogether(client, [writingProposal(id, proposal), moving, ...forgetting]);
      const after = await lockRun(client, id);
      return after === undefined ? undefined : viewOf(after, []);
    }
    const approved: RunEntry = {
      kind: 'approved',
      at: now.toISOString(),
      by: `policy: ${needed.rule}`,
      how: 'policy',
    };
    const from = standing.entries.length;
    const turn = run.turn + 1;
    const reason = `approved by policy: ${needed.rule}`;
    await changeTogether(client, [
      writingProposal(id, proposal),
      addingEntries(id, from, [approved]),
      movingRun(id, 'approved', now.toISOString(), { ...change, turn, reason }),
      ...attestingEntries(run, proposal, [...standing.entries, approved], { from, caller }),
    ]);
    await context.enqueue(client, 'apply@2', { runId: id, turn }, { lane: laneOf(run.resourceArn) });
    return undefined;
  });
}

function neededFor(settings: ResponseSettings, run: RunRow, plan: Plan, estate: Estate): NeededApproval {
  return neededApproval(settings, {
    risk: plan.risk,
    mode: run.mode as 'notify' | 'ask' | 'automatic',
    requestedBy: run.requestedBy,
    asked: run.approvalsAsked,
    facts: scopeFacts(run.finding as Finding, estate),
  });
}

/** A proposal with a grace period has the policy's time from the end of that. */
function expiryOf(run: RunRow, needed: NeededApproval, now: Date): string {
  const from = Math.max(now.getTime(), run.notBefore === undefined ? 0 : Date.parse(run.notBefore));
  return new Date(from + needed.expiresAfterHours * HOUR_MS).toISOString();
}
