import { defineControl } from '../../control.js';
import { judgePublicPolicy, policyAttribute } from '../../judge-public-policy.js';

export const control = defineControl({
  id: 'SNS.4',
  title: 'SNS topic access policies should not allow public access',
  description:
    'Anyone can do something to the topic: publish messages that its subscribers trust, subscribe and read along, or change its policy, depending on what the policy allows.',
  severity: 'CRITICAL',
  resourceType: 'AWS::SNS::Topic',
  standards: { fsbp: true },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html#sns-4',
  evaluate: ({ arn, configuration }) => {
    const text = policyAttribute(configuration.Attributes, 'TopicArn');
    return judgePublicPolicy({ text, path: 'Attributes.Policy', name: `topic policy of ${arn}` }, [arn]);
  },
});
