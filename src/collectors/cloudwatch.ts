import { defineCollector, resourceAt } from './collector.js';

/** Whether an alarm rings, and since when, changes by itself: it is no part of the configuration. */
const VOLATILE = /^State(Value|Reason|ReasonData|UpdatedTimestamp|TransitionedTimestamp)$/;

const alarms = defineCollector({
  service: 'cloudwatch',
  types: ['AWS::CloudWatch::Alarm'],
  reads: ['DescribeAlarms'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeAlarms', { MaxRecords: 100 }, (page) => page.MetricAlarms)) {
      const configuration = Object.fromEntries(Object.entries(item).filter(([name]) => !VOLATILE.test(name)));
      yield resourceAt(target, 'AWS::CloudWatch::Alarm', item.AlarmArn ?? '', configuration);
    }
  },
});

/** The collector of CloudWatch. */
export const cloudwatch = [alarms] as const;
