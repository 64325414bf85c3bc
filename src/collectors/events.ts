import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['ResourceNotFoundException'];

const PAGE = { Limit: 100 };

const eventBuses = defineCollector({
  service: 'events',
  types: ['AWS::Events::EventBus'],
  reads: ['ListEventBuses'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('ListEventBuses', PAGE, (page) => page.EventBuses)) {
      yield resourceAt(target, 'AWS::Events::EventBus', item.Arn ?? '', item);
    }
  },
});

/** Rules with their targets. A rule whose targets cannot be read is not kept: it would seem to do nothing. */
const eventRules = defineCollector({
  service: 'events',
  types: ['AWS::Events::Rule'],
  reads: ['ListEventBuses', 'ListRules', 'ListTargetsByRule'],
  scope: 'region',
  async *collect(read, target) {
    const buses = await read.list('ListEventBuses', PAGE, (page) => page.EventBuses);
    for (const { Name: EventBusName = 'default' } of buses) {
      const rules = await read.list('ListRules', { EventBusName, ...PAGE }, (page) => page.Rules);
      const made = await read.each(rules, async (rule) => {
        const { Arn = '', Name: Rule = '' } = rule;
        const input = { Rule, EventBusName, ...PAGE };
        const Targets = await read.details('ListTargetsByRule', input, (page) => page.Targets, undefined, GONE);
        return Targets ? [resourceAt(target, 'AWS::Events::Rule', Arn, { ...rule, Targets })] : [];
      });
      yield* made.flat();
    }
  },
});

/** EventBridge's collectors. */
export const events = [eventBuses, eventRules] as const;
