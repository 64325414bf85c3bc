import { defineControl } from '../../control.js';
import { isOnlyBoundary } from '../../policy-document.js';
import { readFullAdministrator } from '../full-administrator.js';
import { judgeManagedPolicy } from '../managed-policy-verdict.js';

export const control = defineControl({
  id: 'IAM.1',
  title: 'IAM policies should not allow full "*" administrative privileges',
  description:
    'The customer managed policy allows everything on everything. Whoever gets it, by mistake or by theft, owns the account.',
  severity: 'HIGH',
  resourceType: 'AWS::IAM::ManagedPolicy',
  standards: {
    cis: { '1.2': ['1.22'], '1.4': ['1.16'] },
    fsbp: true,
    pci: { '3.2.1': ['7.2.1'] },
    nist80053: ['AC-2', 'AC-2(1)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-5', 'AC-6', 'AC-6(10)', 'AC-6(2)', 'AC-6(3)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1',
  appliesTo: (policy) => !isOnlyBoundary(policy),
  evaluate: (policy) => judgeManagedPolicy(policy, readFullAdministrator, 'it does not allow everything'),
});
