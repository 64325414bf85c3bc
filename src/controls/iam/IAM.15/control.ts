import { defineControl } from '../../control.js';
import { judgePasswordPolicy, type PasswordRule } from '../password-policy.js';

/** What the password policy must say for this control to pass. */
export const rules: readonly PasswordRule[] = [{ member: 'MinimumPasswordLength', atLeast: 14 }];

export const control = defineControl({
  id: 'IAM.15',
  title: 'Ensure IAM password policy requires minimum password length of 14 or greater',
  description:
    'The account’s password policy allows passwords shorter than 14 characters. Length is what resists guessing most.',
  severity: 'MEDIUM',
  resourceType: 'Hikeshi::IAM::AccountPasswordPolicy',
  standards: {
    cis: { '1.2': ['1.9'], '1.4': ['1.8'], '3.0': ['1.8'], '5.0': ['1.7'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-15',
  evaluate: (policy) => judgePasswordPolicy(policy, rules),
});
