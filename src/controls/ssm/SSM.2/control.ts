import type { Json } from '../../../base/json.js';
import { because, defineControl, type Reason } from '../../control.js';
import { asCount } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';

/**
 * The counts that make a node non-compliant, and what each counts. The first two are always answered; an SSM Agent that
 * does not know the others leaves them out, which is none.
 */
const counts = [
  ['MissingCount', 'patch(es) missing'],
  ['FailedCount', 'patch(es) failed to install'],
  ['InstalledPendingRebootCount', 'installed patch(es) waiting for a reboot'],
  ['InstalledRejectedCount', 'installed patch(es) that the baseline rejects'],
  ['CriticalNonCompliantCount', 'critical patch(es) not compliant'],
  ['SecurityNonCompliantCount', 'security patch(es) not compliant'],
  ['OtherNonCompliantCount', 'other patch(es) not compliant'],
] as const;
const always: ReadonlySet<string> = new Set(['MissingCount', 'FailedCount']);

export const control = defineControl({
  id: 'SSM.2',
  title:
    'Amazon EC2 instances managed by Systems Manager should have a patch compliance status of COMPLIANT after a patch installation',
  description:
    'The instance lacks patches that its baseline approves, or has not taken them into use. Known flaws stay open on it although the fix exists.',
  severity: 'HIGH',
  resourceType: 'AWS::SSM::PatchCompliance',
  standards: {
    fsbp: true,
    pci: { '3.2.1': ['6.2'], '4.0.1': ['2.2.1', '6.3.3'] },
    nist80053: ['CM-8(3)', 'SI-2', 'SI-2(2)', 'SI-2(3)', 'SI-2(4)', 'SI-2(5)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ssm-controls.html#ssm-2',
  evaluate: ({ configuration }) => {
    const wrong: Reason[] = [];
    const unknown: Reason[] = [];
    for (const [path, meaning] of counts) {
      const value: unknown = configuration[path];
      if (value === undefined && !always.has(path)) continue;
      const count = asCount(value);
      if (count === undefined) unknown.push(unclear(path, value));
      else if (count > 0) wrong.push(because(path, value as Json, `${count} ${meaning}`));
    }
    return weigh(wrong, unknown, { text: 'every approved patch is installed', path: 'MissingCount' });
  },
});
