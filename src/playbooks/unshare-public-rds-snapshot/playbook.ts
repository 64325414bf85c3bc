import { apiCall } from '../../reference/api-call.js';
import { notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';

export const playbook: Playbook = {
  id: 'unshare-public-rds-snapshot',
  title: 'Stop sharing a database snapshot with everyone',
  description:
    'Takes `all` out of the snapshot’s restore attribute. The accounts it is shared with by number keep it. Never deletes a snapshot, and cannot reach the copies that strangers have made.',
  controls: ['RDS.1'],
  risk: 'H',
  calls: ['rds:DescribeDBSnapshotAttributes', 'rds:ModifyDBSnapshotAttribute'],
  plan(subject, estate) {
    const snapshot = estate.get('AWS::RDS::DBSnapshot', subject.resourceArn, subject.accountId);
    if (snapshot === undefined) return notFound(subject);
    const { DBSnapshotIdentifier, DBSnapshotAttributes: attributes } = snapshot.configuration;
    if (attributes === undefined || DBSnapshotIdentifier === undefined)
      return notRead('whom the snapshot is shared with');
    const restorers = attributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? [];
    if (!restorers.includes('all')) return refuse('it is not shared with everyone', 'scan again');
    const target = { accountId: snapshot.accountId, region: snapshot.region };
    const read = apiCall('rds', 'DescribeDBSnapshotAttributes', target, { DBSnapshotIdentifier });
    const modify = (change: { readonly ValuesToAdd?: string[]; readonly ValuesToRemove?: string[] }) =>
      apiCall('rds', 'ModifyDBSnapshotAttribute', target, {
        DBSnapshotIdentifier,
        AttributeName: 'restore',
        ...change,
      });
    const path = 'DBSnapshotAttributesResult.DBSnapshotAttributes.AttributeName=restore.AttributeValues';
    const step: Step = {
      id: 'unshare',
      title: `stop sharing snapshot ${DBSnapshotIdentifier} with everyone`,
      call: modify({ ValuesToRemove: ['all'] }),
      before: [{ read, path, expect: { contains: 'all' } }],
      after: [{ read, path, expect: { lacks: 'all' } }],
      undo: [modify({ ValuesToAdd: ['all'] })],
    };
    return planOf(playbook, subject, [step], {
      warnings: [
        {
          code: 'copiesStay',
          text: 'whoever restores it without being named is refused; copies that strangers have made stay theirs, so treat what was in the database as known, and change the secrets in it',
        },
      ],
      outsideModel: ['copies and databases that strangers have made'],
    });
  },
};
