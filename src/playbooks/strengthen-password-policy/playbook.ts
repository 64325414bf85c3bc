import type { PasswordPolicy } from '@aws-sdk/client-iam';
import type { Stored } from '../../base/json.js';
import { apiCall } from '../../reference/api-call.js';
import { asItWas, is, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';
import { NO_ENTITY } from '../role-steps.js';

type Policy = Stored<PasswordPolicy>;

/** What the controls ask for. Source: CIS AWS Foundations 1.2, 1.5 to 1.11. */
const WANTED = {
  MinimumPasswordLength: 14,
  PasswordReusePrevention: 24,
  MaxPasswordAge: 90,
} as const;

/**
 * The policy that satisfies the controls and is nowhere weaker than the one there is: the longer length, the longer memory,
 * the shorter age, every class of characters. HardExpiry stays as it is: it locks users out.
 */
export function stronger(had: Policy | null): Omit<Policy, 'ExpirePasswords'> {
  const age = had?.MaxPasswordAge ?? 0;
  return {
    MinimumPasswordLength: Math.max(had?.MinimumPasswordLength ?? 0, WANTED.MinimumPasswordLength),
    RequireSymbols: true,
    RequireNumbers: true,
    RequireUppercaseCharacters: true,
    RequireLowercaseCharacters: true,
    AllowUsersToChangePassword: had?.AllowUsersToChangePassword ?? true,
    MaxPasswordAge: age > 0 ? Math.min(age, WANTED.MaxPasswordAge) : WANTED.MaxPasswordAge,
    PasswordReusePrevention: Math.max(had?.PasswordReusePrevention ?? 0, WANTED.PasswordReusePrevention),
    ...(had?.HardExpiry === undefined ? {} : { HardExpiry: had.HardExpiry }),
  };
}

export const playbook: Playbook = {
  id: 'strengthen-password-policy',
  title: 'Make the account’s password policy strong enough',
  description:
    'Merges what the controls ask for with the policy there is: nothing is ever weakened, and HardExpiry is never switched on. One run closes IAM.7 and IAM.11 to IAM.17 together.',
  controls: ['IAM.7', 'IAM.11', 'IAM.12', 'IAM.13', 'IAM.14', 'IAM.15', 'IAM.16', 'IAM.17'],
  risk: 'M',
  calls: ['iam:GetAccountPasswordPolicy', 'iam:UpdateAccountPasswordPolicy', 'iam:DeleteAccountPasswordPolicy'],
  plan(subject, estate) {
    const found = estate.get('Hikeshi::IAM::AccountPasswordPolicy', subject.resourceArn, subject.accountId);
    if (found === undefined) return notFound(subject);
    const had = found.configuration.PasswordPolicy;
    if (had === undefined) return notRead('the password policy');
    const next = stronger(had);
    const read = apiCall('iam', 'GetAccountPasswordPolicy', subject, {});
    const differs = Object.entries(next).some(([name, value]) => had?.[name as keyof Policy] !== value);
    if (!differs) return refuse('the policy is strong enough already', 'scan again');
    const after = Object.entries(next).map(([name, value]) =>
      is(read, `PasswordPolicy.${name}`, value as number | boolean, NO_ENTITY),
    );
    const step = {
      id: 'update',
      title: `require ${next.MinimumPasswordLength} characters of all classes, changed every ${next.MaxPasswordAge} days, none of the last ${next.PasswordReusePrevention}`,
      call: apiCall('iam', 'UpdateAccountPasswordPolicy', subject, next),
      before: [asItWas(read, 'PasswordPolicy', had, NO_ENTITY)],
      after,
      undo: [
        had === null
          ? apiCall('iam', 'DeleteAccountPasswordPolicy', subject, {})
          : apiCall('iam', 'UpdateAccountPasswordPolicy', subject, settable(had)),
      ],
    };
    const expires = (had?.MaxPasswordAge ?? 0) === 0;
    return planOf(playbook, subject, [step], {
      warnings: expires
        ? [{ code: 'expiry', text: 'passwords older than 90 days must be changed at the next sign-in' }]
        : [],
      outsideModel: ['existing passwords: IAM applies the policy when they are changed'],
    });
  },
};

/** What UpdateAccountPasswordPolicy takes: `ExpirePasswords` follows from the age. */
function settable({ ExpirePasswords: _, ...policy }: Policy): Omit<Policy, 'ExpirePasswords'> {
  return policy;
}
