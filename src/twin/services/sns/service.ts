import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { putMessage } from '../sqs/messages.js';

const topics = (context: Context) => context.table('AWS::SNS::Topic');
const subscriptions = (context: Context) => context.table('AWS::SNS::Subscription');
const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });

/** Finds a topic by ARN, asks the authorizer, or throws NotFound. */
function topic(context: Context, arn: string | undefined) {
  context.authorize(arn ?? '*');
  const found = context.estate.get('AWS::SNS::Topic', arn ?? '');
  if (found === undefined) throw new AwsError('NotFound', 'Topic does not exist', { status: 404 });
  return found;
}

const messaging = handlers('sns', {
  ListTopics(input, context) {
    context.authorize();
    const { items, next } = context.page(topics(context).all(), input.NextToken, undefined, 100);
    return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...more(next) };
  },
  CreateTopic(input, context) {
    const TopicArn = context.arn(input.Name);
    context.authorize(TopicArn);
    if (topics(context).get(TopicArn) === undefined) {
      const Attributes = {
        TopicArn,
        Owner: context.accountId,
        DisplayName: '',
        SubscriptionsConfirmed: '0',
        SubscriptionsPending: '0',
        ...input.Attributes,
      };
      const Tags = (input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
      topics(context).put(TopicArn, { TopicArn, Attributes, Tags });
    }
    return { TopicArn };
  },
  DeleteTopic(input, context) {
    context.authorize(input.TopicArn);
    topics(context).remove(input.TopicArn);
  },
  GetTopicAttributes: (input, context) => ({ Attributes: topic(context, input.TopicArn).configuration.Attributes }),
  SetTopicAttributes(input, context) {
    topics(context).edit(topic(context, input.TopicArn).arn, (edited) => {
      edited.Attributes[input.AttributeName] = input.AttributeValue ?? '';
    });
  },
  ListTagsForResource: (input, context) => ({ Tags: topic(context, input.ResourceArn).configuration.Tags ?? [] }),
  ListSubscriptions(input, context) {
    context.authorize();
    const { items, next } = context.page(subscriptions(context).all(), input.NextToken, undefined, 100);
    const Subscriptions = items.map(({ configuration: { SubscriptionArn, Attributes } }) => ({
      SubscriptionArn,
      Owner: Attributes['Owner'],
      Protocol: Attributes['Protocol'],
      Endpoint: Attributes['Endpoint'],
      TopicArn: Attributes['TopicArn'],
    }));
    return { Subscriptions, ...more(next) };
  },
  GetSubscriptionAttributes(input, context) {
    context.authorize(input.SubscriptionArn);
    const found = subscriptions(context).get(input.SubscriptionArn);
    if (found === undefined) throw new AwsError('NotFound', 'Subscription does not exist', { status: 404 });
    return { Attributes: found.configuration.Attributes };
  },
  Subscribe(input, context) {
    const { arn } = topic(context, input.TopicArn);
    const SubscriptionArn = `${arn}:${context.uuid()}`;
    const pending = /^(email|email-json|http|https)$/.test(input.Protocol);
    const Attributes = {
      SubscriptionArn,
      TopicArn: arn,
      Owner: context.accountId,
      Protocol: input.Protocol,
      Endpoint: input.Endpoint ?? '',
      PendingConfirmation: String(pending),
      RawMessageDelivery: 'false',
      ...input.Attributes,
    };
    subscriptions(context).put(SubscriptionArn, { SubscriptionArn, Attributes });
    return {
      SubscriptionArn: pending && input.ReturnSubscriptionArn !== true ? 'pending confirmation' : SubscriptionArn,
    };
  },
  Publish(input, context) {
    const { arn } = topic(context, input.TopicArn);
    const MessageId = context.uuid();
    for (const { configuration } of context.estate.list('AWS::SNS::Subscription')) {
      const { Protocol, TopicArn, Endpoint = '', RawMessageDelivery, PendingConfirmation } = configuration.Attributes;
      if (Protocol !== 'sqs' || TopicArn !== arn || PendingConfirmation === 'true') continue;
      const to = context.estate.get('AWS::SQS::Queue', Endpoint);
      if (to === undefined) continue;
      const body = RawMessageDelivery === 'true' ? input.Message : notification(arn, MessageId, input, context.now);
      putMessage(context.estate, to, { id: context.uuid(), body, senderId: 'sns', now: context.now });
    }
    return { MessageId };
  },
  Unsubscribe(input, context) {
    context.authorize(input.SubscriptionArn);
    subscriptions(context).remove(input.SubscriptionArn);
  },
});

/** What a subscriber gets. Source: SNS developer guide, "Parsing Amazon SNS message formats". */
function notification(
  TopicArn: string,
  MessageId: string,
  input: { Subject?: string | undefined; Message: string },
  now: Date,
): string {
  const { Subject, Message } = input;
  return JSON.stringify({
    Type: 'Notification',
    MessageId,
    TopicArn,
    ...(Subject === undefined ? {} : { Subject }),
    Message,
    Timestamp: now.toISOString(),
  });
}

/** SNS on the twin. */
export const service = implement('sns', messaging);
