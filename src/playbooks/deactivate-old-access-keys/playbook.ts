import { AGE_MAX_DAYS } from '../../controls/iam/IAM.3/control.js';
import { ACCESS_KEY_CALLS, daysSince, deactivateStep, keysInUse } from '../access-key-step.js';
import { notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';

export const playbook: Playbook = {
  id: 'deactivate-old-access-keys',
  title: 'Make access keys older than 90 days inactive',
  description:
    'Makes exactly the active keys older than 90 days inactive. Never deletes a key, never touches a younger one, and warns of every key that was used in the last 30 days: rotate those with their owner first.',
  controls: ['IAM.3'],
  risk: 'H',
  calls: ACCESS_KEY_CALLS,
  plan(subject, estate) {
    const user = estate.get('AWS::IAM::User', subject.resourceArn, subject.accountId);
    if (user === undefined) return notFound(subject);
    const { AccessKeys, UserName = '' } = user.configuration;
    if (AccessKeys === undefined) return notRead('its access keys');
    const now = new Date(estate.header.collectedAt);
    const old = AccessKeys.filter(
      ({ Status, CreateDate }) => Status === 'Active' && (daysSince(CreateDate, now) ?? 0) > AGE_MAX_DAYS,
    );
    if (old.length === 0) return refuse('no active key is that old any more', 'scan again');
    const steps = old.map((key) => deactivateStep(subject, UserName, key));
    return planOf(playbook, subject, steps, {
      warnings: keysInUse(old, now),
      outsideModel: ['what uses these keys'],
    });
  },
};
