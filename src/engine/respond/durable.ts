import type { Queries } from '../../store/postgres/database.js';

/** The workflows there are. A name has its version: what was begun by an older Hikeshi is ended by the code of its name. */
export type WorkflowName = 'propose@1' | 'apply@1' | 'apply@2' | 'undo@1';

/** What a workflow is about: the run, and nothing else. All it needs is in the run's rows, which is why it can wait for weeks. */
export interface WorkflowInput {
  readonly runId: string;
  readonly turn: number;
}

/**
 * What a workflow asks of the engine that carries it. A workflow that was cut off is begun again from its start, by
 * whichever worker is there: steps that ended are not done again but answer what they answered.
 */
export interface Durable {
  /** Does work once it has ended; again from its start when it was cut off before that. So work must be repeatable. */
  step<Made>(name: string, work: () => Promise<Made>): Promise<Made>;
  /** Waits; over restarts, until the moment that was meant when it was begun. */
  sleep(milliseconds: number): Promise<void>;
  /** Whether an error means that this execution has lost its workflow to another worker, or that the engine ends. */
  isLost(error: unknown): boolean;
}

/** How workflows are begun: in the transaction of what they follow from, so that neither is without the other. */
export interface Enqueue {
  (client: Queries, name: WorkflowName, input: WorkflowInput, options: EnqueueOptions): Promise<void>;
}

export interface EnqueueOptions {
  /** Workflows of one lane go one after another. */
  readonly lane: number;
  /** Not before this moment. */
  readonly at?: Date;
}

/** Resources are put into this many lanes: more would cost a look at each of them whenever the queue is looked at. */
export const LANES = 1024;

/** A workflow's id: the same wish twice is one workflow. */
export function workflowId(name: WorkflowName, { runId, turn }: WorkflowInput): string {
  return `${name}:${runId}:${turn}`;
}
