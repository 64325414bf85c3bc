import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['ResourceNotFoundException'];
const NO_POLICY = ['PolicyNotFoundException'];

/** Tables with their resource policies and those of their streams. */
const tables = defineCollector({
  service: 'dynamodb',
  types: ['AWS::DynamoDB::Table'],
  reads: ['ListTables', 'DescribeTable', 'GetResourcePolicy'],
  scope: 'region',
  async *collect(read, target) {
    const names = await read.list('ListTables', { Limit: 100 }, (page) => page.TableNames);
    const made = await read.each(names, async (TableName) => {
      const arn = `arn:${target.partition}:dynamodb:${target.region}:${target.accountId}:table/${TableName}`;
      const described = await read.detail('DescribeTable', { TableName }, arn, GONE);
      if (described === null) return [];
      // Volatile: how much it holds.
      const { TableSizeBytes: _, ItemCount: _count, ...own } = described?.Table ?? { TableName, TableArn: arn };
      const policy = await read.detail('GetResourcePolicy', { ResourceArn: arn }, arn, NO_POLICY);
      const stream = own.LatestStreamArn;
      const streamPolicy =
        stream === undefined
          ? described === undefined
            ? undefined
            : null
          : await read.detail('GetResourcePolicy', { ResourceArn: stream }, arn, [...NO_POLICY, ...GONE]);
      const resource = resourceAt(target, 'AWS::DynamoDB::Table', arn, {
        ...own,
        ...(policy === undefined ? {} : { ResourcePolicy: policy?.Policy ?? null }),
        ...(streamPolicy === undefined ? {} : { StreamResourcePolicy: streamPolicy?.Policy ?? null }),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

/** DynamoDB's collector. */
export const dynamodb = [tables] as const;
