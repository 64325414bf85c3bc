import { defineControl } from '../../control.js';
import { judgeBlockPublicAccess } from '../judge-block-public-access.js';

export const control = defineControl({
  id: 'S3.8',
  title: 'S3 general purpose buckets should block public access',
  description:
    'The bucket does not block public access itself, so a wrong policy or access control list publishes it as soon as nothing above it stands in the way.',
  severity: 'HIGH',
  resourceType: 'AWS::S3::Bucket',
  standards: {
    cis: { '1.4': ['2.1.5'], '3.0': ['2.1.4'], '5.0': ['2.1.4'] },
    fsbp: true,
    pci: { '4.0.1': ['1.4.4'] },
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
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8',
  evaluate: ({ configuration }) => judgeBlockPublicAccess(configuration.PublicAccessBlockConfiguration, 'the bucket'),
});
