import { defineCollector, resourceAt } from './collector.js';

/** When an agent last said hello changes by itself. */
const VOLATILE = /^LastPingDateTime$/;

const managedInstances = defineCollector({
  service: 'ssm',
  types: ['AWS::SSM::ManagedInstanceInventory'],
  reads: ['DescribeInstanceInformation'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('DescribeInstanceInformation', { MaxResults: 50 }, (page) => page.InstanceInformationList)) {
      const arn = `arn:${target.partition}:ssm:${target.region}:${target.accountId}:managed-instance-inventory/${item.InstanceId ?? ''}`;
      const configuration = Object.fromEntries(Object.entries(item).filter(([name]) => !VOLATILE.test(name)));
      yield resourceAt(target, 'AWS::SSM::ManagedInstanceInventory', arn, configuration);
    }
  },
});

/** DescribeInstancePatchStates takes this many instances at most. */
const INSTANCES_MAX = 50;

const patchCompliance = defineCollector({
  service: 'ssm',
  types: ['AWS::SSM::PatchCompliance'],
  reads: ['DescribeInstanceInformation', 'DescribeInstancePatchStates'],
  scope: 'region',
  async *collect(read, target) {
    const managed = await read.list('DescribeInstanceInformation', { MaxResults: 50 }, (page) => page.InstanceInformationList);
    const ids = managed.flatMap(({ InstanceId }) => InstanceId ?? []);
    for (let start = 0; start < ids.length; start += INSTANCES_MAX) {
      const InstanceIds = ids.slice(start, start + INSTANCES_MAX);
      for (const item of await read.list('DescribeInstancePatchStates', { InstanceIds }, (page) => page.InstancePatchStates)) {
        const arn = `arn:${target.partition}:ssm:${target.region}:${target.accountId}:patch-compliance/${item.InstanceId}`;
        yield resourceAt(target, 'AWS::SSM::PatchCompliance', arn, item);
      }
    }
  },
});

const documents = defineCollector({
  service: 'ssm',
  types: ['AWS::SSM::Document'],
  reads: ['ListDocuments', 'DescribeDocument', 'GetDocument'],
  scope: 'region',
  async *collect(read, target) {
    const own = [{ Key: 'Owner' as const, Values: ['Self'] }];
    const listed = await read.list('ListDocuments', { Filters: own, MaxResults: 50 }, (page) => page.DocumentIdentifiers);
    const made = await read.each(listed, async ({ Name = '' }) => {
      const arn = `arn:${target.partition}:ssm:${target.region}:${target.accountId}:document/${Name}`;
      const described = await read.detail('DescribeDocument', { Name }, arn);
      const got = await read.detail('GetDocument', { Name }, arn);
      return resourceAt(target, 'AWS::SSM::Document', arn, { ...described?.Document, Name, Content: got?.Content ?? '' });
    });
    yield* made;
  },
});

export const ssm = [managedInstances, patchCompliance, documents] as const;
