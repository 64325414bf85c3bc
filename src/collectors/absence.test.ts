import { expect, it } from 'vitest';
import type { AnyCollector } from './collector.js';
import { cloudwatch } from './cloudwatch.js';
import { events } from './events.js';
import { lambda } from './lambda.js';
import { logs } from './logs.js';
import { organizations } from './organizations.js';
import { s3control } from './s3control.js';
import { securityhub } from './securityhub.js';
import { sns } from './sns.js';
import { sqs } from './sqs.js';
import { collectFrom, type Rule } from './testing.fixture.js';

interface Case {
  readonly name: string;
  readonly collectors: readonly AnyCollector[];
  readonly rules: Readonly<Record<string, Rule>>;
  readonly kept: readonly unknown[];
  readonly gaps: readonly string[];
}

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:t';
const SUBSCRIPTION = `${TOPIC}:1`;
const SUBSCRIPTIONS = [
  { SubscriptionArn: SUBSCRIPTION, TopicArn: TOPIC, Protocol: 'sqs', Endpoint: 'q' },
  { SubscriptionArn: 'PendingConfirmation', TopicArn: TOPIC, Protocol: 'email', Endpoint: 'a@b' },
];
const QUEUES = { QueueUrls: ['http://localhost:4566/111122223333/q'] };
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:q';
const FUNCTIONS = { Functions: [{ FunctionName: 'f', FunctionArn: 'f' }] };
const RULES = {
  ListEventBuses: { EventBuses: [{ Name: 'default', Arn: 'b' }] },
  ListRules: { Rules: [{ Name: 'r', Arn: 'r' }] },
};

/** What is not there, what is gone, what is in no use, what changes by itself, and what may not be seen. */
const cases: readonly Case[] = [
  {
    name: 'no block of public access on the account is null',
    collectors: s3control,
    rules: { GetPublicAccessBlock: 'NoSuchPublicAccessBlockConfiguration' },
    kept: [{ PublicAccessBlockConfiguration: null }],
    gaps: [],
  },
  {
    name: 'Security Hub that is not in use is nothing',
    collectors: securityhub,
    rules: { DescribeHub: 'InvalidAccessException' },
    kept: [],
    gaps: [],
  },
  {
    name: 'Security Hub that may not be seen is a gap',
    collectors: securityhub,
    rules: { DescribeHub: 'AccessDeniedException' },
    kept: [],
    gaps: ['DescribeHub'],
  },
  {
    name: 'an account in no organization has none, and no policies',
    collectors: organizations,
    rules: { DescribeOrganization: 'AWSOrganizationsNotInUseException' },
    kept: [],
    gaps: [],
  },
  {
    name: 'a topic that may not be seen is kept by its name',
    collectors: sns.slice(0, 1),
    rules: { ListTopics: { Topics: [{ TopicArn: TOPIC }] }, ListTagsForResource: { Tags: [] } },
    kept: [{ TopicArn: TOPIC, Attributes: { TopicArn: TOPIC }, Tags: [] }],
    gaps: ['GetTopicAttributes'],
  },
  {
    name: 'a topic deleted since it was listed is nothing',
    collectors: sns.slice(0, 1),
    rules: { ListTopics: { Topics: [{ TopicArn: TOPIC }] }, GetTopicAttributes: 'NotFound' },
    kept: [],
    gaps: [],
  },
  {
    name: 'a subscription nobody confirmed has no ARN; of one that may not be seen the listing tells',
    collectors: sns.slice(1),
    rules: { ListSubscriptions: { Subscriptions: SUBSCRIPTIONS }, GetSubscriptionAttributes: 'AuthorizationError' },
    kept: [
      {
        SubscriptionArn: SUBSCRIPTION,
        Attributes: { SubscriptionArn: SUBSCRIPTION, TopicArn: TOPIC, Protocol: 'sqs', Endpoint: 'q' },
      },
    ],
    gaps: ['GetSubscriptionAttributes'],
  },
  {
    name: 'a queue is named by its own ARN, whatever its URL, without how many messages wait',
    collectors: sqs,
    rules: {
      ListQueues: QUEUES,
      GetQueueAttributes: { Attributes: { VisibilityTimeout: '30', ApproximateNumberOfMessages: '7' } },
      ListQueueTags: {},
    },
    kept: [{ QueueName: 'q', Attributes: { QueueArn: QUEUE, VisibilityTimeout: '30' }, Tags: {} }],
    gaps: [],
  },
  {
    name: 'a queue deleted since it was listed is nothing',
    collectors: sqs,
    rules: { ListQueues: QUEUES, GetQueueAttributes: 'QueueDoesNotExist' },
    kept: [],
    gaps: [],
  },
  {
    name: 'a function without a policy says null',
    collectors: lambda,
    rules: { ListFunctions: FUNCTIONS, ListTags: {}, GetPolicy: 'ResourceNotFoundException' },
    kept: [{ FunctionName: 'f', FunctionArn: 'f', Policy: null, Tags: {} }],
    gaps: [],
  },
  {
    name: 'a function deleted since it was listed is nothing',
    collectors: lambda,
    rules: { ListFunctions: FUNCTIONS, ListTags: 'ResourceNotFoundException' },
    kept: [],
    gaps: [],
  },
  {
    name: 'a rule whose targets may not be seen is not kept as one that does nothing',
    collectors: events.slice(1),
    rules: { ...RULES, ListTargetsByRule: 'AccessDeniedException' },
    kept: [],
    gaps: ['ListTargetsByRule'],
  },
  {
    name: 'a rule deleted since it was listed is nothing',
    collectors: events.slice(1),
    rules: { ...RULES, ListTargetsByRule: 'ResourceNotFoundException' },
    kept: [],
    gaps: [],
  },
  {
    name: 'an alarm is kept without whether it rings',
    collectors: cloudwatch,
    rules: { DescribeAlarms: { MetricAlarms: [{ AlarmArn: 'a', StateValue: 'ALARM', StateUpdatedTimestamp: 't' }] } },
    kept: [{ AlarmArn: 'a' }],
    gaps: [],
  },
  {
    name: 'a log group is kept without how much it holds',
    collectors: logs.slice(0, 1),
    rules: { DescribeLogGroups: { logGroups: [{ logGroupName: 'g', arn: 'arn:g:*', storedBytes: 5 }] } },
    kept: [{ logGroupName: 'g', arn: 'arn:g:*' }],
    gaps: [],
  },
];

it.each(cases)('$name', async ({ collectors, rules, kept, gaps }) => {
  const read = await collectFrom(collectors, rules);
  expect(read.resources.map(({ configuration }) => configuration)).toEqual(kept);
  expect(read.gaps.map(({ operation }) => operation)).toEqual(gaps);
});
