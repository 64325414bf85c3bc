import type { AnyControl } from '../../controls/control.js';
import type { Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import { execute, type Outcome } from '../../playbooks/execute.js';
import type { Plan, Refusal } from '../../playbooks/playbook.js';
import type { Rehearsal } from '../../rehearsal/rehearse.js';
import type { Home } from '../../store/home.js';
import type { RunEntry, RunFiles } from '../../store/run-file.js';
import { lockResource } from '../../store/resource-lock.js';
import { attestRun, type Attestation } from '../attest/attest-run.js';
import type { Ledger } from '../attest/ledger.js';
import type { OpenConnection } from '../connect/open.js';
import type { Report } from '../event.js';
import { rehearseFinding } from '../rehearse/rehearse-findings.js';
import { verify, type FreshVerdict } from './verify.js';
import { realSleep, worldOf } from './world.js';

/** What the approver is shown, and asked. */
export interface Proposal {
  readonly runId: string;
  readonly finding: Finding;
  readonly plan: Plan;
  readonly rehearsal: Rehearsal;
}

export interface FixOptions {
  readonly finding: Finding;
  readonly control: AnyControl;
  readonly controls: readonly AnyControl[];
  readonly estate: Estate;
  readonly connection: OpenConnection;
  readonly home: Home;
  /** Where the approval and the run are attested. */
  readonly ledger: Ledger;
  readonly parameters: Readonly<Record<string, string>>;
  readonly runId: string;
  readonly now: () => Date;
  /** Shows the proposal and asks; answers how it was approved, or `declined`. */
  readonly approve: (proposal: Proposal) => Promise<'prompt' | 'option' | 'declined'>;
  readonly report: Report;
}

/** How fixing one finding ended. */
export type FixResult =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'already-closed'; readonly verdict: FreshVerdict; readonly estate: Estate }
  | { readonly kind: 'would-not-close'; readonly proposal: Proposal }
  | { readonly kind: 'declined'; readonly proposal: Proposal }
  | {
      readonly kind: 'applied';
      readonly proposal: Proposal;
      readonly outcome: Outcome;
      readonly verdict: FreshVerdict | undefined;
      readonly estate: Estate;
      readonly attested: AttestResult;
    };

/** Where a run's end is attested, or why it is not yet: the run stands, and the next one tries again. */
export type AttestResult = { readonly attestation: Attestation } | { readonly failed: Error };

/**
 * Fixes one finding: look again, plan, rehearse, ask, apply, verify, attest. Everything is in the run's record before
 * and after it happens. Nothing is applied unless the rehearsal closed the finding, a person (or `--yes`) said so, and
 * that is in the ledger.
 */
export async function fix(options: FixOptions): Promise<FixResult> {
  const { finding, control, controls, connection, home } = options;
  const unlock = await lockResource(home.locks, finding.resourceArn, options.runId);
  try {
    // The scan may be old: what the control looks at is read again before anything is planned.
    const seen = await verify({
      subject: finding,
      control,
      estate: options.estate,
      send: connection.send,
      sleep: () => Promise.resolve(),
      report: () => undefined,
      wanted: 'FAILED',
    });
    const { estate } = seen;
    if (seen.status === 'PASSED' || seen.status === 'absent') return { kind: 'already-closed', verdict: seen, estate };
    const rehearsed = await rehearseFinding(finding, estate, { controls, parameters: options.parameters });
    if ('refusal' in rehearsed) return { kind: 'refused', refusal: rehearsed.refusal };
    const { plan, rehearsal } = rehearsed;
    const proposal: Proposal = { runId: options.runId, finding, plan, rehearsal };
    if (!rehearsal.summary.closes) return { kind: 'would-not-close', proposal };
    return await apply(options, proposal, estate);
  } finally {
    await unlock();
  }
}

async function apply(options: FixOptions, proposal: Proposal, estate: Estate): Promise<FixResult> {
  const { connection, home, now, report, control, finding } = options;
  const { plan, rehearsal, runId } = proposal;
  const runs = home.runs(now);
  const caller = connection.caller.arn;
  await runs.start({
    id: runId,
    findingId: finding.id,
    plan,
    planHash: rehearsal.planHash,
    rehearsal: rehearsal.summary,
    caller,
  });
  const answer = await options.approve(proposal);
  if (answer === 'declined') {
    await runs.append<Extract<RunEntry, { kind: 'declined' }>>(runId, { kind: 'declined', by: caller });
    await attestRun(home, runs, options.ledger, runId, true);
    return { kind: 'declined', proposal };
  }
  await runs.append<Extract<RunEntry, { kind: 'approved' }>>(runId, { kind: 'approved', by: caller, how: answer });
  await attestRun(home, runs, options.ledger, runId, true);
  const outcome = await execute(plan, worldOf(plan, connection.send, runs.journal(runId), report));
  const verdict =
    outcome.status === 'complete'
      ? await verify({ subject: plan.subject, control, estate, send: connection.send, sleep: realSleep, report })
      : undefined;
  if (verdict !== undefined && verdict.status !== 'absent') {
    const reasons = verdict.reasons.map(({ text }) => text);
    await runs.append<Extract<RunEntry, { kind: 'verified' }>>(runId, {
      kind: 'verified',
      status: verdict.status,
      reasons,
    });
  }
  await runs.append<Extract<RunEntry, { kind: 'ended' }>>(runId, { kind: 'ended', verb: 'apply', outcome });
  const attested = await attestEnd(home, runs, options.ledger, runId);
  return { kind: 'applied', proposal, outcome, verdict, estate: verdict?.estate ?? estate, attested };
}

/** Attests how a run ended. What was done stands even when the ledger cannot be written now. */
export async function attestEnd(home: Home, runs: RunFiles, ledger: Ledger, runId: string): Promise<AttestResult> {
  try {
    const [attestation] = (await attestRun(home, runs, ledger, runId, true)).slice(-1);
    if (attestation !== undefined) return { attestation };
    return { failed: new Error('the run says that it is attested already') };
  } catch (error) {
    return { failed: error instanceof Error ? error : new Error(String(error)) };
  }
}
