import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:regional-settings`;
const settings = (on?: boolean) =>
  resource('Hikeshi::EC2::RegionalSettings', arn, on === undefined ? {} : { EbsEncryptionByDefault: on });

describe('encryption by default', () => {
  it('is switched on in the region of the finding, and off again by the undo', async () => {
    const result = await rehearsed(playbook, subjectOf('EC2.7', settings(false)), {}, estateOf(settings(false)));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => [call.region, call.operation])).toEqual([
      [REGION, 'EnableEbsEncryptionByDefault'],
    ]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it.each([
    { name: 'what is on already', subject: settings(true) },
    { name: 'what was not read', subject: settings() },
  ])('refuses $name', async ({ subject }) => {
    expect(await rehearsed(playbook, subjectOf('EC2.7', subject), {}, estateOf(subject))).toHaveProperty('refused');
  });
});
