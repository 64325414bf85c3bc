import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['InvalidDocument'];

/** Volatile: when an agent last said hello and when its associations last ran, every few minutes on every instance. */
const VOLATILE = /^(LastPingDateTime|LastAssociationExecutionDate|LastSuccessfulAssociationExecutionDate)$/;

/** DescribeInstanceInformation answers this many at most. */
const PAGE = { MaxResults: 50 };

const managedInstances = defineCollector({
  service: 'ssm',
  types: ['AWS::SSM::ManagedInstanceInventory'],
  reads: ['DescribeInstanceInformation'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('DescribeInstanceInformation', PAGE, (page) => page.InstanceInformationList);
    for (const { InstanceId = '', ...item } of listed) {
      const arn = `arn:${target.partition}:ssm:${target.region}:${target.accountId}:managed-instance-inventory/${InstanceId}`;
      const lasting = Object.fromEntries(Object.entries(item).filter(([name]) => !VOLATILE.test(name)));
      yield resourceAt(target, 'AWS::SSM::ManagedInstanceInventory', arn, { InstanceId, ...lasting });
    }
  },
});

/** DescribeInstancePatchStates takes this many instances at most. */
const INSTANCES_MAX = 50;

/** The patch states of managed instances; one that was never scanned has none. */
const patchCompliance = defineCollector({
  service: 'ssm',
  types: ['AWS::SSM::PatchCompliance'],
  reads: ['DescribeInstanceInformation', 'DescribeInstancePatchStates'],
  scope: 'region',
  async *collect(read, target) {
    const managed = await read.list('DescribeInstanceInformation', PAGE, (page) => page.InstanceInformationList);
    const ids = managed.flatMap(({ InstanceId }) => InstanceId ?? []);
    for (let start = 0; start < ids.length; start += INSTANCES_MAX) {
      const InstanceIds = ids.slice(start, start + INSTANCES_MAX);
      const states = await read.list(
        'DescribeInstancePatchStates',
        { InstanceIds },
        (page) => page.InstancePatchStates,
      );
      for (const item of states) {
        const arn = `arn:${target.partition}:ssm:${target.region}:${target.accountId}:patch-compliance/${item.InstanceId}`;
        yield resourceAt(target, 'AWS::SSM::PatchCompliance', arn, item);
      }
    }
  },
});

/** The account's own documents, whole, in the format they were written in. One that cannot be read is not kept. */
const documents = defineCollector({
  service: 'ssm',
  types: ['AWS::SSM::Document'],
  reads: ['ListDocuments', 'DescribeDocument', 'GetDocument'],
  scope: 'region',
  async *collect(read, target) {
    const own = { Filters: [{ Key: 'Owner', Values: ['Self'] }], ...PAGE };
    const listed = await read.list('ListDocuments', own, (page) => page.DocumentIdentifiers);
    const made = await read.each(listed, async ({ Name = '', DocumentFormat }) => {
      const described = await read.one('DescribeDocument', { Name }, GONE);
      const format = DocumentFormat === undefined ? {} : { DocumentFormat };
      const got = described ? await read.one('GetDocument', { Name, ...format }, GONE) : undefined;
      if (!described?.Document || got?.Content === undefined) return [];
      const arn = `arn:${target.partition}:ssm:${target.region}:${target.accountId}:document/${Name}`;
      const resource = resourceAt(target, 'AWS::SSM::Document', arn, { ...described.Document, Content: got.Content });
      return [resource];
    });
    yield* made.flat();
  },
});

/** The collectors of Systems Manager. */
export const ssm = [managedInstances, patchCompliance, documents] as const;
