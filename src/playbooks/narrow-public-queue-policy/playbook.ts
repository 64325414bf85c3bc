import { arnName } from '../../base/arn.js';
import { apiCall } from '../../reference/api-call.js';
import { keepParameter, narrowPolicy } from '../narrow-policy.js';
import { isDocument, isMissing, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';

/** Where queues answer, by partition. Source: the SDK's endpoint rules ("partitions.json"). */
const SUFFIXES: Readonly<Record<string, string>> = { 'aws-cn': 'amazonaws.com.cn', 'aws-eusc': 'amazonaws.eu' };

export const playbook: Playbook = {
  id: 'narrow-public-queue-policy',
  title: 'Take strangers out of a queue’s policy',
  description:
    'Gives each statement of the queue policy that lets everyone in the condition that the caller is of the organization (or the account), or removes it. Every other statement stays. The new policy is proven to let no stranger in.',
  controls: ['SQS.3'],
  risk: 'H',
  calls: ['sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'],
  parameters: [keepParameter],
  plan(subject, estate, { keep }) {
    const queue = estate.get('AWS::SQS::Queue', subject.resourceArn, subject.accountId);
    if (queue === undefined) return notFound(subject);
    const { QueueName, Attributes } = queue.configuration;
    const had = Attributes['Policy'];
    if (Object.keys(Attributes).length <= 1) return notRead('the queue’s policy');
    if (had === undefined || had === '') return refuse('the queue has no policy', 'scan again');
    const narrowed = narrowPolicy(had, [queue.arn], { estate, accountId: queue.accountId, keep });
    if ('refused' in narrowed) return narrowed;
    const { document, changes } = narrowed;
    const target = { accountId: queue.accountId, region: queue.region };
    const host = `sqs.${queue.region}.${SUFFIXES[estate.header.partition] ?? 'amazonaws.com'}`;
    const QueueUrl = `https://${host}/${queue.accountId}/${QueueName}`;
    const read = apiCall('sqs', 'GetQueueAttributes', target, { QueueUrl, AttributeNames: ['Policy'] });
    const set = (Policy: string) => apiCall('sqs', 'SetQueueAttributes', target, { QueueUrl, Attributes: { Policy } });
    const path = 'Attributes.Policy';
    const step: Step = {
      id: 'narrow',
      title: `in the policy of queue ${arnName(queue.arn)}: ${changes.join('; ')}`,
      // An empty text takes the policy away.
      call: set(document ?? ''),
      before: [isDocument(read, path, had)],
      after: [document === undefined ? isMissing(read, path) : isDocument(read, path, document)],
      undo: [set(had)],
    };
    return planOf(playbook, subject, [step], {
      warnings: [
        {
          code: 'callersRefused',
          text: 'callers outside, and AWS services that came in as everyone (S3 or SNS deliveries without a statement of their own), are refused',
        },
      ],
      outsideModel: ['messages of strangers that the queue takes today'],
    });
  },
};
