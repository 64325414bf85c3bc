import { apiCall } from '../../reference/api-call.js';
import { is, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';

export const playbook: Playbook = {
  id: 'enable-ebs-default-encryption',
  title: 'Encrypt new EBS volumes by default',
  description:
    'Switches encryption by default on for one account and region, with the default key as it is. New volumes and snapshot copies are encrypted; existing ones are not touched.',
  controls: ['EC2.7'],
  risk: 'S',
  calls: ['ec2:GetEbsEncryptionByDefault', 'ec2:EnableEbsEncryptionByDefault', 'ec2:DisableEbsEncryptionByDefault'],
  plan(subject, estate) {
    const settings = estate.get('Hikeshi::EC2::RegionalSettings', subject.resourceArn, subject.accountId);
    if (settings === undefined) return notFound(subject);
    const on = settings.configuration.EbsEncryptionByDefault;
    if (on === undefined) return notRead('encryption by default');
    if (on) return refuse('it is on already', 'scan again');
    const read = apiCall('ec2', 'GetEbsEncryptionByDefault', subject, {});
    const step = {
      id: 'enable',
      title: `encrypt new EBS volumes in ${subject.region} by default`,
      call: apiCall('ec2', 'EnableEbsEncryptionByDefault', subject, {}),
      before: [is(read, 'EbsEncryptionByDefault', false)],
      after: [is(read, 'EbsEncryptionByDefault', true)],
      undo: [apiCall('ec2', 'DisableEbsEncryptionByDefault', subject, {})],
    };
    return planOf(playbook, subject, [step], {
      outsideModel: [
        'images shared with other accounts: copies made after this are encrypted and cannot be shared as before',
      ],
    });
  },
};
