import { because, defineControl, type Reason } from '../../control.js';
import { asList, asObject } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';

const path = 'CreateVolumePermissions';

export const control = defineControl({
  id: 'EC2.1',
  title: 'Amazon EBS snapshots should not be publicly restorable',
  description:
    'Anyone with an AWS account can make a volume of the snapshot and read everything that was on the disk: files, keys, deleted data that was not overwritten.',
  severity: 'CRITICAL',
  resourceType: 'AWS::EC2::Snapshot',
  standards: {
    fsbp: true,
    pci: { '3.2.1': ['1.2.1', '1.3.1', '1.3.4', '7.2.1'] },
    nist80053: [
      'AC-21',
      'AC-3',
      'AC-3(7)',
      'AC-4',
      'AC-4(21)',
      'AC-6',
      'SC-7',
      'SC-7(11)',
      'SC-7(16)',
      'SC-7(20)',
      'SC-7(21)',
      'SC-7(3)',
      'SC-7(4)',
      'SC-7(9)',
    ],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-1',
  evaluate: ({ configuration }) => {
    const permissions = asList(configuration.CreateVolumePermissions);
    if (permissions === undefined) return weigh([], [unclear(path, configuration.CreateVolumePermissions)]);
    const wrong: Reason[] = [];
    const unknown: Reason[] = [];
    for (const [index, each] of permissions.entries()) {
      const permission = asObject(each);
      const group = permission?.['Group'];
      const place = `${path}[${index}]`;
      if (group === 'all') wrong.push(because(`${place}.Group`, 'all', 'everyone may make a volume of the snapshot'));
      else if (permission === undefined) unknown.push(unclear(place, each));
      else if (group !== undefined) unknown.push(unclear(`${place}.Group`, group));
    }
    return weigh(wrong, unknown, { text: 'not everyone may make a volume of the snapshot', path });
  },
});
