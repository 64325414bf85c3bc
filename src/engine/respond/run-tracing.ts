import type { WorkflowInput, WorkflowName } from './durable.js';
import type { RunContext } from './run-context.js';

/** What a run's time goes to. Waiting for a person is none: nothing is at work meanwhile. */
export type RunPhase = 'rehearse' | 'apply' | 'undo' | 'verify' | 'attest';

/** What a trace tells of a run: what it is about and where it stands; nothing of what was read, planned or answered. */
export interface TracedRun {
  readonly controlId: string;
  readonly accountId: string;
  readonly resourceArn: string;
  readonly state: string;
}

/** Whoever traces runs. A worker has none unless it is asked for: then nothing is measured and nothing read. */
export interface RunTracing {
  /** Does the work of a workflow; what it was about is asked once it has ended. @throws what the work throws. */
  workflow(
    name: WorkflowName,
    input: WorkflowInput,
    work: () => Promise<void>,
    about: () => Promise<TracedRun | undefined>,
  ): Promise<void>;
  /** Does a phase of the workflow that is under way. @throws what the work throws. */
  phase<Made>(phase: RunPhase, work: () => Promise<Made>): Promise<Made>;
}

/** Does a phase of a run, traced where runs are traced. */
export function inPhase<Made>(
  { tracing }: Pick<RunContext, 'tracing'>,
  phase: RunPhase,
  work: () => Promise<Made>,
): Promise<Made> {
  return tracing === undefined ? work() : tracing.phase(phase, work);
}
