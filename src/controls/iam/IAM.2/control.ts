import type { Resource } from '../../../estate/estate.js';
import { because, defineControl, type Reason } from '../../control.js';
import { asList, asObject, asText } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';

/** The two places where a user has policies of its own, and what names a policy there. */
const PLACES = [
  { member: 'AttachedManagedPolicies', named: 'PolicyName', has: 'the policy is attached to the user' },
  { member: 'UserPolicyList', named: 'PolicyName', has: 'the policy is embedded in the user' },
] as const;

export const control = defineControl({
  id: 'IAM.2',
  title: 'IAM users should not have IAM policies attached',
  description:
    'The user has policies of its own. Permissions given to single users are overlooked when people change roles; given to groups and roles they stay reviewable.',
  severity: 'LOW',
  resourceType: 'AWS::IAM::User',
  standards: {
    cis: { '1.2': ['1.16'], '3.0': ['1.15'], '5.0': ['1.14'] },
    fsbp: true,
    pci: { '3.2.1': ['7.2.1'] },
    nist80053: ['AC-2', 'AC-2(1)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6', 'AC-6(3)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-2',
  appliesTo: (user) => !isMadeBySes(user),
  evaluate: ({ configuration }) => {
    const wrong: Reason[] = [];
    const unknown: Reason[] = [];
    for (const { member, named, has } of PLACES) {
      const value: unknown = configuration[member];
      const listed = asList(value);
      if (listed === undefined) unknown.push(unclear(member, value));
      for (const [index, each] of (listed ?? []).entries()) {
        const name = asText(asObject(each)?.[named]) ?? String(index);
        wrong.push(because(`${member}[${index}]`, name, `${has}: ${name}`));
      }
    }
    return weigh(wrong, unknown, { text: 'the user has no policy of its own', path: PLACES[0].member });
  },
});

/**
 * Whether the user is one that SES's console makes for SMTP: it has its one inline policy by design, and Security Hub
 * leaves it out. Source: SES developer guide, "Obtaining Amazon SES SMTP credentials".
 */
function isMadeBySes({ configuration }: Resource<'AWS::IAM::User'>): boolean {
  const { UserName, UserPolicyList, AttachedManagedPolicies } = configuration;
  if (asText(UserName)?.startsWith('ses-smtp-user.') !== true) return false;
  const inline = asList(UserPolicyList);
  return (
    inline?.length === 1 &&
    asObject(inline[0])?.['PolicyName'] === 'AmazonSesSendingAccess' &&
    asList(AttachedManagedPolicies)?.length === 0
  );
}
