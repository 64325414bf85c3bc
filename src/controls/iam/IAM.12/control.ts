import { defineControl } from '../../control.js';
import { judgePasswordPolicy, type PasswordRule } from '../password-policy.js';

/** What the password policy must say for this control to pass. */
export const rules: readonly PasswordRule[] = [{ member: 'RequireLowercaseCharacters' }];

export const control = defineControl({
  id: 'IAM.12',
  title: 'Ensure IAM password policy requires at least one lowercase letter',
  description:
    'The account’s password policy does not ask for a lowercase letter. Passwords of fewer kinds of characters are guessed sooner.',
  severity: 'MEDIUM',
  resourceType: 'Hikeshi::IAM::AccountPasswordPolicy',
  standards: {
    cis: { '1.2': ['1.6'] },
    pci: { '4.0.1': ['8.3.6', '8.6.3'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-12',
  evaluate: (policy) => judgePasswordPolicy(policy, rules),
});
