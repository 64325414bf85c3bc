import type { Finding } from '../../findings/finding.js';
import type { Outcome } from '../../playbooks/execute.js';
import { beginRun } from './begin.js';
import { carryOn } from './carry-out.js';
import type { WorkflowInput } from './durable.js';
import { finishRun, lookAt } from './finish.js';
import type { FindingVerdict } from './ports.js';
import type { RunContext } from './run-context.js';
import { inPhase } from './run-tracing.js';

/** How far applying came. */
export type Applied =
  /** Carried out, and not seen to have closed the finding yet: AWS may need a while to agree with itself. */
  | { readonly kind: 'unseen'; readonly outcome: Outcome; readonly verdict: FindingVerdict }
  | { readonly kind: 'later'; readonly at: string; readonly why: string }
  | { readonly kind: 'over' };

/** Whether a look shows that the finding is closed: nothing is left to wait for. */
export const isClosed = ({ status }: FindingVerdict): boolean => status === 'PASSED' || status === 'absent';

/**
 * Carries a run out, looks, and ends it where there is nothing to wait for: for most runs that is all. Each part of it
 * finds by the run's own rows what was done, so the engine need not remember anything in between.
 */
export async function applyRun(context: RunContext, input: WorkflowInput): Promise<Applied> {
  const begun = await beginRun(context, input);
  if (begun.kind === 'later' || begun.kind === 'over') return begun;
  const outcome = await inPhase(context, 'apply', () => carryOn(context, begun));
  const isDone = outcome.status === 'complete';
  const finding = begun.run.finding as Finding;
  const verdict = isDone ? await inPhase(context, 'verify', () => lookAt(context.ports, finding)) : undefined;
  if (verdict !== undefined && !isClosed(verdict)) return { kind: 'unseen', outcome, verdict };
  await inPhase(context, 'attest', () => finishRun(context, input, { verb: 'apply', outcome, verdict }));
  return { kind: 'over' };
}
