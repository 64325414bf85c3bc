import { defineControl } from '../../control.js';
import { type GuardedPorts, judgeIngress, ownsGroup } from '../open-ingress.js';

/** What this control forbids. The playbook that fixes it removes exactly what `openEntries` finds for it. */
export const guarded: GuardedPorts = { ports: [3389], transports: ['tcp'], families: ['IPv4', 'IPv6'] };

export const control = defineControl({
  id: 'EC2.14',
  title: 'Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 3389',
  description:
    'The security group lets the whole internet reach Remote Desktop, a favourite way in for ransomware: by guessed passwords and by flaws that need no password.',
  severity: 'HIGH',
  resourceType: 'AWS::EC2::SecurityGroup',
  standards: {
    cis: { '1.2': ['4.2'] },
    pci: { '4.0.1': ['1.3.1'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-14',
  appliesTo: ownsGroup,
  evaluate: (group) => judgeIngress(group, guarded),
});
