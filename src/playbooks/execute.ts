import { messageOf } from '../base/problem.js';
import { toStored, type Json } from '../base/json.js';
import type { Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { observe, resolveCall, type Observation } from './check.js';
import { progressOf, type CallFailure, type Journal, type JournalEntry } from './journal.js';
import type { Check, Plan, Step } from './playbook.js';

/** What a run needs from the world: the same for AWS, an endpoint and a twin. */
export interface World {
  readonly send: Send;
  readonly journal: Journal;
  /** Waits; a rehearsal moves the twin's clock instead. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** How carrying out a plan, or undoing one, ended. */
export type Outcome =
  | { readonly status: 'complete' }
  /** Reality is not what the plan expects: nothing of this step was done. */
  | { readonly status: 'conflict'; readonly step: string; readonly observations: readonly Observation[] }
  | { readonly status: 'failed'; readonly step: string; readonly error: CallFailure }
  /** The call was answered, but what it should leave behind did not come true in time. */
  | { readonly status: 'unsettled'; readonly step: string; readonly observations: readonly Observation[] };

const COMPLETE: Outcome = { status: 'complete' };
const SETTLE_SECONDS = 60;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;

/**
 * Carries out a plan, step by step: check the before-values on fresh reads, write the intent, call, write what it
 * answered, wait until the after-values hold. Stops at the first step that does not go through.
 *
 * Give the entries of an interrupted run to continue it: steps that are known to be done are skipped, and a call that
 * may have happened is looked for in reality (do its after-values hold?) before it is made again.
 */
export async function execute(plan: Plan, world: World, earlier: readonly JournalEntry[] = []): Promise<Outcome> {
  const progress = progressOf(earlier);
  const outputs = new Map<string, unknown>(progress.done);
  for (const step of plan.steps) {
    const outcome = progress.done.has(step.id)
      ? progress.settled.has(step.id)
        ? COMPLETE
        : await settle(step, world, outputs)
      : await executeStep(step, world, outputs, progress.uncertain === step.id);
    if (outcome.status !== 'complete') return outcome;
  }
  return { status: 'complete' };
}

async function executeStep(
  step: Step,
  world: World,
  outputs: Map<string, unknown>,
  maybeDone: boolean,
): Promise<Outcome> {
  let asked = false;
  try {
    if (maybeDone && step.after.length > 0 && (await unmet(step.after, world, outputs)).length === 0) {
      await world.journal.write({ kind: 'done', step: step.id, output: {}, observedOnly: true });
      outputs.set(step.id, {});
      return { status: 'complete' };
    }
    const conflicts = await unmet(step.before, world, outputs);
    if (conflicts.length > 0) return { status: 'conflict', step: step.id, observations: conflicts };
    const call = resolveCall(step.call, outputs);
    await world.journal.write({ kind: 'intent', step: step.id, call });
    asked = true;
    const requestIds: string[] = [];
    const output = toStored(await world.send(call, (id) => requestIds.push(id))) as Json;
    await world.journal.write({ kind: 'done', step: step.id, output, requestIds });
    outputs.set(step.id, output);
    return await settle(step, world, outputs);
  } catch (error) {
    const failure = failureOf(error);
    // A failure before the call says nothing about an earlier attempt.
    const mayHaveHappened = asked ? unanswered(error) : maybeDone;
    await world.journal.write({ kind: 'failed', step: step.id, error: failure, mayHaveHappened });
    return { status: 'failed', step: step.id, error: failure };
  }
}

async function settle(step: Step, world: World, outputs: ReadonlyMap<string, unknown>): Promise<Outcome> {
  const limitMs = (step.settleSeconds ?? SETTLE_SECONDS) * 1000;
  let pauseMs = FIRST_WAIT_MS;
  for (let waitedMs = 0; ; waitedMs += pauseMs, pauseMs = Math.min(pauseMs * 2, LONGEST_WAIT_MS)) {
    const pending = await unmet(step.after, world, outputs);
    if (pending.length === 0) break;
    if (waitedMs >= limitMs) return { status: 'unsettled', step: step.id, observations: pending };
    await world.sleep(pauseMs);
  }
  await world.journal.write({ kind: 'settled', step: step.id });
  return { status: 'complete' };
}

/**
 * Takes a run back: the inverse calls of the steps that were done, last first. Before each, what the step left behind
 * must still be there, so that nobody's later change is overwritten; after it, the before-values must hold again. Steps
 * that cannot be undone stop it with `failed`, code `NotUndoable`.
 */
export async function undo(plan: Plan, world: World, entries: readonly JournalEntry[]): Promise<Outcome> {
  const progress = progressOf(entries);
  const outputs = new Map<string, unknown>(progress.done);
  for (const step of [...plan.steps].reverse()) {
    if (progress.undone.has(step.id)) continue;
    if (!progress.done.has(step.id) && progress.uncertain !== step.id) continue;
    const outcome = await undoStep(step, world, outputs);
    if (outcome.status !== 'complete') return outcome;
  }
  return { status: 'complete' };
}

async function undoStep(step: Step, world: World, outputs: ReadonlyMap<string, unknown>): Promise<Outcome> {
  if (!Array.isArray(step.undo)) {
    const message = 'impossible' in step.undo ? step.undo.impossible : 'it has no inverse';
    return { status: 'failed', step: step.id, error: { code: 'NotUndoable', message } };
  }
  try {
    const changed = await unmet(step.after, world, outputs);
    if (changed.length > 0) {
      const alreadyBack = (await unmet(step.before, world, outputs)).length === 0;
      if (!alreadyBack) return { status: 'conflict', step: step.id, observations: changed };
      await world.journal.write({ kind: 'undone', step: step.id });
      return { status: 'complete' };
    }
    const calls = step.undo.map((call) => resolveCall(call, outputs));
    await world.journal.write({ kind: 'undo-intent', step: step.id, calls });
    const requestIds: string[] = [];
    for (const call of calls) await world.send(call, (id) => requestIds.push(id));
    const restored = await settle({ ...step, after: step.before, id: `undo ${step.id}` }, quiet(world), outputs);
    if (restored.status !== 'complete') return { ...restored, step: step.id } as Outcome;
    await world.journal.write({ kind: 'undone', step: step.id, requestIds });
    return { status: 'complete' };
  } catch (error) {
    const failure = failureOf(error);
    await world.journal.write({ kind: 'undo-failed', step: step.id, error: failure });
    return { status: 'failed', step: step.id, error: failure };
  }
}

/** The same world without a journal: waiting for an undo writes nothing. */
function quiet(world: World): World {
  return { ...world, journal: { write: () => Promise.resolve() } };
}

async function unmet(
  checks: readonly Check[],
  world: World,
  outputs: ReadonlyMap<string, unknown>,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const check of checks) {
    const observation = await observe(check, world.send, outputs);
    if (!observation.holds) observations.push(observation);
  }
  return observations;
}

/**
 * Whether a failed call may have taken effect all the same: no answer came, the service failed while working, or what
 * failed was writing down the answer.
 */
function unanswered(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === undefined || error.status >= 500;
}

function failureOf(error: unknown): CallFailure {
  if (!(error instanceof ApiError)) return { code: 'InternalError', message: messageOf(error) };
  return {
    code: error.code,
    message: error.message,
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  };
}
