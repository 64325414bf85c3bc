import type { Resource } from '../../../estate/estate.js';
import { because, defineControl, type Reason } from '../../control.js';
import { inlinePolicies } from '../../policy-document.js';
import { weigh } from '../../weigh.js';
import { readDecryptionOnAllKeys } from '../decryption-on-all-keys.js';

type Identity = Resource<'AWS::IAM::Role' | 'AWS::IAM::Group' | 'AWS::IAM::User'>;

/** Where each kind of identity has its inline policies. */
const MEMBERS: Readonly<Record<Identity['type'], string>> = {
  'AWS::IAM::Role': 'RolePolicyList',
  'AWS::IAM::Group': 'GroupPolicyList',
  'AWS::IAM::User': 'UserPolicyList',
};

export const control = defineControl<'AWS::IAM::Role'>({
  id: 'KMS.2',
  title: 'IAM principals should not have IAM inline policies that allow decryption actions on all KMS keys',
  description:
    'An inline policy of the role, group or user allows decryption with every KMS key. It can read whatever is encrypted and within its reach, also with keys that were never meant for it.',
  severity: 'MEDIUM',
  resourceType: 'AWS::IAM::Role',
  furtherTypes: ['AWS::IAM::Group', 'AWS::IAM::User'],
  standards: {
    fsbp: true,
    nist80053: ['AC-2', 'AC-2(1)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-5', 'AC-6', 'AC-6(3)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-2',
  evaluate: ({ type, configuration }: Identity) => {
    const member = MEMBERS[type];
    const { policies, unknown } = inlinePolicies(member, (configuration as Record<string, unknown>)[member]);
    const wrong: Reason[] = [];
    const open: Reason[] = [...unknown];
    for (const { path, name, text } of policies) {
      const reading = readDecryptionOnAllKeys(text);
      if ('unknown' in reading) open.push({ text: `${path} ${reading.unknown}`, path });
      else if (reading.meaning.wrong !== undefined)
        wrong.push(because(path, undefined, `inline policy ${name}: ${reading.meaning.wrong}`));
      else if (reading.meaning.open !== undefined) open.push({ text: reading.meaning.open, path });
    }
    return weigh(wrong, open, { text: 'no inline policy allows decryption on all keys', path: member });
  },
});
