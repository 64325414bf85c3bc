import { defineCollector, resourceAt } from './collector.js';

/** Tags take a call for each group, of which accounts have very many: they are not read. */
const groups = defineCollector({
  service: 'logs',
  types: ['AWS::Logs::LogGroup'],
  reads: ['DescribeLogGroups'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeLogGroups', { limit: 50 }, (page) => page.logGroups)) {
      // How much is stored changes with every event.
      const { storedBytes: _, ...configuration } = item;
      yield resourceAt(target, 'AWS::Logs::LogGroup', (item.arn ?? '').replace(/:\*$/, ''), configuration);
    }
  },
});

const filters = defineCollector({
  service: 'logs',
  types: ['AWS::Logs::MetricFilter'],
  reads: ['DescribeMetricFilters'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeMetricFilters', { limit: 50 }, (page) => page.metricFilters)) {
      const group = `arn:${target.partition}:logs:${target.region}:${target.accountId}:log-group:${item.logGroupName ?? ''}`;
      yield resourceAt(target, 'AWS::Logs::MetricFilter', `${group}:metric-filter:${item.filterName ?? ''}`, item);
    }
  },
});

/** The collectors of CloudWatch Logs. */
export const logs = [groups, filters] as const;
