import { messageOf } from '../../base/problem.js';
import { Fenced } from '../../store/postgres/runs/run-journal.js';
import { lockRun, moveRun, readRun } from '../../store/postgres/runs/run-table.js';
import { applyRun, isClosed } from './apply-run.js';
import { carryOut } from './carry-out.js';
import type { Durable, WorkflowInput, WorkflowName } from './durable.js';
import { carryBack, finishRun, giveUp, lookAtRun } from './finish.js';
import type { FindingVerdict } from './ports.js';
import { proposeRun } from './propose.js';
import type { RunContext } from './run-context.js';
import { laneOf } from './run-record.js';
import { inPhase } from './run-tracing.js';

/** A workflow's body: on any engine, real or simulated. */
export type Workflow = (durable: Durable, context: RunContext, input: WorkflowInput) => Promise<void>;

/** How often and how far apart a fix is looked for: AWS needs up to a minute to agree with itself. */
const LOOKS_MAX = 7;
const FIRST_PAUSE_MS = 500;
const TRIES_MAX = 8;
/** A resource that another run works on, or a ledger that another machine writes, is looked at again after this. */
const BUSY_MS = 5000;

/**
 * The workflows, by name and version. A change to the steps of one gets a new version beside the old, which stays here
 * until none of its runs is left. No workflow waits for a person: that is a row, and the workflow after it another one.
 */
export const workflows: Readonly<Record<WorkflowName, Workflow>> = {
  'propose@1': guarded('propose@1', (durable, context, input) =>
    persistently(durable, context, () => proposeRun(context, input.runId)),
  ),

  'apply@1': guarded('apply@1', async (durable, context, input) => {
    const carried = await durable.step('carry out', () => carryOut(context, input));
    if (carried.kind === 'over') return;
    if (carried.kind === 'later') {
      return durable.step('later', () => again(context, 'apply@1', input, new Date(carried.at), carried.why));
    }
    const { outcome } = carried;
    let verdict: FindingVerdict | undefined;
    if (outcome.status === 'complete') {
      verdict = await lookUntil(durable, context, input, isClosed);
    }
    await durable.step('finish', () => finishRun(context, input, { verb: 'apply', outcome, verdict }));
  }),

  'apply@2': guarded('apply@2', async (durable, context, input) => {
    const applied = await persistently(durable, context, () => applyRun(context, input));
    if (applied.kind === 'over') return;
    if (applied.kind === 'later') {
      const { at, why } = applied;
      return persistently(durable, context, () => again(context, 'apply@2', input, new Date(at), why));
    }
    const { outcome } = applied;
    const look = () => lookUntil(durable, context, input, isClosed, applied.verdict);
    const verdict = await inPhase(context, 'verify', look);
    const finish = () => finishRun(context, input, { verb: 'apply', outcome, verdict });
    await inPhase(context, 'attest', () => durable.step('finish', finish));
  }),

  'undo@1': guarded('undo@1', async (durable, context, input) => {
    const carried = await inPhase(context, 'undo', () => durable.step('carry back', () => carryBack(context, input)));
    if (carried.kind === 'over') return;
    if (carried.kind === 'later') {
      const at = new Date(context.ports.now().getTime() + BUSY_MS);
      return durable.step('later', () => again(context, 'undo@1', input, at, 'another run is working on the resource'));
    }
    const { outcome } = carried;
    let verdict: FindingVerdict | undefined;
    if (outcome.status === 'complete') {
      const look = () => lookUntil(durable, context, input, ({ status }) => status === 'FAILED');
      verdict = await inPhase(context, 'verify', look);
    }
    const finish = () => finishRun(context, input, { verb: 'undo', outcome, verdict });
    await inPhase(context, 'attest', () => durable.step('finish', finish));
  }),
};

/**
 * Work that finds by the run's own rows what of it is done: the engine need not remember that it has ended. A workflow
 * that was cut off does it again, and a step would cost as many statements as the work itself.
 */
async function persistently<Made>(durable: Durable, { ports }: RunContext, work: () => Promise<Made>): Promise<Made> {
  for (let attempt = 1, pauseMs = FIRST_PAUSE_MS; ; attempt++, pauseMs *= 2) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Fenced || durable.isLost(error) || attempt >= TRIES_MAX) throw error;
      await ports.sleep(pauseMs);
    }
  }
}

/** Looks until it is as wanted or the looks are used up; what was seen last is what counts. */
async function lookUntil(
  durable: Durable,
  context: RunContext,
  { runId }: WorkflowInput,
  wanted: (verdict: FindingVerdict) => boolean,
  seen?: FindingVerdict,
): Promise<FindingVerdict> {
  let verdict = seen ?? (await durable.step('look 1', () => lookAtRun(context, runId)));
  for (let look = 2, pauseMs = FIRST_PAUSE_MS; look <= LOOKS_MAX && !wanted(verdict); look++, pauseMs *= 2) {
    await durable.sleep(pauseMs);
    verdict = await durable.step(`look ${look}`, () => lookAtRun(context, runId));
  }
  return verdict;
}

/** Begins the workflow anew at a later time: nothing of a worker and no lane is held while it waits. */
async function again(
  context: RunContext,
  name: WorkflowName,
  input: WorkflowInput,
  at: Date,
  why: string,
): Promise<void> {
  const { database, ports, enqueue } = context;
  await database.transaction(async (client) => {
    const run = await lockRun(client, input.runId);
    if (run === undefined || run.turn !== input.turn || !DURING[name].includes(run.state)) return;
    const turn = run.turn + 1;
    const reason = `waits until ${at.toISOString()}: ${why}`;
    await moveRun(client, run.id, run.state, ports.now().toISOString(), { turn, reason });
    await enqueue(client, name, { runId: run.id, turn }, { lane: laneOf(run.resourceArn), at });
  });
}

/** Which states of a run each workflow is for. */
const DURING: Readonly<Record<WorkflowName, readonly string[]>> = {
  'propose@1': ['requested'],
  'apply@1': ['approved', 'applying'],
  'apply@2': ['approved', 'applying'],
  'undo@1': ['undoing'],
};

/**
 * A workflow whose steps fail for good ends its run with what failed. One that finds its claim taken begins anew: a worker
 * that was frozen may have woken, taken the claim of the one that replaced it, and be gone again.
 */
function guarded(name: WorkflowName, body: Workflow): Workflow {
  return async (durable, context, input) => {
    try {
      await traced(name, context, input, () => body(durable, context, input));
    } catch (error) {
      if (error instanceof Fenced) {
        const soon = new Date(context.ports.now().getTime() + FIRST_PAUSE_MS);
        await durable.step('fenced', () => again(context, name, input, soon, 'another worker had it'));
        return;
      }
      if (durable.isLost(error)) throw error;
      await durable.step('give up', () => giveUp(context, input, `it failed again and again: ${messageOf(error)}`));
    }
  };
}

/** Does a workflow's work, traced where runs are traced. */
function traced(
  name: WorkflowName,
  { tracing, database }: RunContext,
  input: WorkflowInput,
  work: () => Promise<void>,
): Promise<void> {
  return tracing === undefined ? work() : tracing.workflow(name, input, work, () => readRun(database, input.runId));
}
