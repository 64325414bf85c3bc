import { defineControl } from '../../control.js';
import { judgePublicPolicy, policyAttribute } from '../../judge-public-policy.js';

export const control = defineControl({
  id: 'SQS.3',
  title: 'SQS queue access policies should not allow public access',
  description:
    'Anyone can do something to the queue: send messages that its readers trust, take messages away, or change its policy, depending on what the policy allows.',
  severity: 'CRITICAL',
  resourceType: 'AWS::SQS::Queue',
  standards: { fsbp: true },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-3',
  evaluate: ({ arn, configuration }) => {
    const text = policyAttribute(configuration.Attributes, 'QueueArn');
    return judgePublicPolicy({ text, path: 'Attributes.Policy', name: `queue policy of ${arn}` }, [arn]);
  },
});
