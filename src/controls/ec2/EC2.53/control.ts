import { defineControl } from '../../control.js';
import { type GuardedPorts, judgeIngress, ownsGroup } from '../open-ingress.js';

/** What this control forbids. The playbook that fixes it removes exactly what `openEntries` finds for it. */
export const guarded: GuardedPorts = { ports: [22, 3389], transports: ['tcp', 'udp'], families: ['IPv4'] };

export const control = defineControl({
  id: 'EC2.53',
  title: 'EC2 security groups should not allow ingress from 0.0.0.0/0 to remote server administration ports',
  description:
    'The security group lets every IPv4 address reach SSH (22) or Remote Desktop (3389). Administration belongs behind a VPN, a bastion or Session Manager.',
  severity: 'HIGH',
  resourceType: 'AWS::EC2::SecurityGroup',
  standards: {
    cis: { '3.0': ['5.2'], '5.0': ['5.3'] },
    pci: { '4.0.1': ['1.3.1'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-53',
  appliesTo: ownsGroup,
  evaluate: (group) => judgeIngress(group, guarded),
});
