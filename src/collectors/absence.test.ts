import { expect, it } from 'vitest';
import type { AnyCollector } from './collector.js';
import { cloudwatch } from './cloudwatch.js';
import { dynamodb } from './dynamodb.js';
import { ecr } from './ecr.js';
import { efs } from './efs.js';
import { events } from './events.js';
import { lambda } from './lambda.js';
import { logs } from './logs.js';
import { organizations } from './organizations.js';
import { rds } from './rds.js';
import { s3control } from './s3control.js';
import { secretsmanager } from './secretsmanager.js';
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
    collectors: s3control.slice(0, 1),
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
    collectors: lambda.slice(0, 1),
    rules: { ListFunctions: FUNCTIONS, ListTags: {}, GetPolicy: 'ResourceNotFoundException' },
    kept: [{ FunctionName: 'f', FunctionArn: 'f', Policy: null, Tags: {} }],
    gaps: [],
  },
  {
    name: 'a function deleted since it was listed is nothing',
    collectors: lambda.slice(0, 1),
    rules: { ListFunctions: FUNCTIONS, ListTags: 'ResourceNotFoundException' },
    kept: [],
    gaps: [],
  },
  {
    name: 'a layer without a policy says null',
    collectors: lambda.slice(1),
    rules: {
      ListLayers: { Layers: [{ LayerName: 'l', LayerArn: 'arn:l' }] },
      ListLayerVersions: { LayerVersions: [{ LayerVersionArn: 'arn:l:1', Version: 1 }] },
      GetLayerVersionPolicy: 'ResourceNotFoundException',
    },
    kept: [{ LayerVersionArn: 'arn:l:1', Version: 1, LayerName: 'l', LayerArn: 'arn:l', Policy: null }],
    gaps: [],
  },
  {
    name: 'an access point without a policy says null; one that may not be looked at is kept as it was listed',
    collectors: s3control.slice(1),
    rules: {
      ListAccessPoints: { AccessPointList: [{ Name: 'p', NetworkOrigin: 'Internet', Bucket: 'b' }] },
      GetAccessPoint: 'AccessDenied',
      GetAccessPointPolicy: 'NoSuchAccessPointPolicy',
    },
    kept: [{ Name: 'p', NetworkOrigin: 'Internet', Bucket: 'b', Policy: null }],
    gaps: ['GetAccessPoint'],
  },
  {
    name: 'a secret is kept without when it was last read',
    collectors: secretsmanager,
    rules: {
      ListSecrets: { SecretList: [{ ARN: 's', Name: 's' }] },
      DescribeSecret: { ARN: 's', Name: 's', LastAccessedDate: 't' },
      GetResourcePolicy: { ARN: 's' },
    },
    kept: [{ ARN: 's', Name: 's', ResourcePolicy: null }],
    gaps: [],
  },
  {
    name: 'a secret that may not be described is kept by its name',
    collectors: secretsmanager,
    rules: { ListSecrets: { SecretList: [{ ARN: 's', Name: 's' }] }, DescribeSecret: 'AccessDeniedException' },
    kept: [{ ARN: 's', Name: 's' }],
    gaps: ['DescribeSecret', 'GetResourcePolicy'],
  },
  {
    name: 'a secret deleted since it was listed is nothing',
    collectors: secretsmanager,
    rules: { ListSecrets: { SecretList: [{ ARN: 's' }] }, DescribeSecret: 'ResourceNotFoundException' },
    kept: [],
    gaps: [],
  },
  {
    name: 'a table is kept without how much it holds; without a stream there is no policy of one',
    collectors: dynamodb,
    rules: {
      ListTables: { TableNames: ['t'] },
      DescribeTable: { Table: { TableName: 't', ItemCount: 5, TableSizeBytes: 7 } },
      GetResourcePolicy: 'PolicyNotFoundException',
    },
    kept: [{ TableName: 't', ResourcePolicy: null, StreamResourcePolicy: null }],
    gaps: [],
  },
  {
    name: 'of a table that may not be described nobody knows whether it has a stream',
    collectors: dynamodb,
    rules: {
      ListTables: { TableNames: ['t'] },
      DescribeTable: 'AccessDeniedException',
      GetResourcePolicy: { Policy: '{}' },
    },
    kept: [{ TableName: 't', TableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/t', ResourcePolicy: '{}' }],
    gaps: ['DescribeTable'],
  },
  {
    name: 'a repository and a file system without a policy say null, the latter without its size',
    collectors: [...ecr, ...efs],
    rules: {
      DescribeRepositories: { repositories: [{ repositoryArn: 'r', repositoryName: 'r' }] },
      GetRepositoryPolicy: 'RepositoryPolicyNotFoundException',
      DescribeFileSystems: { FileSystems: [{ FileSystemId: 'fs', FileSystemArn: 'f', SizeInBytes: { Value: 6 } }] },
      DescribeFileSystemPolicy: 'PolicyNotFound',
    },
    kept: [
      { repositoryArn: 'r', repositoryName: 'r', Policy: null },
      { FileSystemId: 'fs', FileSystemArn: 'f', FileSystemPolicy: null },
    ],
    gaps: [],
  },
  {
    name: 'of a snapshot that RDS made by itself nobody asks with whom it is shared',
    collectors: rds.slice(0, 1),
    rules: { DescribeDBSnapshots: { DBSnapshots: [{ DBSnapshotIdentifier: 's', SnapshotType: 'automated' }] } },
    kept: [{ DBSnapshotIdentifier: 's', SnapshotType: 'automated' }],
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
