import { execute, type Outcome } from '../../playbooks/execute.js';
import { progressOf } from '../../playbooks/journal.js';
import type { Plan } from '../../playbooks/playbook.js';
import type { RunEntry } from '../../store/run-file.js';
import { journalOf } from '../../store/run-file.js';
import { readEntries } from '../../store/postgres/runs/run-journal.js';
import { beginRun, type Begun } from './begin.js';
import type { WorkflowInput } from './durable.js';
import type { RunContext } from './run-context.js';
import { runWorld } from './run-world.js';

/** How far applying came. */
export type Carried =
  | { readonly kind: 'carried'; readonly outcome: Outcome }
  | { readonly kind: 'later'; readonly at: string; readonly why: string }
  | { readonly kind: 'over' };

const TRIES_MAX = 4;
const FIRST_PAUSE_MS = 1000;
/** What passes by itself. Timeouts and 5xx are known by their having no definite answer. */
const THROTTLES = /throttl|limitexceeded|toomanyrequests|slowdown|requestlimit/i;

/**
 * Begins a run, or goes on with it, and carries out its plan. Cut off at any point it is simply done again: what is known
 * to be done is not repeated, and what may be done is looked for first.
 */
export async function carryOut(context: RunContext, input: WorkflowInput): Promise<Carried> {
  const begun = await beginRun(context, input);
  if (begun.kind === 'later' || begun.kind === 'over') return begun;
  return { kind: 'carried', outcome: await carryOn(context, begun) };
}

/** Carries out what of a plan is not done yet. What passes by itself (throttles, silence) is tried again here. */
export async function carryOn(context: RunContext, begun: Extract<Begun, { kind: 'go' | 'halt' }>): Promise<Outcome> {
  if (begun.kind === 'halt') {
    return { status: 'failed', step: 'before the next', error: { code: begun.code, message: begun.why } };
  }
  const { run, epoch, settings } = begun;
  const plan = begun.proposal.plan as Plan;
  const { send } = await context.ports.connection(plan.subject.accountId);
  let entries = begun.entries;
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempt = 1; ; attempt++) {
    await untilSettled(context, entries);
    const options = { runId: run.id, epoch, entries: entries.length, settings, send, verb: 'apply' as const };
    const outcome = await execute(plan, runWorld(context, options), journalOf({ entries }));
    if (attempt >= TRIES_MAX || !passesByItself(outcome)) return outcome;
    await context.ports.sleep(pauseMs);
    pauseMs *= 2;
    entries = await readEntries(context.database, run.id);
  }
}

/**
 * A call that may have taken effect is looked for in reality before it is made again; and AWS needs a while to agree with
 * itself. Looked for at once it may seem not to have happened.
 */
export async function untilSettled({ ports, doubtMs }: RunContext, entries: readonly RunEntry[]): Promise<void> {
  const { uncertain } = progressOf(journalOf({ entries }));
  const last = entries.findLast(({ kind }) => kind === 'undo-intent' || kind === 'undone' || kind === 'ended');
  // The whole time, by no clock: one that was set forward in between would cut it short.
  if (uncertain !== undefined || last?.kind === 'undo-intent') await ports.sleep(doubtMs);
}

function passesByItself(outcome: Outcome): boolean {
  if (outcome.status === 'unsettled') return false;
  if (outcome.status !== 'failed') return false;
  const { code } = outcome.error;
  return (
    THROTTLES.test(code) ||
    /^(NetworkingError|TimeoutError|InternalFailure|InternalError|ServiceUnavailable)$/.test(code)
  );
}
