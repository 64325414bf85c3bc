import type { Finding } from '../../findings/finding.js';
import type { RehearsalSummary } from '../../rehearsal/summary.js';
import type { Queries } from '../../store/postgres/database.js';
import { readApprovals, type ProposalRow } from '../../store/postgres/runs/proposal-table.js';
import { takeRun } from '../../store/postgres/runs/resource-guard.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import { readRunUnderSettings, readStanding, type RunStanding } from '../../store/postgres/runs/run-standing.js';
import { lockRun, moveRun } from '../../store/postgres/runs/run-table.js';
import type { RunEntry } from '../../store/run-file.js';
import { lookAgain } from '../fix/verify.js';
import { filtered } from './filters.js';
import type { WorkflowInput } from './durable.js';
import type { ResponseState } from './responses.js';
import { approversOf } from './plan-again.js';
import { settingsOf, type RunContext } from './run-context.js';
import { proposalHashOf } from './run-record.js';
import { inPhase } from './run-tracing.js';
import { scopeFacts } from '../scope/scope-facts.js';
import { asksForTags, type ScopeFacts } from '../scope/scope.js';
import type { ResponseSettings } from './settings.js';
import { waveHold } from './wave-hold.js';
import { nextOpening } from './windows.js';

/** Whether a run may be applied now. */
export type Begun =
  | {
      readonly kind: 'go';
      readonly run: RunRow;
      readonly proposal: ProposalRow;
      readonly epoch: number;
      readonly entries: readonly RunEntry[];
      readonly settings: ResponseSettings;
    }
  /** Not now: nothing was done. */
  | { readonly kind: 'later'; readonly at: string; readonly why: string }
  /** It was being applied and must not go on. */
  | { readonly kind: 'halt'; readonly run: RunRow; readonly code: string; readonly why: string }
  /** There is nothing to apply (any more). */
  | { readonly kind: 'over' };

const SOON_MS = 1000;
const BUSY_MS = 5000;

/**
 * Checks again all that allows a run, in one transaction with taking its resource and its claim. Nothing that was true
 * when it was proposed is taken to be true now.
 */
export async function beginRun(context: RunContext, { runId, turn }: WorkflowInput): Promise<Begun> {
  const { database, ports, worker } = context;
  const early = await readRunUnderSettings(database, runId);
  if (early === undefined || early.run.turn !== turn) return { kind: 'over' };
  await inPhase(context, 'attest', () => context.attest());
  const facts = await factsNow(context, early.run, settingsOf(early.settings));
  return database.transaction(async (client): Promise<Begun> => {
    const run = await lockRun(client, runId);
    const isOurs = run?.turn === turn && (run.state === 'approved' || run.state === 'applying');
    if (run === undefined || !isOurs) return { kind: 'over' };
    const now = ports.now();
    const standing = await readStanding(client, runId);
    const { proposal, entries } = standing;
    const settings = settingsOf(standing.settings);
    const bar =
      proposal === undefined
        ? { to: 'stopped' as const, code: 'NoProposal', why: 'its proposal is missing' }
        : await barOf(client, run, { ...standing, proposal }, settings, facts, now);
    if (bar !== undefined || proposal === undefined) {
      const { to, code, why } = bar ?? { to: 'stopped' as const, code: 'NoProposal', why: 'its proposal is missing' };
      if (run.state === 'applying') return { kind: 'halt', run, code, why };
      await moveRun(client, runId, to, now.toISOString(), { reason: why });
      return { kind: 'over' };
    }
    const wait = await waitOf(client, run, standing, settings, facts, now);
    if (wait !== undefined) return wait;
    const taken = await takeRun(client, { resourceArn: run.resourceArn, runId, worker, at: now.toISOString() });
    if ('holder' in taken) return later(now, BUSY_MS, `run ${taken.holder} is working on the resource`);
    if (run.state === 'approved') {
      await moveRun(client, runId, 'applying', now.toISOString(), { beganAt: run.beganAt ?? now.toISOString() });
    }
    return { kind: 'go', run, proposal, epoch: taken.epoch, entries, settings };
  });
}

const later = (now: Date, milliseconds: number, why: string): Begun => ({
  kind: 'later',
  at: new Date(now.getTime() + milliseconds).toISOString(),
  why,
});

/** What is known of the resource now: its tags are read again where a filter asks for them. */
async function factsNow({ ports }: RunContext, run: RunRow, settings: ResponseSettings): Promise<ScopeFacts> {
  const finding = run.finding as Finding;
  const scanned = await ports.estate(finding.accountId);
  const { include, exclude, windows } = settings;
  const asksTags = [...include, ...exclude, ...windows.map(({ scope }) => scope)].some(asksForTags);
  const control = ports.controls.find(({ id }) => id === finding.controlId);
  if (!asksTags || control === undefined) return scopeFacts(finding, scanned);
  const { send } = await ports.connection(finding.accountId);
  return scopeFacts(finding, (await lookAgain({ subject: finding, control, estate: scanned, send })).estate);
}

interface Bar {
  readonly to: Extract<ResponseState, 'stopped' | 'cancelled' | 'expired'>;
  readonly code: string;
  readonly why: string;
}

/** What forbids applying a run, for good or until a person resumes it. */
async function barOf(
  client: Queries,
  run: RunRow,
  { proposal, entries, killSwitch }: RunStanding & { readonly proposal: ProposalRow },
  settings: ResponseSettings,
  facts: ScopeFacts,
  now: Date,
): Promise<Bar | undefined> {
  if (run.cancelBy !== undefined) return { to: 'cancelled', code: 'Cancelled', why: `cancelled by ${run.cancelBy}` };
  if (killSwitch.engaged) {
    const why = `the kill switch was engaged by ${killSwitch.by ?? 'somebody'}: ${killSwitch.reason ?? ''}`;
    return { to: 'stopped', code: 'KillSwitch', why };
  }
  const barred = filtered(settings, facts);
  if (barred !== undefined) return { to: 'stopped', code: 'Excluded', why: barred.refused };
  const missing = await approvalMissing(client, run, proposal, entries);
  if (missing !== undefined) return { to: 'stopped', code: 'NotApproved', why: missing };
  if (run.beganAt === undefined && run.expiresAt !== undefined && Date.parse(run.expiresAt) <= now.getTime()) {
    return { to: 'expired', code: 'Expired', why: 'its approval was not used in time' };
  }
  return undefined;
}

/** Whether the approval of exactly this proposal is there. @returns what is missing. */
async function approvalMissing(
  client: Queries,
  run: RunRow,
  proposal: ProposalRow,
  entries: readonly RunEntry[],
): Promise<string | undefined> {
  const hash = proposalHashOf(proposal.planHash, proposal.rehearsal as RehearsalSummary);
  if (hash !== run.proposalHash) return 'its proposal is not the one that was approved';
  if (run.approvalsNeeded === 0) {
    return entries.some((entry) => entry.kind === 'approved' && entry.how === 'policy')
      ? undefined
      : 'no policy approved it';
  }
  const approvals = (await readApprovals(client, [run.id])).get(run.id) ?? [];
  if (approvals.some(({ decision }) => decision === 'declined')) return 'a person declined it';
  const given = approversOf(run, approvals, hash, run.approvalsNeeded);
  return given.size >= run.approvalsNeeded ? undefined : `${given.size} of ${run.approvalsNeeded} approvals are there`;
}

/** What makes a run wait before it begins. One that has begun is not left half done for a window's sake. */
async function waitOf(
  client: Queries,
  run: RunRow,
  { isUnattested }: RunStanding,
  settings: ResponseSettings,
  facts: ScopeFacts,
  now: Date,
): Promise<Begun | undefined> {
  if (isUnattested) return later(now, SOON_MS, 'its approval is not in the ledger yet');
  if (run.state === 'applying') return undefined;
  const graceMs = run.notBefore === undefined ? 0 : Date.parse(run.notBefore) - now.getTime();
  if (graceMs > 0) return later(now, graceMs, 'its grace period is not over');
  if (run.notBefore !== undefined && run.warnedAt === undefined)
    return later(now, BUSY_MS, 'its owner was not warned yet');
  const opening = nextOpening(settings.windows, facts, now);
  if (opening > now) return later(now, opening.getTime() - now.getTime(), 'no maintenance window is open');
  if (run.wave === undefined) return undefined;
  const hold = await waveHold(client, run.wave, now);
  if (hold?.kind !== 'broken') return hold;
  await moveRun(client, run.id, 'stopped', now.toISOString(), { reason: hold.why });
  return { kind: 'over' };
}
