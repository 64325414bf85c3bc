import { defineControl } from '../../control.js';
import { mustBeTrue } from '../../must-be-true.js';

export const control = defineControl({
  id: 'EC2.7',
  title: 'EBS default encryption should be enabled',
  description:
    'New EBS volumes and snapshot copies in this region are not encrypted unless each request asks for it. With encryption by default, nobody can forget it.',
  severity: 'MEDIUM',
  resourceType: 'Hikeshi::EC2::RegionalSettings',
  standards: {
    cis: { '1.4': ['2.2.1'], '3.0': ['2.2.1'], '5.0': ['5.1.1'] },
    fsbp: true,
    nist80053: ['CA-9(1)', 'CM-3(6)', 'SC-13', 'SC-28', 'SC-28(1)', 'SC-7(10)', 'SI-7(6)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-7',
  evaluate: ({ configuration, region }) =>
    mustBeTrue('EbsEncryptionByDefault', configuration.EbsEncryptionByDefault, {
      yes: `new EBS volumes in ${region} are encrypted`,
      no: `new EBS volumes in ${region} are not encrypted by default`,
    }),
});
