import type { Estate, Resource } from '../../estate/estate.js';
import { readDecryptionOnAllKeys } from '../../controls/kms/decryption-on-all-keys.js';
import { notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Refusal, Step } from '../playbook.js';
import { GROUP_MOVE_CALLS, groupSteps, leaveSteps, type OwnPolicies } from './steps.js';

/** Source: IAM user guide, "IAM and AWS STS quotas". */
const GROUPS_OF_USER_MAX = 10;
const GROUP_INLINE_CHARACTERS_MAX = 5_120;

export const playbook: Playbook = {
  id: 'move-user-policies-to-group',
  title: 'Give a user its policies through a group',
  description:
    'Puts the user in a group that has exactly the user’s own policies, and only then takes them off the user: what it may do is the same before, after and in between. Uses a group that has exactly these policies, if there is one; else makes one for the user. Never changes a group that exists, a policy, or what the user has from its other groups.',
  controls: ['IAM.2'],
  risk: 'M',
  calls: GROUP_MOVE_CALLS,
  plan(subject, estate) {
    const user = estate.get('AWS::IAM::User', subject.resourceArn, subject.accountId);
    if (user === undefined) return notFound(subject);
    const { UserName = '', GroupList } = user.configuration;
    const own = ownPolicies(user);
    if (own === undefined || GroupList === undefined) return notRead('what the user may do');
    if (own.attached.length + own.inline.length === 0)
      return refuse('it has no policy of its own any more', 'scan again');
    if (GroupList.length >= GROUPS_OF_USER_MAX) {
      return refuse(
        `the user is in ${GroupList.length} groups, as many as IAM allows`,
        'take it out of one, or attach its policies to one of its groups by hand',
      );
    }
    const characters = own.inline.reduce((sum, { text }) => sum + text.replace(/\s/g, '').length, 0);
    if (characters > GROUP_INLINE_CHARACTERS_MAX)
      return refuse('its inline policies are larger than a group may have', 'make managed policies of them');
    const first = toFixFirst(own, estate.header.partition);
    if (first !== undefined) return first;
    const group = groupFor(estate, user, own);
    if (typeof group !== 'string' && 'refused' in group) return group;
    const make = typeof group === 'string' ? groupSteps(subject, group, own) : [];
    const name = typeof group === 'string' ? group : group.existing;
    const steps: Step[] = [...make, ...leaveSteps(subject, UserName, name, own)];
    return planOf(playbook, subject, steps, {
      warnings:
        typeof group === 'string'
          ? []
          : [{ code: 'joinsGroup', text: `the user joins group ${name}, and gets whatever that group is given later` }],
    });
  },
};

/** The user's own policies; `undefined` when they were not read. */
function ownPolicies({ configuration }: Resource<'AWS::IAM::User'>): OwnPolicies | undefined {
  const { AttachedManagedPolicies, UserPolicyList } = configuration;
  if (AttachedManagedPolicies === undefined || UserPolicyList === undefined) return undefined;
  const inline = UserPolicyList.map(({ PolicyName = '', PolicyDocument = '' }) => ({
    name: PolicyName,
    text: PolicyDocument,
  }));
  return { attached: AttachedManagedPolicies.map(({ PolicyArn = '' }) => PolicyArn), inline };
}

/** A refusal when a policy should not be given to a group as it is: the group would have the user's finding. */
function toFixFirst({ attached, inline }: OwnPolicies, partition: string): Refusal | undefined {
  if (attached.includes(`arn:${partition}:iam::aws:policy/AWSCloudShellFullAccess`))
    return refuse(
      'it has AWSCloudShellFullAccess, which a group should not have either',
      'fix IAM.27 of this user first',
    );
  const decrypting = inline.find(({ text }) => {
    const reading = readDecryptionOnAllKeys(text);
    return !('meaning' in reading) || reading.meaning.wrong !== undefined || reading.meaning.open !== undefined;
  });
  if (decrypting === undefined) return undefined;
  return refuse(
    `its inline policy ${decrypting.name} allows decryption with all keys, or cannot be read`,
    'fix KMS.2 of this user first',
  );
}

/** The name of the group to make, or the group to use. */
function groupFor(
  estate: Estate,
  { accountId, configuration }: Resource<'AWS::IAM::User'>,
  own: OwnPolicies,
): string | { readonly existing: string } | Refusal {
  const groups = [...estate.list('AWS::IAM::Group', { accountId })].map((group) => group.configuration);
  const wanted = [...own.attached].sort().join('\n');
  const same = groups.find(
    ({ GroupPolicyList, AttachedManagedPolicies, GroupName = '' }) =>
      own.inline.length === 0 &&
      GroupPolicyList?.length === 0 &&
      configuration.GroupList?.includes(GroupName) !== true &&
      AttachedManagedPolicies?.map(({ PolicyArn = '' }) => PolicyArn)
        .sort()
        .join('\n') === wanted,
  );
  if (same?.GroupName !== undefined) return { existing: same.GroupName };
  const name = `hikeshi-${configuration.UserName ?? ''}`;
  if (!groups.some(({ GroupName }) => GroupName?.toLowerCase() === name.toLowerCase())) return name;
  return refuse(
    `there is a group ${name} already, with other policies`,
    'give the user’s policies to a group by hand, or delete that group',
  );
}
