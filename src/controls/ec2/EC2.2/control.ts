import { defineControl, type Reason } from '../../control.js';
import { asList, asText } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';
import { ownsGroup } from '../open-ingress.js';

export const control = defineControl({
  id: 'EC2.2',
  title: 'VPC default security groups should not allow inbound or outbound traffic',
  description:
    'The default security group of a VPC has rules. AWS puts every network interface into it that names no other group, and it cannot be deleted; with its rules removed, what lands there by accident can talk to nothing.',
  severity: 'HIGH',
  resourceType: 'AWS::EC2::SecurityGroup',
  standards: {
    cis: { '1.2': ['4.3'], '1.4': ['5.3'], '3.0': ['5.4'], '5.0': ['5.5'] },
    fsbp: true,
    pci: { '3.2.1': ['1.2.1', '1.3.4', '2.1'] },
    nist80053: ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2',
  // `default` is reserved: no other group can have the name. A group whose name is unclear is judged, to be reported.
  appliesTo: (group) =>
    ownsGroup(group) &&
    (group.configuration.GroupName === 'default' || asText(group.configuration.GroupName) === undefined),
  evaluate: ({ configuration }) => {
    if (configuration.GroupName !== 'default') return weigh([], [unclear('GroupName', configuration.GroupName)]);
    const wrong: Reason[] = [];
    const unknown: Reason[] = [];
    for (const [path, direction] of directions) {
      const rules = asList(configuration[path]);
      if (rules === undefined) unknown.push(unclear(path, configuration[path]));
      else if (rules.length > 0)
        wrong.push({ text: `the default group has ${rules.length} ${direction} rule(s)`, path });
    }
    return weigh(wrong, unknown, { text: 'the default group has no rules', path: 'IpPermissions' });
  },
});

const directions = [
  ['IpPermissions', 'inbound'],
  ['IpPermissionsEgress', 'outbound'],
] as const;
