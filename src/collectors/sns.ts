import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['NotFound', 'NotFoundException'];

const topics = defineCollector({
  service: 'sns',
  types: ['AWS::SNS::Topic'],
  reads: ['ListTopics', 'GetTopicAttributes', 'ListTagsForResource'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListTopics', {}, (page) => page.Topics);
    const made = await read.each(listed, async ({ TopicArn = '' }) => {
      const answer = await read.detail('GetTopicAttributes', { TopicArn }, TopicArn, GONE);
      if (answer === null) return [];
      const tags = await read.detail('ListTagsForResource', { ResourceArn: TopicArn }, TopicArn);
      const Tags = tags?.Tags?.map(({ Key = '', Value = '' }) => ({ Key, Value }));
      const resource = resourceAt(target, 'AWS::SNS::Topic', TopicArn, {
        TopicArn,
        Attributes: answer?.Attributes ?? { TopicArn },
        ...(Tags === undefined ? {} : { Tags }),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

/** The account's subscriptions, to its own topics and to others'. One that nobody has confirmed has no ARN yet. */
const subscriptions = defineCollector({
  service: 'sns',
  types: ['AWS::SNS::Subscription'],
  reads: ['ListSubscriptions', 'GetSubscriptionAttributes'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListSubscriptions', {}, (page) => page.Subscriptions);
    const confirmed = listed.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:') === true);
    const made = await read.each(confirmed, async ({ SubscriptionArn = '', TopicArn, Protocol, Endpoint, Owner }) => {
      const answer = await read.detail('GetSubscriptionAttributes', { SubscriptionArn }, SubscriptionArn, GONE);
      if (answer === null) return [];
      const Attributes = answer?.Attributes ?? given({ SubscriptionArn, TopicArn, Protocol, Endpoint, Owner });
      return [resourceAt(target, 'AWS::SNS::Subscription', SubscriptionArn, { SubscriptionArn, Attributes })];
    });
    yield* made.flat();
  },
});

/** The members that have a value. */
function given(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** SNS's collectors. */
export const sns = [topics, subscriptions] as const;
