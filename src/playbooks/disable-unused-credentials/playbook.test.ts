import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, NOW, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:iam::${ACCOUNT}:user/taro`;
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const key = (AccessKeyId: string, age: number, used: number | undefined, Status: 'Active' | 'Inactive' = 'Active') => ({
  UserName: 'taro',
  AccessKeyId,
  Status,
  CreateDate: daysAgo(age),
  LastUsed: { ServiceName: 's3', Region: REGION, ...(used === undefined ? {} : { LastUsedDate: daysAgo(used) }) },
});
const user = (given: object) =>
  resource(
    'AWS::IAM::User',
    arn,
    {
      UserName: 'taro',
      UserId: 'AIDA1',
      Arn: arn,
      Path: '/',
      CreateDate: daysAgo(900),
      LoginProfile: null,
      AccessKeys: [],
      MFADevices: [],
      ...given,
    },
    'global',
  );

const login = {
  LoginProfile: { UserName: 'taro', CreateDate: daysAgo(800), PasswordResetRequired: false },
  PasswordLastUsed: daysAgo(200),
};

describe('unused credentials', () => {
  it.each([
    {
      control: 'IAM.22',
      keys: [key('AKIA6000000000000000', 500, 60), key('AKIA1000000000000000', 500, 10)],
      disabled: ['AKIA6000000000000000'],
    },
    {
      control: 'IAM.8',
      keys: [key('AKIA1000000000000000', 500, 100), key('AKIA6000000000000000', 500, 60)],
      disabled: ['AKIA1000000000000000'],
    },
    { control: 'IAM.8', keys: [key('AKIANEVER00000000000', 500, undefined)], disabled: ['AKIANEVER00000000000'] },
  ])('$control disables $disabled and nothing else', async ({ control, keys, disabled }) => {
    const subject = user({ AccessKeys: keys });
    const result = await rehearsed(playbook, subjectOf(control, subject), {}, estateOf(subject));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => call.input['AccessKeyId'])).toEqual(disabled);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('does not delete an unused console password unless told, and says that it is the only way', async () => {
    const subject = user(login);
    expect(await rehearsed(playbook, subjectOf('IAM.8', subject), {}, estateOf(subject))).toMatchObject({
      refused: expect.stringContaining('console password') as string,
    });
  });

  it('told to, deletes it, and says that the password cannot be restored', async () => {
    const subject = user(login);
    const result = await rehearsed(playbook, subjectOf('IAM.8', subject), { console: 'delete' }, estateOf(subject));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.warnings.map(({ code }) => code)).toEqual(['notRestorable']);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'impossible' } });
  });

  it('refuses a choice it does not know', async () => {
    const subject = user(login);
    expect(
      await rehearsed(playbook, subjectOf('IAM.8', subject), { console: 'maybe' }, estateOf(subject)),
    ).toHaveProperty('refused');
  });
});
