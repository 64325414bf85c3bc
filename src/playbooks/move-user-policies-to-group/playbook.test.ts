import { describe, expect, it } from 'vitest';
import type { Resource } from '../../estate/estate.js';
import type { IamUser } from '../../estate/resource-types.js';
import { attached, documentOf, iamGroup, iamUser } from '../iam-identities.fixture.js';
import type { Plan } from '../playbook.js';
import { estateOf, rehearsed, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const inline = (...names: readonly string[]) =>
  names.map((PolicyName) => ({
    PolicyName,
    PolicyDocument: encodeURIComponent(
      documentOf({ Action: 's3:GetObject', Resource: `arn:aws:s3:::${PolicyName}/*` }),
    ),
  }));

async function run(given: Partial<IamUser>, ...others: readonly Resource[]) {
  const user = iamUser(given);
  return rehearsed(playbook, subjectOf('IAM.2', user), {}, estateOf(user, ...others));
}
type Done = { plan: Plan } & Extract<Awaited<ReturnType<typeof run>>, { plan: Plan }>;

const own = { AttachedManagedPolicies: attached('AmazonS3FullAccess', 'AmazonSQSFullAccess') };
const restored = { closes: true, opens: [], undo: { status: 'restores' } };

describe('a user with policies of its own', () => {
  it.each([
    {
      name: 'attached ones',
      given: own,
      calls: [
        'CreateGroup',
        'AttachGroupPolicy',
        'AttachGroupPolicy',
        'AddUserToGroup',
        'DetachUserPolicy',
        'DetachUserPolicy',
      ],
    },
    {
      name: 'inline ones',
      given: { UserPolicyList: inline('one', 'two'), GroupList: ['readers'] },
      calls: [
        'CreateGroup',
        'PutGroupPolicy',
        'PutGroupPolicy',
        'AddUserToGroup',
        'DeleteUserPolicy',
        'DeleteUserPolicy',
      ],
    },
    {
      name: 'both',
      given: { AttachedManagedPolicies: attached('AmazonS3FullAccess'), UserPolicyList: inline('one') },
      calls: [
        'CreateGroup',
        'AttachGroupPolicy',
        'PutGroupPolicy',
        'AddUserToGroup',
        'DetachUserPolicy',
        'DeleteUserPolicy',
      ],
    },
  ])('$name: gets them from a group of its own, and its access stays as it is', async ({ given, calls }) => {
    const { plan, rehearsal } = (await run(given, iamGroup())) as Done;
    expect(plan.steps.map(({ call }) => call.operation)).toEqual(calls);
    expect(plan.steps[0]?.call.input).toEqual({ GroupName: 'hikeshi-taro' });
    expect(rehearsal.summary).toMatchObject(restored);
    expect(rehearsal.summary.access).toMatchObject({ status: 'unchanged', gained: [], lost: [] });
  });

  it('joins a group that has exactly these policies', async () => {
    const group = iamGroup({ AttachedManagedPolicies: attached('AmazonSQSFullAccess', 'AmazonS3FullAccess') });
    const { plan, rehearsal } = (await run(own, iamGroup({ GroupName: 'others' }), group)) as Done;
    expect(plan.steps.map(({ call }) => call.operation)).toEqual([
      'AddUserToGroup',
      'DetachUserPolicy',
      'DetachUserPolicy',
    ]);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['joinsGroup']);
    expect(rehearsal.summary).toMatchObject(restored);
    expect(rehearsal.summary.access).toMatchObject({ status: 'unchanged' });
  });

  it.each([
    {
      name: 'has an inline policy too',
      group: { AttachedManagedPolicies: own.AttachedManagedPolicies, GroupPolicyList: inline('one') },
    },
    {
      name: 'has one policy more',
      group: { AttachedManagedPolicies: attached('AmazonS3FullAccess', 'AmazonSQSFullAccess', 'ReadOnlyAccess') },
    },
    { name: 'has one policy less', group: { AttachedManagedPolicies: attached('AmazonS3FullAccess') } },
  ])('does not join a group that $name', async ({ group }) => {
    const { plan } = (await run(own, iamGroup(group))) as Done;
    expect(plan.steps[0]?.id).toBe('create-group');
  });

  it.each([
    { name: 'it has no policy any more', given: {}, says: 'any more' },
    {
      name: 'it has what no group should have',
      given: { AttachedManagedPolicies: attached('AWSCloudShellFullAccess') },
      says: 'AWSCloudShellFullAccess',
    },
    {
      name: 'it may decrypt with all keys',
      given: {
        UserPolicyList: [
          { PolicyName: 'own', PolicyDocument: encodeURIComponent(documentOf({ Action: 'kms:Decrypt' })) },
        ],
      },
      says: 'all keys',
    },
    {
      name: 'it is in ten groups',
      given: { ...own, GroupList: Array.from({ length: 10 }, (_, index) => `group-${index}`) },
      says: '10 groups',
    },
    {
      name: 'the name of the group is taken',
      given: own,
      others: [iamGroup({ GroupName: 'Hikeshi-Taro' })],
      says: 'already',
    },
  ])('is refused when $name', async ({ given, others = [], says }) => {
    expect(await run(given, ...others)).toMatchObject({ refused: expect.stringContaining(says) as string });
  });
});
