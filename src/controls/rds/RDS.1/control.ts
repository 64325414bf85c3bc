import { because, defineControl, passed, type Reason } from '../../control.js';
import { asList, asObject } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';

const path = 'DBSnapshotAttributes';

/** What RDS and AWS Backup make by themselves cannot be shared, so nobody is asked with whom it is. */
const unshareable: ReadonlySet<unknown> = new Set(['automated', 'awsbackup']);

export const control = defineControl({
  id: 'RDS.1',
  title: 'RDS snapshot should be private',
  description:
    'Anyone with an AWS account can copy the snapshot or restore it as a database of their own, and read all that was in it.',
  severity: 'CRITICAL',
  resourceType: 'AWS::RDS::DBSnapshot',
  standards: {
    fsbp: true,
    pci: { '3.2.1': ['1.2.1', '1.3.1', '1.3.4', '1.3.6', '7.2.1'] },
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
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-1',
  evaluate: ({ configuration }) => {
    const attributes = asList(configuration.DBSnapshotAttributes);
    if (attributes === undefined) {
      const type: unknown = configuration.SnapshotType;
      if (configuration.DBSnapshotAttributes === undefined && unshareable.has(type)) {
        return passed(
          because('SnapshotType', configuration.SnapshotType, `a snapshot that is ${String(type)} cannot be shared`),
        );
      }
      return weigh([], [unclear(path, configuration.DBSnapshotAttributes)]);
    }
    const wrong: Reason[] = [];
    const unknown: Reason[] = [];
    for (const [index, each] of attributes.entries()) {
      const attribute = asObject(each);
      const name = attribute?.['AttributeName'];
      const place = `${path}[${index}]`;
      if (typeof name !== 'string') unknown.push(unclear(`${place}.AttributeName`, name));
      if (name !== 'restore') continue;
      const values = asList(attribute?.['AttributeValues'] ?? []);
      if (values === undefined) unknown.push(unclear(`${place}.AttributeValues`, attribute?.['AttributeValues']));
      else if (values.includes('all')) {
        wrong.push(because(`${place}.AttributeValues`, 'all', 'everyone may restore the snapshot'));
      }
    }
    return weigh(wrong, unknown, { text: 'not everyone may restore the snapshot', path });
  },
});
