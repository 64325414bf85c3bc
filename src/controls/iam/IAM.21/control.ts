import { defineControl } from '../../control.js';
import { isOnlyBoundary } from '../../policy-document.js';
import { judgeManagedPolicy } from '../managed-policy-verdict.js';
import { readServiceWildcards } from '../service-wildcards.js';

export const control = defineControl({
  id: 'IAM.21',
  title: 'IAM customer managed policies that you create should not allow wildcard actions for services',
  description:
    'The customer managed policy allows every action of a service, also those its holders do not need and those that AWS adds tomorrow. More is lost when a holder is taken over.',
  severity: 'LOW',
  resourceType: 'AWS::IAM::ManagedPolicy',
  standards: {
    fsbp: true,
    nist80053: ['AC-2', 'AC-2(1)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-5', 'AC-6', 'AC-6(10)', 'AC-6(2)', 'AC-6(3)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21',
  appliesTo: (policy) => !isOnlyBoundary(policy),
  evaluate: (policy) => judgeManagedPolicy(policy, readServiceWildcards, 'it allows no service as a whole'),
});
