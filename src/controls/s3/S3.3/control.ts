import { defineControl } from '../../control.js';
import { judgeReach } from '../bucket-reach.js';

export const control = defineControl({
  id: 'S3.3',
  title: 'S3 general purpose buckets should block public write access',
  description:
    'Anyone can put, replace or delete objects in the bucket or change its settings, by its policy or its access control list. Strangers can plant files, destroy data and run up costs.',
  severity: 'CRITICAL',
  resourceType: 'AWS::S3::Bucket',
  needs: ['Hikeshi::S3::AccountPublicAccessBlock'],
  standards: {
    fsbp: true,
    pci: { '3.2.1': ['1.2.1', '1.3.1', '1.3.2', '1.3.4', '1.3.6', '7.2.1'] },
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
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-3',
  evaluate: (bucket, surroundings) => judgeReach(bucket, surroundings, 'write'),
});
