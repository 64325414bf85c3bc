import { Gauge, type Registry } from 'prom-client';
import type { Hub } from '../../engine/hub/hub.js';
import type { FindingFilters } from '../../findings/hub/finding-hub.js';

const equals = (Value: string) => ({ Comparison: 'EQUALS' as const, Value });
/** As the consoles count them: active, failed or no check at all, and nobody has settled them. */
const open: FindingFilters = {
  RecordState: [equals('ACTIVE')],
  WorkflowStatus: [equals('NEW'), equals('NOTIFIED')],
  ComplianceStatus: [{ Comparison: 'NOT_EQUALS', Value: 'PASSED' }],
};
const SEVERITIES_MAX = 10;

/**
 * Gauges of what waits in a hub: events, deliveries, runs, open findings. They are read when Prometheus asks, and are of
 * the whole hub, whichever process answers.
 *
 * @returns what reads them. Where that fails they are absent rather than old, and `hikeshi_backlog_known` is 0.
 */
export function openBacklog(registry: Registry, { findings, backlog }: Hub): () => Promise<void> {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge<Label>({ name: `hikeshi_${name}`, help, labelNames, registers: [registry] });
  const known = gauge('backlog_known', 'whether the hub could read what waits');
  const events = gauge('events', 'events that are waiting, or were put aside because deciding them failed', 'state');
  const deliveries = gauge('deliveries', 'deliveries that are waiting, or were given up', 'state');
  const runs = gauge('runs', 'runs by state', 'state');
  const severities = gauge('open_findings', 'open findings by severity', 'severity');
  return async () => {
    for (const each of [events, deliveries, runs, severities]) each.reset();
    try {
      const [waits, counts] = await Promise.all([
        backlog(),
        findings.countBy('SeverityLabel', { filters: open, limit: SEVERITIES_MAX }),
      ]);
      events.set({ state: 'waiting' }, waits.eventsWaiting);
      events.set({ state: 'aside' }, waits.eventsAside);
      deliveries.set({ state: 'waiting' }, waits.deliveriesWaiting);
      deliveries.set({ state: 'failed' }, waits.deliveriesFailed);
      for (const { state, count } of waits.runs) runs.set({ state }, count);
      for (const { value, count } of counts) severities.set({ severity: value }, count);
      known.set(1);
    } catch {
      // Told by the gauge itself: who watches the hub is to see it, and the process's own figures, all the same.
      known.set(0);
    }
  };
}
