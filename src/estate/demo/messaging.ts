import type { ResourceTypes } from '../resource-types.js';
import type { Site } from './site.js';

/** Topics, queues, functions and event rules of one region. */
export function messaging(site: Site, region: string): void {
  const TopicArn = topic(site, region, 'alerts', { SubscriptionsConfirmed: '1' });
  const queueArns = Array.from({ length: site.count(3) }, (_, index) => queue(site, region, `jobs-${index}`));
  const SubscriptionArn = `${TopicArn}:${site.uuid()}`;
  site.put('AWS::SNS::Subscription', region, SubscriptionArn, {
    SubscriptionArn,
    Attributes: {
      SubscriptionArn,
      TopicArn,
      Owner: site.accountId,
      Protocol: 'sqs',
      Endpoint: queueArns[0] ?? '',
      PendingConfirmation: 'false',
      RawMessageDelivery: 'false',
    },
  });
  const functions = Array.from({ length: site.count(6) }, (_, index) =>
    lambda(site, region, `${site.name}-fn-${index}`),
  );
  const busArn = site.arn('events', region, 'event-bus/default');
  site.put('AWS::Events::EventBus', region, busArn, { Name: 'default', Arn: busArn });
  for (let index = 0; index < site.count(3); index++) {
    const Name = `${site.name}-rule-${index}`;
    const Arn = site.arn('events', region, `rule/${Name}`);
    site.put('AWS::Events::Rule', region, Arn, {
      Name,
      Arn,
      State: 'ENABLED',
      EventBusName: 'default',
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Id: 'function', Arn: site.random.pick(functions) }],
    });
  }
}

/** A topic. Answers its ARN. */
export function topic(site: Site, region: string, name: string, given: Record<string, string>): string {
  const TopicArn = site.arn('sns', region, name);
  site.put('AWS::SNS::Topic', region, TopicArn, {
    TopicArn,
    Attributes: {
      TopicArn,
      Owner: site.accountId,
      DisplayName: name,
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      ...given,
    },
    Tags: [],
  });
  return TopicArn;
}

/** A queue. Answers its ARN. */
export function queue(site: Site, region: string, QueueName: string, given: Record<string, string> = {}): string {
  const QueueArn = site.arn('sqs', region, QueueName);
  const seconds = String(Math.floor(site.nowMs / 1000) - 86_400 * 200);
  site.put('AWS::SQS::Queue', region, QueueArn, {
    QueueName,
    Attributes: {
      QueueArn,
      CreatedTimestamp: seconds,
      LastModifiedTimestamp: seconds,
      VisibilityTimeout: '30',
      MaximumMessageSize: '262144',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      ...given,
    },
    Tags: { Owner: site.name },
  });
  return QueueArn;
}

/** A function. Answers its ARN. */
export function lambda(
  site: Site,
  region: string,
  FunctionName: string,
  given: Partial<ResourceTypes['AWS::Lambda::Function']> = {},
): string {
  const FunctionArn = site.arn('lambda', region, `function:${FunctionName}`);
  site.put('AWS::Lambda::Function', region, FunctionArn, {
    FunctionName,
    FunctionArn,
    Runtime: 'nodejs22.x',
    Role: site.arn('iam', '', 'role/AppServer'),
    Handler: 'index.handler',
    CodeSize: 20_000 + site.random.below(400_000),
    Description: '',
    Timeout: 30,
    MemorySize: 256,
    LastModified: site.daysAgo(site.random.below(200)).replace('Z', '+0000'),
    CodeSha256: Buffer.from(site.random.hex(32), 'hex').toString('base64'),
    Version: '$LATEST',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    Policy: null,
    Tags: { Owner: site.name },
    ...given,
  });
  return FunctionArn;
}
