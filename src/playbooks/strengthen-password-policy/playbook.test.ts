import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook, stronger } from './playbook.js';

const arn = `arn:aws:iam::${ACCOUNT}:account-password-policy`;
type Policy = Parameters<typeof stronger>[0];
const settings = (PasswordPolicy: Policy) =>
  resource('Hikeshi::IAM::AccountPasswordPolicy', arn, { PasswordPolicy }, 'global');
const weak: Policy = {
  MinimumPasswordLength: 8,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: true,
  ExpirePasswords: false,
};

describe('the merged policy', () => {
  const cases: readonly { name: string; had: Policy; next: object }[] = [
    {
      name: 'none there',
      had: null,
      next: { MinimumPasswordLength: 14, MaxPasswordAge: 90, PasswordReusePrevention: 24 },
    },
    { name: 'a longer length stays', had: { ...weak, MinimumPasswordLength: 20 }, next: { MinimumPasswordLength: 20 } },
    { name: 'a shorter age stays', had: { ...weak, MaxPasswordAge: 30 }, next: { MaxPasswordAge: 30 } },
    { name: 'no expiry becomes 90 days', had: { ...weak, MaxPasswordAge: 0 }, next: { MaxPasswordAge: 90 } },
    {
      name: 'users who may not change their password still may not',
      had: { ...weak, AllowUsersToChangePassword: false },
      next: { AllowUsersToChangePassword: false },
    },
    { name: 'hard expiry stays on', had: { ...weak, HardExpiry: true }, next: { HardExpiry: true } },
  ];
  it.each(cases)('$name', ({ had, next }) => {
    expect(stronger(had)).toMatchObject(next);
  });

  it('never switches hard expiry on', () => {
    expect(stronger(weak)).not.toHaveProperty('HardExpiry');
    expect(stronger(null)).not.toHaveProperty('HardExpiry');
  });

  it('is never weaker than any policy there is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 128 }),
        fc.integer({ min: 0, max: 24 }),
        fc.integer({ min: 0, max: 1095 }),
        (length, reuse, age) => {
          const next = stronger({
            ...weak,
            MinimumPasswordLength: length,
            PasswordReusePrevention: reuse,
            MaxPasswordAge: age,
          });
          expect(next.MinimumPasswordLength).toBeGreaterThanOrEqual(length);
          expect(next.PasswordReusePrevention).toBeGreaterThanOrEqual(reuse);
          if (age > 0) expect(next.MaxPasswordAge).toBeLessThanOrEqual(age);
        },
      ),
    );
  });
});

it.each([{ had: null }, { had: weak }])(
  'one run closes all eight findings, and its undo restores $had',
  async ({ had }) => {
    const subject = settings(had);
    const result = await rehearsed(playbook, subjectOf('IAM.7', subject), {}, estateOf(subject));
    const { rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    const closed = rehearsal.summary.alsoCloses.map(({ controlId }) => controlId);
    expect(closed).toEqual(['IAM.11', 'IAM.12', 'IAM.13', 'IAM.14', 'IAM.15', 'IAM.16', 'IAM.17']);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  },
);
