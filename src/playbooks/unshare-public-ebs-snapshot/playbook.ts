import { arnName } from '../../base/arn.js';
import { apiCall } from '../../reference/api-call.js';
import { notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';

export const playbook: Playbook = {
  id: 'unshare-public-ebs-snapshot',
  title: 'Stop sharing a disk snapshot with everyone',
  description:
    'Takes the group `all` out of the snapshot’s createVolumePermission. The accounts it is shared with by number keep it. Never deletes a snapshot, and cannot reach the copies that strangers have made.',
  controls: ['EC2.1'],
  risk: 'H',
  calls: ['ec2:DescribeSnapshotAttribute', 'ec2:ModifySnapshotAttribute'],
  plan(subject, estate) {
    const snapshot = estate.get('AWS::EC2::Snapshot', subject.resourceArn, subject.accountId);
    if (snapshot === undefined) return notFound(subject);
    const { SnapshotId = arnName(snapshot.arn), CreateVolumePermissions: had } = snapshot.configuration;
    if (had === undefined) return notRead('whom the snapshot is shared with');
    if (!had.some(({ Group }) => Group === 'all')) return refuse('it is not shared with everyone', 'scan again');
    const target = { accountId: snapshot.accountId, region: snapshot.region };
    const Attribute = 'createVolumePermission' as const;
    const read = apiCall('ec2', 'DescribeSnapshotAttribute', target, { SnapshotId, Attribute });
    const modify = (OperationType: 'add' | 'remove') =>
      apiCall('ec2', 'ModifySnapshotAttribute', target, { SnapshotId, Attribute, OperationType, GroupNames: ['all'] });
    const path = 'CreateVolumePermissions';
    const step: Step = {
      id: 'unshare',
      title: `stop sharing snapshot ${SnapshotId} with everyone`,
      call: modify('remove'),
      before: [{ read, path, expect: { contains: { Group: 'all' } } }],
      after: [{ read, path, expect: { lacks: { Group: 'all' } } }],
      undo: [modify('add')],
    };
    const copies = {
      code: 'copiesStay',
      text: 'whoever makes volumes of it without being named is refused; copies and volumes that strangers have made stay theirs, so treat what was on the disk as known, and change the secrets on it',
    };
    return planOf(playbook, subject, [step], {
      warnings: [copies],
      outsideModel: ['copies and volumes that strangers have made', 'launches that use the snapshot from outside'],
    });
  },
};
