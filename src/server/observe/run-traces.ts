import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import { workflowId } from '../../engine/respond/durable.js';
import type { RunTracing } from '../../engine/respond/run-tracing.js';
import type { SpanIds } from './chosen-ids.js';
import type { Telemetry } from './telemetry.js';

/**
 * Makes the work on runs spans.
 *
 * A run is worked on by several processes, with weeks in between while it waits for a person. So its trace id follows from
 * its own id, whoever works on it: rehearsing is one span, and applying another one that is linked to it.
 */
export function traceRuns({ api, tracer, ids }: Telemetry): RunTracing {
  const { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } = api;
  const current = new AsyncLocalStorage<Span>();
  const within = async <Made>(span: Span, work: () => Promise<Made>): Promise<Made> => {
    try {
      return await current.run(span, work);
    } catch (error) {
      // Its name and not its text: what failed may have quoted anything.
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    }
  };
  return {
    async workflow(name, input, work, about) {
      const verb = name.replace(/@.*/, '');
      const own = idsOf(input.runId, workflowId(name, input));
      const proposal = idsOf(input.runId, workflowId('propose@1', { runId: input.runId, turn: 0 }));
      const links = verb === 'propose' ? [] : [{ context: { ...proposal, traceFlags: TraceFlags.SAMPLED } }];
      const attributes = { 'hikeshi.run.id': input.runId };
      const span = ids.next(own, () =>
        tracer.startSpan(`run ${verb}`, { root: true, attributes, links }, ROOT_CONTEXT),
      );
      try {
        await within(span, work);
      } finally {
        // A trace that cannot be told whole is told without: a run never fails for its sake.
        const run = await about().catch(() => undefined);
        if (run !== undefined) {
          span.setAttributes({
            'hikeshi.control.id': run.controlId,
            'cloud.account.id': run.accountId,
            'cloud.resource_id': run.resourceArn,
            'hikeshi.run.outcome': run.state,
          });
        }
        span.end();
      }
    },
    async phase(phase, work) {
      const parent = current.getStore();
      if (parent === undefined) return work();
      const span = tracer.startSpan(phase, {}, trace.setSpan(ROOT_CONTEXT, parent));
      try {
        return await within(span, work);
      } finally {
        span.end();
      }
    },
  };
}

/** The ids of a workflow's span: the same on every machine. */
function idsOf(runId: string, workflow: string): SpanIds {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  return { traceId: hash(`run ${runId}`).slice(0, 32), spanId: hash(`workflow ${workflow}`).slice(0, 16) };
}
