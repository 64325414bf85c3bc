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

describe('old access keys', () => {
  it('only the old active one is made inactive; the young and the inactive stay as they are', async () => {
    const subject = user({
      AccessKeys: [
        key('AKIAOLD0000000000000', 200, 100),
        key('AKIANEW0000000000000', 10, 1),
        key('AKIAOFF0000000000000', 300, 200, 'Inactive'),
      ],
    });
    const result = await rehearsed(playbook, subjectOf('IAM.3', subject), {}, estateOf(subject));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => call.input)).toEqual([
      { UserName: 'taro', AccessKeyId: 'AKIAOLD0000000000000', Status: 'Inactive' },
    ]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it.each([
    { used: 3, warned: ['keyInUse'] },
    { used: 40, warned: [] },
    { used: undefined, warned: [] },
  ])('a key used $used days ago: warnings $warned', async ({ used, warned }) => {
    const subject = user({ AccessKeys: [key('AKIAOLD0000000000000', 200, used)] });
    const result = await rehearsed(playbook, subjectOf('IAM.3', subject), {}, estateOf(subject));
    expect((result as { plan: Plan }).plan.warnings.map(({ code }) => code)).toEqual(warned);
  });

  it('refuses a user whose keys were not read', async () => {
    const subject = user({ AccessKeys: undefined });
    expect(await rehearsed(playbook, subjectOf('IAM.3', subject), {}, estateOf(subject))).toHaveProperty('refused');
  });
});
