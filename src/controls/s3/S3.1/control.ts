import { defineControl } from '../../control.js';
import { judgeBlockPublicAccess } from '../judge-block-public-access.js';

export const control = defineControl({
  id: 'S3.1',
  title: 'S3 general purpose buckets should have block public access settings enabled',
  description:
    'The account does not block public access to all its buckets, so one wrong policy or access control list on any bucket publishes it.',
  severity: 'MEDIUM',
  resourceType: 'Hikeshi::S3::AccountPublicAccessBlock',
  standards: {
    cis: { '1.4': ['2.1.5'], '3.0': ['2.1.4'], '5.0': ['2.1.4'] },
    fsbp: true,
    pci: { '3.2.1': ['1.2.1', '1.3.1', '1.3.2', '1.3.4', '1.3.6'], '4.0.1': ['1.4.4'] },
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
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-1',
  evaluate: ({ configuration }) => judgeBlockPublicAccess(configuration.PublicAccessBlockConfiguration, 'the account'),
});
