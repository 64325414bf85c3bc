import { defineControl } from '../../control.js';
import { judgePasswordPolicy, type PasswordRule } from '../password-policy.js';

/** What the password policy must say for this control to pass. */
export const rules: readonly PasswordRule[] = [{ member: 'RequireUppercaseCharacters' }];

export const control = defineControl({
  id: 'IAM.11',
  title: 'Ensure IAM password policy requires at least one uppercase letter',
  description:
    'The account’s password policy does not ask for an uppercase letter. Passwords of fewer kinds of characters are guessed sooner.',
  severity: 'MEDIUM',
  resourceType: 'Hikeshi::IAM::AccountPasswordPolicy',
  standards: {
    cis: { '1.2': ['1.5'] },
    pci: { '4.0.1': ['8.3.6', '8.6.3'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-11',
  evaluate: (policy) => judgePasswordPolicy(policy, rules),
});
