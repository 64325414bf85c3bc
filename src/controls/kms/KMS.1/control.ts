import { defineControl } from '../../control.js';
import { judgeManagedPolicy } from '../../iam/managed-policy-verdict.js';
import { isOnlyBoundary } from '../../policy-document.js';
import { readDecryptionOnAllKeys } from '../decryption-on-all-keys.js';

export const control = defineControl({
  id: 'KMS.1',
  title: 'IAM customer managed policies should not allow decryption actions on all KMS keys',
  description:
    'The customer managed policy allows decryption with every KMS key. Its holders can read whatever is encrypted and within their reach, also with keys that were never meant for them.',
  severity: 'MEDIUM',
  resourceType: 'AWS::IAM::ManagedPolicy',
  standards: {
    fsbp: true,
    nist80053: ['AC-2', 'AC-2(1)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-5', 'AC-6', 'AC-6(3)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-1',
  appliesTo: (policy) => !isOnlyBoundary(policy),
  evaluate: (policy) => judgeManagedPolicy(policy, readDecryptionOnAllKeys, 'it does not allow decryption on all keys'),
});
