import type { Finding } from '../../findings/finding.js';
import { undo, type Outcome } from '../../playbooks/execute.js';
import type { Plan } from '../../playbooks/playbook.js';
import { describeOutcome } from '../../rehearsal/rehearse.js';
import { readApprovals } from '../../store/postgres/runs/proposal-table.js';
import { releasingResource, takeRun } from '../../store/postgres/runs/resource-guard.js';
import { addingEntries, claiming } from '../../store/postgres/runs/run-journal.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import { readStanding } from '../../store/postgres/runs/run-standing.js';
import { lockRun, moveRun, movingRun, readRun, type RunChange } from '../../store/postgres/runs/run-table.js';
import { changeTogether } from '../../store/postgres/statement-part.js';
import { journalOf, type RunEntry } from '../../store/run-file.js';
import { lookAgain } from '../fix/verify.js';
import { untilSettled } from './carry-out.js';
import type { WorkflowInput } from './durable.js';
import type { FindingVerdict, ResponsePorts } from './ports.js';
import type { ResponseState } from './responses.js';
import type { RunContext } from './run-context.js';
import { isPlannedAgain, plannedAgain } from './plan-again.js';
import { attestingEntries, laneOf } from './run-record.js';
import { runWorld } from './run-world.js';

/** One fresh look at a run's finding. */
export async function lookAtRun({ database, ports }: RunContext, runId: string): Promise<FindingVerdict> {
  const run = await readRun(database, runId);
  return lookAt(ports, run?.finding as Finding);
}

export async function lookAt(ports: ResponsePorts, finding: Finding): Promise<FindingVerdict> {
  const control = ports.controls.find(({ id }) => id === finding.controlId);
  if (control === undefined)
    return { status: 'NOT_AVAILABLE', reasons: [{ text: `there is no control ${finding.controlId}` }] };
  const estate = await ports.estate(finding.accountId);
  const { send } = await ports.connection(finding.accountId);
  const { status, reasons } = await lookAgain({ subject: finding, control, estate, send });
  return { status, reasons };
}

export interface Finish {
  readonly verb: 'apply' | 'undo';
  readonly outcome: Outcome;
  readonly verdict: FindingVerdict | undefined;
}

/**
 * Writes how applying or undoing ended: the finding first (telling it twice is the same as once), then everything else in
 * one transaction: journal, state, the resource let go, and what is to be attested.
 */
export async function finishRun(context: RunContext, { runId, turn }: WorkflowInput, finish: Finish): Promise<void> {
  const { database, ports, worker } = context;
  const { verb, outcome, verdict } = finish;
  const early = await readRun(database, runId);
  const during = verb === 'apply' ? 'applying' : 'undoing';
  if (early?.state !== during || early.turn !== turn) return context.attest('begun');
  if (verdict !== undefined) {
    const text = `run ${runId} ${verb === 'apply' ? 'was applied' : 'was undone'}: ${verdict.status}`;
    await ports.findings.looked(early.finding as Finding, verdict, { runId, at: ports.now().toISOString(), text });
  }
  const { caller } = await ports.connection(early.accountId);
  await database.transaction(async (client) => {
    const run = await lockRun(client, runId);
    const { proposal, entries: before } = await readStanding(client, runId);
    if (run?.state !== during || run.turn !== turn || proposal === undefined) return;
    const at = ports.now().toISOString();
    const more: RunEntry[] = [];
    if (verdict !== undefined && verdict.status !== 'absent') {
      const reasons = verdict.reasons.map(({ text }) => text);
      more.push({ kind: 'verified', at, status: verdict.status, reasons });
    }
    more.push({ kind: 'ended', at, verb, outcome });
    const isAgain = isPlannedAgain(finish, before, run);
    if (isAgain) more.push(plannedAgain(run, (await readApprovals(client, [runId])).get(runId) ?? [], outcome, at));
    const entries = [...before, ...more];
    const end = isAgain ? planAgain(run, outcome) : endOf(finish, entries, run);
    await changeTogether(client, [
      claiming(runId, worker, at),
      addingEntries(runId, before.length, more),
      ...attestingEntries(run, proposal, entries, { from: before.length, caller }),
      releasingResource(run.resourceArn, runId),
      movingRun(runId, end.state, at, { cancelBy: null, ...end.change, reason: end.reason }),
    ]);
    if (!isAgain) return;
    // Reads that have not heard of what changed the resource would be planned on: they are given the time for it.
    const again = { lane: laneOf(run.resourceArn), at: new Date(Date.parse(at) + context.doubtMs) };
    await context.enqueue(client, 'propose@1', { runId, turn: run.turn + 1 }, again);
  });
  // What is to be in the ledger was committed with the end: nothing waits here for the batch that takes it there.
  await context.attest('begun');
}

interface End {
  readonly state: ResponseState;
  readonly reason: string;
  readonly change?: RunChange;
}

/** A run that is planned again has not begun, for its wave and its end too. */
function planAgain({ turn }: RunRow, outcome: Outcome): End {
  const reason = `planned again: ${describeOutcome(outcome)}`;
  return { state: 'requested', reason, change: { turn: turn + 1, beganAt: null } };
}

/** Where a run stands when applying or undoing it has ended. */
function endOf({ verb, outcome, verdict }: Finish, entries: readonly RunEntry[], run: RunRow): End {
  if (verb === 'undo') {
    return outcome.status === 'complete'
      ? { state: 'undone', reason: 'what was there before is there again' }
      : { state: 'undo-stopped', reason: describeOutcome(outcome) };
  }
  if (outcome.status === 'complete') {
    if (verdict?.status === 'PASSED') return { state: 'resolved', reason: 'applied, and verified on fresh reads' };
    if (verdict?.status === 'absent') return { state: 'resolved', reason: 'applied; the resource is gone' };
    const why = verdict?.reasons.map(({ text }) => text).join('; ') ?? '';
    return { state: 'still-open', reason: `applied, but the control says ${verdict?.status ?? 'nothing'}: ${why}` };
  }
  const touched = entries.some(({ kind }) => kind === 'intent');
  if (run.cancelBy !== undefined && !touched) return { state: 'cancelled', reason: `cancelled by ${run.cancelBy}` };
  return { state: 'stopped', reason: describeOutcome(outcome) };
}

/** Takes a run back, or goes on with that. */
export async function carryBack(
  context: RunContext,
  { runId, turn }: WorkflowInput,
): Promise<
  { readonly kind: 'carried'; readonly outcome: Outcome } | { readonly kind: 'later' } | { readonly kind: 'over' }
> {
  const { database, ports, worker } = context;
  const begun = await database.transaction(async (client) => {
    const run = await lockRun(client, runId);
    const { proposal, entries } = await readStanding(client, runId);
    if (run?.state !== 'undoing' || run.turn !== turn || proposal === undefined) return 'over' as const;
    const at = ports.now().toISOString();
    const taken = await takeRun(client, { resourceArn: run.resourceArn, runId, worker, at });
    return 'holder' in taken ? ('later' as const) : { proposal, epoch: taken.epoch, entries };
  });
  if (begun === 'over' || begun === 'later') return begun === 'over' ? { kind: 'over' } : { kind: 'later' };
  const plan = begun.proposal.plan as Plan;
  const { send } = await ports.connection(plan.subject.accountId);
  await untilSettled(context, begun.entries);
  const settings = { include: [], exclude: [], approvals: [], windows: [], rates: [], schedules: [] };
  const options = { runId, epoch: begun.epoch, entries: begun.entries.length, settings, send, verb: 'undo' as const };
  return { kind: 'carried', outcome: await undo(plan, runWorld(context, options), journalOf(begun)) };
}

/** Ends a run whose workflow failed again and again, so that nobody waits for it. */
export async function giveUp(context: RunContext, input: WorkflowInput, why: string): Promise<void> {
  const { database, ports } = context;
  const run = await readRun(database, input.runId);
  if (run === undefined || run.turn !== input.turn) return;
  if (run.state === 'applying' || run.state === 'undoing') {
    const error = { code: 'GaveUp', message: why };
    const outcome: Outcome = { status: 'failed', step: 'the workflow', error };
    const verb = run.state === 'applying' ? ('apply' as const) : ('undo' as const);
    return finishRun(context, input, { verb, outcome, verdict: undefined });
  }
  await database.transaction(async (client) => {
    const now = await lockRun(client, input.runId);
    if (now === undefined || now.turn !== input.turn) return;
    const to = now.state === 'requested' ? 'refused' : now.state === 'approved' ? 'stopped' : undefined;
    if (to !== undefined) await moveRun(client, input.runId, to, ports.now().toISOString(), { reason: why });
  });
}
