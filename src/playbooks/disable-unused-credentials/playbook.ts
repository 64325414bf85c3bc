import { UNUSED_DAYS as UNUSED_45 } from '../../controls/iam/IAM.22/control.js';
import { UNUSED_DAYS as UNUSED_90 } from '../../controls/iam/IAM.8/control.js';
import type { IamUser } from '../../estate/resource-types.js';
import { apiCall } from '../../reference/api-call.js';
import { ACCESS_KEY_CALLS, daysSince, deactivateStep } from '../access-key-step.js';
import { is, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step, Subject } from '../playbook.js';

const daysOf: Readonly<Record<string, number>> = { 'IAM.8': UNUSED_90, 'IAM.22': UNUSED_45 };

const RESTORE =
  'the password itself cannot be restored: an administrator gives the user a new one (create-login-profile)';

export const playbook: Playbook = {
  id: 'disable-unused-credentials',
  title: 'Disable credentials that nobody uses',
  description:
    'Makes exactly the active access keys that are unused for too long inactive. A console password unused for too long can only be deleted, and not be restored: that takes `console=delete`; without it there is no plan for such a user. Never deletes a key or a user.',
  controls: ['IAM.8', 'IAM.22'],
  risk: 'M',
  calls: [...ACCESS_KEY_CALLS, 'iam:GetLoginProfile', 'iam:DeleteLoginProfile'],
  parameters: [
    { name: 'console', description: '`delete` removes unused console passwords; `keep` does not', default: 'keep' },
  ],
  plan(subject, estate, parameters) {
    const user = estate.get('AWS::IAM::User', subject.resourceArn, subject.accountId);
    const days = daysOf[subject.controlId];
    if (user === undefined || days === undefined) return notFound(subject);
    const { AccessKeys, LoginProfile, UserName = '' } = user.configuration;
    if (AccessKeys === undefined || LoginProfile === undefined) return notRead('a credential');
    const now = new Date(estate.header.collectedAt);
    const stale = AccessKeys.filter(
      (key) => key.Status === 'Active' && idle(key.LastUsed?.LastUsedDate, key.CreateDate, now) >= days,
    );
    const staleConsole = passwordIdle(user.configuration, now) >= days;
    const console = parameters['console'] ?? 'keep';
    if (console !== 'keep' && console !== 'delete')
      return refuse(`\`${console}\` is not a choice`, 'give console=delete or console=keep');
    if (staleConsole && console === 'keep') {
      return refuse(
        'its console password is unused, and deleting it is the only way to close this',
        `pass --set console=delete; ${RESTORE}`,
      );
    }
    const steps = stale.map((key) => deactivateStep(subject, UserName, key));
    if (staleConsole) steps.push(deleteConsole(subject, UserName));
    if (steps.length === 0) return refuse('no credential is unused for that long any more', 'scan again');
    return planOf(playbook, subject, steps, {
      warnings: staleConsole ? [{ code: 'notRestorable', text: RESTORE }] : [],
      outsideModel: ['whether somebody still needs these credentials, once a year say'],
    });
  },
};

/** Days since last use, and at most since creation. Unknown counts as just used. */
function idle(used: string | undefined, created: string | undefined, now: Date): number {
  const sinceCreation = daysSince(created, now) ?? 0;
  return used === undefined ? sinceCreation : Math.min(daysSince(used, now) ?? 0, sinceCreation);
}

function passwordIdle({ LoginProfile, PasswordLastUsed }: IamUser, now: Date): number {
  return LoginProfile ? idle(PasswordLastUsed, LoginProfile.CreateDate, now) : 0;
}

function deleteConsole(subject: Subject, UserName: string): Step {
  const read = apiCall('iam', 'GetLoginProfile', subject, { UserName });
  const absent = ['NoSuchEntity', 'NoSuchEntityException'];
  return {
    id: 'delete-login-profile',
    title: `delete the console password of ${UserName}`,
    call: apiCall('iam', 'DeleteLoginProfile', subject, { UserName }),
    before: [is(read, 'LoginProfile.UserName', UserName)],
    after: [{ read, path: 'LoginProfile', expect: { missing: true }, absent }],
    undo: { impossible: RESTORE },
  };
}
