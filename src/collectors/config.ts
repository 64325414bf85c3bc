import { defineCollector, resourceAt } from './collector.js';

const recorders = defineCollector({
  service: 'config',
  types: ['AWS::Config::ConfigurationRecorder'],
  reads: ['DescribeConfigurationRecorders', 'DescribeConfigurationRecorderStatus'],
  scope: 'region',
  async *collect(read, target) {
    const all = await read.list('DescribeConfigurationRecorders', {}, (page) => page.ConfigurationRecorders);
    if (all.length === 0) return;
    const states = await read.list(
      'DescribeConfigurationRecorderStatus',
      {},
      (page) => page.ConfigurationRecordersStatus,
    );
    for (const item of all) {
      const arn = `arn:${target.partition}:config:${target.region}:${target.accountId}:config-recorder/${item.name ?? ''}`;
      const Status = states.find(({ name }) => name === item.name);
      yield resourceAt(target, 'AWS::Config::ConfigurationRecorder', arn, {
        ...item,
        ...(Status === undefined ? {} : { Status }),
      });
    }
  },
});

const channels = defineCollector({
  service: 'config',
  types: ['AWS::Config::DeliveryChannel'],
  reads: ['DescribeDeliveryChannels'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeDeliveryChannels', {}, (page) => page.DeliveryChannels)) {
      const arn = `arn:${target.partition}:config:${target.region}:${target.accountId}:delivery-channel/${item.name ?? ''}`;
      yield resourceAt(target, 'AWS::Config::DeliveryChannel', arn, item);
    }
  },
});

/** The collectors of AWS Config. */
export const config = [recorders, channels] as const;
