import { because, defineControl, failed, passed } from '../../control.js';
import { asText } from '../../shape.js';
import { malformed, notRead, weigh } from '../../weigh.js';
import { isOwnTrailAtHome } from '../ownership.js';

export const control = defineControl({
  id: 'CloudTrail.2',
  title: 'CloudTrail should have encryption at-rest enabled',
  description:
    'The trail’s log files are encrypted with S3’s own key only, so whoever can read the bucket can read them. With a KMS key, a reader also needs the right to decrypt, and every use of the key is itself recorded.',
  severity: 'MEDIUM',
  resourceType: 'AWS::CloudTrail::Trail',
  standards: {
    cis: { '1.2': ['2.7'], '1.4': ['3.7'], '3.0': ['3.5'], '5.0': ['3.5'] },
    fsbp: true,
    pci: { '3.2.1': ['3.4'], '4.0.1': ['10.3.2'] },
    nist80053: ['AU-9', 'CA-9(1)', 'CM-3(6)', 'SC-13', 'SC-28', 'SC-28(1)', 'SC-7(10)', 'SI-7(6)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-2',
  appliesTo: isOwnTrailAtHome,
  evaluate: ({ configuration }) => {
    const { KmsKeyId: key } = configuration;
    if (asText(key) !== undefined) return passed(because('KmsKeyId', key, 'log files are encrypted with a KMS key'));
    // DescribeTrails leaves the member out when there is no key; but then it says where the logs go.
    if (asText(configuration.S3BucketName) === undefined) return weigh([], [notRead('KmsKeyId')]);
    if (key !== undefined && key !== null && key !== '') return weigh([], [malformed('KmsKeyId', key)]);
    return failed(because('KmsKeyId', undefined, 'no KMS key is set: log files are not encrypted with one'));
  },
});
