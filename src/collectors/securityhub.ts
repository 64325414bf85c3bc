import { defineCollector, resourceAt } from './collector.js';

/** An account that does not use Security Hub answers so. */
const NOT_IN_USE = ['InvalidAccessException', 'ResourceNotFoundException'];

const hubs = defineCollector({
  service: 'securityhub',
  types: ['AWS::SecurityHub::Hub', 'AWS::SecurityHub::ActionTarget'],
  reads: ['DescribeHub', 'DescribeActionTargets'],
  scope: 'region',
  async *collect(read, target) {
    const hub = await read.one('DescribeHub', {}, NOT_IN_USE);
    if (hub?.HubArn === undefined) return;
    yield resourceAt(target, 'AWS::SecurityHub::Hub', hub.HubArn, hub);
    for (const item of await read.list('DescribeActionTargets', {}, (page) => page.ActionTargets)) {
      yield resourceAt(target, 'AWS::SecurityHub::ActionTarget', item.ActionTargetArn ?? '', item);
    }
  },
});

/** The collector of Security Hub. */
export const securityhub = [hubs] as const;
