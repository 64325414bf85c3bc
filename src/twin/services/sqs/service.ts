import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { messages } from './messages.js';
import { queue, queues } from './queue.js';

/**
 * A queue's URL. Over HTTP it names the twin's own host: SDKs use the URL as the endpoint, and AWS's own host would
 * send the next call to real AWS.
 */
function urlOf(context: Context, name: string): string {
  const host = context.endpoint ?? `https://sqs.${context.region}.amazonaws.com`;
  return `${host}/${context.accountId}/${name}`;
}

const queueing = handlers('sqs', {
  ListQueues(input, context) {
    context.authorize();
    const own = queues(context)
      .all()
      .filter(({ configuration }) => configuration.QueueName.startsWith(input.QueueNamePrefix ?? ''));
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 1000);
    return {
      ...(items.length === 0
        ? {}
        : { QueueUrls: items.map(({ configuration }) => urlOf(context, configuration.QueueName)) }),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  },
  GetQueueUrl: (input, context) => ({
    QueueUrl: urlOf(context, queue(context, input.QueueName).configuration.QueueName),
  }),
  CreateQueue(input, context) {
    const arn = context.arn(input.QueueName);
    context.authorize(arn);
    if (queues(context).get(arn) === undefined) {
      const seconds = String(Math.floor(context.now.getTime() / 1000));
      const Attributes = {
        QueueArn: arn,
        CreatedTimestamp: seconds,
        LastModifiedTimestamp: seconds,
        VisibilityTimeout: '30',
        MaximumMessageSize: '262144',
        MessageRetentionPeriod: '345600',
        DelaySeconds: '0',
        ReceiveMessageWaitTimeSeconds: '0',
        SqsManagedSseEnabled: 'true',
        ...input.Attributes,
      };
      queues(context).put(arn, { QueueName: input.QueueName, Attributes, Tags: input.tags ?? {} });
    }
    return { QueueUrl: urlOf(context, input.QueueName) };
  },
  DeleteQueue(input, context) {
    queues(context).remove(queue(context, input.QueueUrl).arn);
  },
  GetQueueAttributes(input, context) {
    const { Attributes } = queue(context, input.QueueUrl).configuration;
    const names = input.AttributeNames ?? [];
    const wanted = Object.entries(Attributes).filter(
      ([name]) => names.includes('All') || names.includes(name as QueueAttributeName),
    );
    return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) };
  },
  SetQueueAttributes(input, context) {
    queues(context).edit(queue(context, input.QueueUrl).arn, (edited) => {
      for (const [name, value] of Object.entries(input.Attributes)) {
        if (value === '') delete edited.Attributes[name];
        else edited.Attributes[name] = value;
      }
    });
  },
  ListQueueTags(input, context) {
    const { Tags = {} } = queue(context, input.QueueUrl).configuration;
    return Object.keys(Tags).length === 0 ? {} : { Tags };
  },
});

/** SQS on the twin. */
export const service = implement('sqs', queueing, messages);
