import { defineCollector, resourceAt } from './collector.js';

const topics = defineCollector({
  service: 'sns',
  types: ['AWS::SNS::Topic'],
  reads: ['ListTopics', 'GetTopicAttributes', 'ListTagsForResource'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListTopics', {}, (page) => page.Topics);
    const made = await read.each(listed, async ({ TopicArn = '' }) => {
      const attributes = await read.detail('GetTopicAttributes', { TopicArn }, TopicArn);
      const tags = await read.detail('ListTagsForResource', { ResourceArn: TopicArn }, TopicArn);
      const Tags = tags?.Tags?.map(({ Key = '', Value = '' }) => ({ Key, Value }));
      const Attributes = attributes?.Attributes ?? {};
      return resourceAt(target, 'AWS::SNS::Topic', TopicArn, { TopicArn, Attributes, ...(Tags === undefined ? {} : { Tags }) });
    });
    yield* made;
  },
});

const subscriptions = defineCollector({
  service: 'sns',
  types: ['AWS::SNS::Subscription'],
  reads: ['ListSubscriptions', 'GetSubscriptionAttributes'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListSubscriptions', {}, (page) => page.Subscriptions);
    const confirmed = listed.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:') === true);
    const made = await read.each(confirmed, async ({ SubscriptionArn = '' }) => {
      const answer = await read.detail('GetSubscriptionAttributes', { SubscriptionArn }, SubscriptionArn);
      return resourceAt(target, 'AWS::SNS::Subscription', SubscriptionArn, { SubscriptionArn, Attributes: answer?.Attributes ?? {} });
    });
    yield* made;
  },
});

/** How many messages wait changes by itself. */
const VOLATILE = /^ApproximateNumberOf/;

const queues = defineCollector({
  service: 'sqs',
  types: ['AWS::SQS::Queue'],
  reads: ['ListQueues', 'GetQueueAttributes', 'ListQueueTags'],
  scope: 'region',
  async *collect(read, target) {
    const urls = await read.list('ListQueues', { MaxResults: 1000 }, (page) => page.QueueUrls);
    const made = await read.each(urls, async (QueueUrl) => {
      const QueueName = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
      const arn = `arn:${target.partition}:sqs:${target.region}:${target.accountId}:${QueueName}`;
      const answer = await read.detail('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }, arn);
      const tags = await read.detail('ListQueueTags', { QueueUrl }, arn);
      const Attributes = Object.fromEntries(Object.entries(answer?.Attributes ?? {}).filter(([name]) => !VOLATILE.test(name)));
      return resourceAt(target, 'AWS::SQS::Queue', arn, { QueueName, Attributes, ...(tags === undefined ? {} : { Tags: tags?.Tags ?? {} }) });
    });
    yield* made;
  },
});

const eventBuses = defineCollector({
  service: 'events',
  types: ['AWS::Events::EventBus'],
  reads: ['ListEventBuses'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('ListEventBuses', {}, (page) => page.EventBuses)) {
      yield resourceAt(target, 'AWS::Events::EventBus', item.Arn ?? '', item);
    }
  },
});

const eventRules = defineCollector({
  service: 'events',
  types: ['AWS::Events::Rule'],
  reads: ['ListEventBuses', 'ListRules', 'ListTargetsByRule'],
  scope: 'region',
  async *collect(read, target) {
    const buses = await read.list('ListEventBuses', {}, (page) => page.EventBuses);
    for (const { Name: EventBusName = 'default' } of buses) {
      const rules = await read.list('ListRules', { EventBusName }, (page) => page.Rules);
      const made = await read.each(rules, async (rule) => {
        const { Arn = '', Name = '' } = rule;
        const Targets = await read.details('ListTargetsByRule', { Rule: Name, EventBusName }, (page) => page.Targets, Arn);
        return resourceAt(target, 'AWS::Events::Rule', Arn, { ...rule, Targets: Targets ?? [] });
      });
      yield* made;
    }
  },
});

const functions = defineCollector({
  service: 'lambda',
  types: ['AWS::Lambda::Function'],
  reads: ['ListFunctions', 'GetPolicy', 'ListTags'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListFunctions', { MaxItems: 50 }, (page) => page.Functions);
    const made = await read.each(listed, async (item) => {
      const { FunctionArn = '', FunctionName = '' } = item;
      const policy = await read.detail('GetPolicy', { FunctionName }, FunctionArn, ['ResourceNotFoundException']);
      const tags = await read.detail('ListTags', { Resource: FunctionArn }, FunctionArn);
      return resourceAt(target, 'AWS::Lambda::Function', FunctionArn, {
        ...item,
        ...(policy === undefined ? {} : { Policy: policy?.Policy ?? null }),
        ...(tags === undefined ? {} : { Tags: tags?.Tags ?? {} }),
      });
    });
    yield* made;
  },
});

export const messaging = [topics, subscriptions, queues, eventBuses, eventRules, functions] as const;
