import { defineControl } from '../../control.js';
import { judgePasswordPolicy, type PasswordRule } from '../password-policy.js';

/** What the password policy must say for this control to pass. */
export const rules: readonly PasswordRule[] = [{ member: 'PasswordReusePrevention', atLeast: 24 }];

export const control = defineControl({
  id: 'IAM.16',
  title: 'Ensure IAM password policy prevents password reuse',
  description:
    'The account’s password policy does not remember the last 24 passwords, so a password that leaked once can come back.',
  severity: 'LOW',
  resourceType: 'Hikeshi::IAM::AccountPasswordPolicy',
  standards: {
    cis: { '1.2': ['1.10'], '1.4': ['1.9'], '3.0': ['1.9'], '5.0': ['1.8'] },
    pci: { '4.0.1': ['8.3.7'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-16',
  evaluate: (policy) => judgePasswordPolicy(policy, rules),
});
