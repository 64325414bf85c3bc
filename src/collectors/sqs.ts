import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

/** Volatile: how many messages wait. */
const VOLATILE = /^ApproximateNumberOf/;

const queues = defineCollector({
  service: 'sqs',
  types: ['AWS::SQS::Queue'],
  reads: ['ListQueues', 'GetQueueAttributes', 'ListQueueTags'],
  scope: 'region',
  async *collect(read, target) {
    // Without MaxResults, ListQueues answers a thousand and no token.
    const urls = await read.list('ListQueues', { MaxResults: 1000 }, (page) => page.QueueUrls);
    const made = await read.each(urls, async (QueueUrl) => {
      const QueueName = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
      const arn = `arn:${target.partition}:sqs:${target.region}:${target.accountId}:${QueueName}`;
      const answer = await read.detail('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }, arn, GONE);
      if (answer === null) return [];
      const tags = await read.detail('ListQueueTags', { QueueUrl }, arn);
      const lasting = Object.entries(answer?.Attributes ?? {}).filter(([name]) => !VOLATILE.test(name));
      const resource = resourceAt(target, 'AWS::SQS::Queue', arn, {
        QueueName,
        Attributes: { QueueArn: arn, ...Object.fromEntries(lasting) },
        ...(tags === undefined ? {} : { Tags: tags?.Tags ?? {} }),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

/** SQS's collector. */
export const sqs = [queues] as const;
