import { arnName } from '../../base/arn.js';
import { apiCall } from '../../reference/api-call.js';
import { keepParameter, narrowPolicy } from '../narrow-policy.js';
import { isDocument, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';

export const playbook: Playbook = {
  id: 'narrow-public-topic-policy',
  title: 'Take strangers out of a topic’s policy',
  description:
    'Gives each statement of the topic policy that lets everyone in the condition that the caller is of the organization (or the account), or removes it. Every other statement stays; where none is left, the policy of a new topic takes its place. The new policy is proven to let no stranger in.',
  controls: ['SNS.4'],
  risk: 'H',
  calls: ['sns:GetTopicAttributes', 'sns:SetTopicAttributes'],
  parameters: [keepParameter],
  plan(subject, estate, { keep }) {
    const topic = estate.get('AWS::SNS::Topic', subject.resourceArn, subject.accountId);
    if (topic === undefined) return notFound(subject);
    const { TopicArn, Attributes } = topic.configuration;
    const had = Attributes['Policy'];
    if (Object.keys(Attributes).length <= 1) return notRead('the topic’s policy');
    if (had === undefined || had === '') return refuse('the topic has no policy', 'scan again');
    const narrowed = narrowPolicy(had, [topic.arn], { estate, accountId: topic.accountId, keep });
    if ('refused' in narrowed) return narrowed;
    const document = narrowed.document ?? newTopicPolicy(TopicArn, topic.accountId);
    const target = { accountId: topic.accountId, region: topic.region };
    const read = apiCall('sns', 'GetTopicAttributes', target, { TopicArn });
    const set = (AttributeValue: string) =>
      apiCall('sns', 'SetTopicAttributes', target, { TopicArn, AttributeName: 'Policy', AttributeValue });
    const path = 'Attributes.Policy';
    const step: Step = {
      id: 'narrow',
      title: `in the policy of topic ${arnName(topic.arn)}: ${narrowed.changes.join('; ')}`,
      call: set(document),
      before: [isDocument(read, path, had)],
      after: [isDocument(read, path, document)],
      undo: [set(had)],
    };
    return planOf(playbook, subject, [step], {
      warnings: [
        {
          code: 'callersRefused',
          text: 'callers outside, and AWS services that came in as everyone (alarms or S3 events without a statement of their own), are refused',
        },
      ],
      outsideModel: [
        'messages of strangers that the topic takes today',
        'subscriptions that strangers have made stay: look for endpoints and accounts you do not know',
      ],
    });
  },
};

/** A topic always has a policy: the one SNS gives new topics. Source: SNS developer guide, "Using identity-based policies". */
function newTopicPolicy(TopicArn: string, accountId: string): string {
  const actions = [
    'GetTopicAttributes',
    'SetTopicAttributes',
    'AddPermission',
    'RemovePermission',
    'DeleteTopic',
    'Subscribe',
    'ListSubscriptionsByTopic',
    'Publish',
  ];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: TopicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });
}
