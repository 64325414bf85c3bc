import { ageInDays } from '../../age.js';
import { because, defineControl, type Reason } from '../../control.js';
import { asText } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';
import { activeKeys } from '../access-keys.js';

/** An active key older than this many days is a finding. */
export const AGE_MAX_DAYS = 90;

export const control = defineControl({
  id: 'IAM.3',
  title: "IAM users' access keys should be rotated every 90 days or less",
  description:
    'The user has an active access key older than 90 days. The older a key, the more copies of it lie in scripts, laptops and backups, and the longer a stolen one stays useful.',
  severity: 'MEDIUM',
  resourceType: 'AWS::IAM::User',
  standards: {
    cis: { '1.2': ['1.4'], '1.4': ['1.14'], '3.0': ['1.14'], '5.0': ['1.13'] },
    fsbp: true,
    pci: { '4.0.1': ['8.3.9', '8.6.3'] },
    nist80053: ['AC-2(1)', 'AC-2(3)', 'AC-3(15)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-3',
  evaluate: (user, { now }) => {
    const { keys, unknown: unclearKeys } = activeKeys(user);
    const unknown = [...unclearKeys];
    const wrong: Reason[] = [];
    for (const { path, name, members } of keys) {
      const created = members['CreateDate'];
      const age = ageInDays(created, now);
      if (age === undefined) unknown.push(unclear(`${path}.CreateDate`, created));
      else if (age > AGE_MAX_DAYS) {
        const text = `${name} is active and ${Math.floor(age)} days old`;
        wrong.push(because(`${path}.CreateDate`, asText(created), text));
      }
    }
    return weigh(wrong, unknown, { text: `no active key is older than ${AGE_MAX_DAYS} days`, path: 'AccessKeys' });
  },
});
