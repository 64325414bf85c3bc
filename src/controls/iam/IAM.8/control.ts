import { defineControl } from '../../control.js';
import { judgeUnused } from '../unused-credentials.js';

/** A credential unused for this many days or more is a finding. */
export const UNUSED_DAYS = 90;

export const control = defineControl({
  id: 'IAM.8',
  title: 'Unused IAM user credentials should be removed',
  description:
    'The user has a password or an active access key that nobody has used for 90 days. Forgotten credentials are the ones whose theft nobody notices.',
  severity: 'MEDIUM',
  resourceType: 'AWS::IAM::User',
  standards: {
    cis: { '1.2': ['1.3'] },
    fsbp: true,
    pci: { '3.2.1': ['8.1.4'], '4.0.1': ['8.2.6'] },
    nist80053: ['AC-2', 'AC-2(1)', 'AC-2(3)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-8',
  evaluate: (user, { now }) => judgeUnused(user, UNUSED_DAYS, now),
});
