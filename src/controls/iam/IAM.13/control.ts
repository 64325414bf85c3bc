import { defineControl } from '../../control.js';
import { judgePasswordPolicy, type PasswordRule } from '../password-policy.js';

/** What the password policy must say for this control to pass. */
export const rules: readonly PasswordRule[] = [{ member: 'RequireSymbols' }];

export const control = defineControl({
  id: 'IAM.13',
  title: 'Ensure IAM password policy requires at least one symbol',
  description:
    'The account’s password policy does not ask for a symbol. Passwords of fewer kinds of characters are guessed sooner.',
  severity: 'MEDIUM',
  resourceType: 'Hikeshi::IAM::AccountPasswordPolicy',
  standards: {
    cis: { '1.2': ['1.7'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-13',
  evaluate: (policy) => judgePasswordPolicy(policy, rules),
});
