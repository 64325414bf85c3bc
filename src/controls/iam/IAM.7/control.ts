import { defineControl } from '../../control.js';
import { judgePasswordPolicy, type PasswordRule } from '../password-policy.js';

/** What the password policy must say for this control to pass. */
export const rules: readonly PasswordRule[] = [
  { member: 'RequireUppercaseCharacters' },
  { member: 'RequireLowercaseCharacters' },
  { member: 'RequireSymbols' },
  { member: 'RequireNumbers' },
  { member: 'MinimumPasswordLength', atLeast: 8 },
];

export const control = defineControl({
  id: 'IAM.7',
  title: 'Password policies for IAM users should have strong configurations',
  description:
    'The account’s password policy does not ask for at least 8 characters with upper-case and lower-case letters, numbers and symbols. Console passwords are then as weak as people choose them.',
  severity: 'MEDIUM',
  resourceType: 'Hikeshi::IAM::AccountPasswordPolicy',
  standards: {
    fsbp: true,
    pci: { '4.0.1': ['8.3.6', '8.3.7', '8.3.9', '8.3.10.1', '8.6.3'] },
    nist80053: ['AC-2(1)', 'AC-2(3)', 'AC-3(15)', 'IA-5(1)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-7',
  evaluate: (policy) => judgePasswordPolicy(policy, rules),
});
