import * as iam from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const document = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

describe('a group', () => {
  it('has members and policies, and goes only when it has none', async () => {
    const client = await twinFor().client('iam');
    const of = { GroupName: 'readers' };
    await client.send(new iam.CreateGroupCommand(of));
    await client.send(new iam.CreateUserCommand({ UserName: 'mori' }));
    await client.send(new iam.AddUserToGroupCommand({ ...of, UserName: 'mori' }));
    await client.send(new iam.AttachGroupPolicyCommand({ ...of, PolicyArn: READ_ONLY }));
    const own = { ...of, PolicyName: 'own' };
    await client.send(new iam.PutGroupPolicyCommand({ ...own, PolicyDocument: document('s3:GetObject') }));

    expect((await client.send(new iam.GetGroupCommand(of))).Users?.map(({ UserName }) => UserName)).toEqual(['mori']);
    expect((await client.send(new iam.ListAttachedGroupPoliciesCommand(of))).AttachedPolicies).toEqual([
      { PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY },
    ]);
    expect((await client.send(new iam.ListGroupPoliciesCommand(of))).PolicyNames).toEqual(['own']);
    expect((await client.send(new iam.GetGroupPolicyCommand(own))).PolicyDocument).toBe(
      encodeURIComponent(document('s3:GetObject')),
    );

    const deletion = () => client.send(new iam.DeleteGroupCommand(of));
    await expect(deletion()).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await client.send(new iam.RemoveUserFromGroupCommand({ ...of, UserName: 'mori' }));
    await expect(deletion()).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await client.send(new iam.DetachGroupPolicyCommand({ ...of, PolicyArn: READ_ONLY }));
    await expect(deletion()).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await client.send(new iam.DeleteGroupPolicyCommand(own));
    await deletion();
    await expect(client.send(new iam.GetGroupCommand(of))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  it('answers NoSuchEntity for what it does not have', async () => {
    const client = await twinFor().client('iam');
    const of = { GroupName: 'readers' };
    await client.send(new iam.CreateGroupCommand(of));
    await client.send(new iam.CreateUserCommand({ UserName: 'mori' }));
    for (const command of [
      new iam.RemoveUserFromGroupCommand({ ...of, UserName: 'mori' }),
      new iam.DetachGroupPolicyCommand({ ...of, PolicyArn: READ_ONLY }),
      new iam.GetGroupPolicyCommand({ ...of, PolicyName: 'own' }),
      new iam.DeleteGroupPolicyCommand({ ...of, PolicyName: 'own' }),
      new iam.GetUserPolicyCommand({ UserName: 'mori', PolicyName: 'own' }),
      new iam.DeleteUserPolicyCommand({ UserName: 'mori', PolicyName: 'own' }),
    ]) {
      await expect(client.send(command as iam.GetGroupPolicyCommand)).rejects.toMatchObject({
        name: 'NoSuchEntityException',
      });
    }
  });
});

describe('inline policies of a user', () => {
  it('are answered as they were put, and can be deleted', async () => {
    const client = await twinFor().client('iam');
    const of = { UserName: 'mori', PolicyName: 'own' };
    await client.send(new iam.CreateUserCommand(of));
    await client.send(new iam.PutUserPolicyCommand({ ...of, PolicyDocument: document('s3:*') }));
    const found = await client.send(new iam.GetUserPolicyCommand(of));
    expect(found.PolicyDocument).toBe(encodeURIComponent(document('s3:*')));
    await client.send(new iam.DeleteUserPolicyCommand(of));
    expect((await client.send(new iam.ListUserPoliciesCommand(of))).PolicyNames).toEqual([]);
  });
});

describe('versions of a policy', () => {
  it('are at most five, one of them in force, and that one cannot be deleted', async () => {
    const client = await twinFor().client('iam');
    const made = await client.send(new iam.CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: document('*') }));
    const of = { PolicyArn: made.Policy?.Arn ?? '' };
    const add = (SetAsDefault: boolean) =>
      client.send(new iam.CreatePolicyVersionCommand({ ...of, PolicyDocument: document('s3:*'), SetAsDefault }));
    const inForce = async () => (await client.send(new iam.GetPolicyCommand(of))).Policy?.DefaultVersionId;

    expect((await add(true)).PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: true });
    expect(await inForce()).toBe('v2');
    await expect(client.send(new iam.DeletePolicyVersionCommand({ ...of, VersionId: 'v2' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    await client.send(new iam.SetDefaultPolicyVersionCommand({ ...of, VersionId: 'v1' }));
    expect(await inForce()).toBe('v1');
    await client.send(new iam.DeletePolicyVersionCommand({ ...of, VersionId: 'v2' }));
    await expect(client.send(new iam.SetDefaultPolicyVersionCommand({ ...of, VersionId: 'v2' }))).rejects.toMatchObject(
      { name: 'NoSuchEntityException' },
    );

    for (let count = 0; count < 4; count++) await add(false);
    await expect(add(false)).rejects.toMatchObject({ name: 'LimitExceededException' });
    const listed = await client.send(new iam.ListPolicyVersionsCommand(of));
    expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual(['v5', 'v4', 'v3', 'v2', 'v1']);
  });
});
