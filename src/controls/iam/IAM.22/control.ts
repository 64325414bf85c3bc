import { defineControl } from '../../control.js';
import { judgeUnused } from '../unused-credentials.js';

/** A credential unused for this many days or more is a finding. */
export const UNUSED_DAYS = 45;

export const control = defineControl({
  id: 'IAM.22',
  title: 'IAM user credentials unused for 45 days should be removed',
  description:
    'The user has a password or an active access key that nobody has used for 45 days. Forgotten credentials are the ones whose theft nobody notices.',
  severity: 'MEDIUM',
  resourceType: 'AWS::IAM::User',
  standards: {
    cis: { '1.4': ['1.12'], '3.0': ['1.12'], '5.0': ['1.11'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-22',
  evaluate: (user, { now }) => judgeUnused(user, UNUSED_DAYS, now),
});
