import { functionGrants } from '../../../policy/questions/function-grants.js';
import { defineControl } from '../../control.js';
import { openingsOf, STATEMENTS_MAX } from '../../public-policy.js';
import { weigh } from '../../weigh.js';

export const control = defineControl({
  id: 'Lambda.1',
  title: 'Lambda function policies should prohibit public access',
  description:
    'Anyone can invoke the function or do something else to it by its policy, or make S3 invoke it from a bucket of theirs. What the function may do is then done for strangers, and its cost is yours.',
  severity: 'CRITICAL',
  resourceType: 'AWS::Lambda::Function',
  standards: {
    fsbp: true,
    pci: { '3.2.1': ['1.2.1', '1.3.1', '1.3.2', '1.3.4', '7.2.1'], '4.0.1': ['7.2.1'] },
    nist80053: [
      'AC-21',
      'AC-3',
      'AC-3(7)',
      'AC-4',
      'AC-4(21)',
      'AC-6',
      'SC-7',
      'SC-7(11)',
      'SC-7(16)',
      'SC-7(20)',
      'SC-7(21)',
      'SC-7(3)',
      'SC-7(4)',
      'SC-7(9)',
    ],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-1',
  evaluate: ({ arn, configuration }) => {
    const text: unknown = configuration.Policy;
    const document = { text, path: 'Policy', name: `function policy of ${arn}` };
    const { open, unknown } = openingsOf(document, `function ${arn}`, (policy) =>
      functionGrants(policy, arn, { most: STATEMENTS_MAX }),
    );
    const right = text === null ? 'there is no function policy' : 'the function policy lets no stranger in';
    return weigh(open, unknown, { text: right, path: 'Policy' });
  },
});
