import { defineControl } from '../../control.js';
import { judgePasswordPolicy, type PasswordRule } from '../password-policy.js';

/** What the password policy must say for this control to pass. */
export const rules: readonly PasswordRule[] = [{ member: 'MaxPasswordAge', atMost: 90 }];

export const control = defineControl({
  id: 'IAM.17',
  title: 'Ensure IAM password policy expires passwords within 90 days or less',
  description:
    'The account’s password policy lets passwords live longer than 90 days, or for ever. A stolen one then stays useful as long.',
  severity: 'LOW',
  resourceType: 'Hikeshi::IAM::AccountPasswordPolicy',
  standards: {
    cis: { '1.2': ['1.11'] },
    pci: { '4.0.1': ['8.3.9', '8.3.10.1'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-17',
  evaluate: (policy) => judgePasswordPolicy(policy, rules),
});
