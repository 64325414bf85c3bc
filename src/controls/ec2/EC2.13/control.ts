import { defineControl } from '../../control.js';
import { type GuardedPorts, judgeIngress, ownsGroup } from '../open-ingress.js';

/** What this control forbids. The playbook that fixes it removes exactly what `openEntries` finds for it. */
export const guarded: GuardedPorts = { ports: [22], transports: ['tcp'], families: ['IPv4', 'IPv6'] };

export const control = defineControl({
  id: 'EC2.13',
  title: 'Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22',
  description:
    'The security group lets the whole internet reach SSH. Every exposed host is found and tried within minutes; one weak password or unpatched server is enough.',
  severity: 'HIGH',
  resourceType: 'AWS::EC2::SecurityGroup',
  standards: {
    cis: { '1.2': ['4.1'] },
    pci: { '3.2.1': ['1.2.1', '1.3.1', '2.2.2'], '4.0.1': ['1.3.1'] },
    nist80053: ['AC-4', 'AC-4(21)', 'CM-7', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-13',
  appliesTo: ownsGroup,
  evaluate: (group) => judgeIngress(group, guarded),
});
