import { notDenied } from '../../../policy/questions/not-denied.js';
import { because, defineControl, failed } from '../../control.js';
import { readPolicy, requestText } from '../../public-policy.js';
import { weigh } from '../../weigh.js';
import { plainReading } from './plain-reading.js';

export const control = defineControl({
  id: 'S3.5',
  title: 'S3 general purpose buckets should require requests to use SSL',
  description:
    'The bucket answers requests that come over plain HTTP. Whoever is on the way can read what is sent, change it, and replay signed requests.',
  severity: 'MEDIUM',
  resourceType: 'AWS::S3::Bucket',
  standards: {
    cis: { '1.4': ['2.1.2'], '3.0': ['2.1.1'], '5.0': ['2.1.1'] },
    fsbp: true,
    pci: { '3.2.1': ['4.1'], '4.0.1': ['4.2.1'] },
    nist80053: [
      'AC-17(2)',
      'AC-4',
      'IA-5(1)',
      'SC-12(3)',
      'SC-13',
      'SC-23',
      'SC-23(3)',
      'SC-7(4)',
      'SC-8',
      'SC-8(1)',
      'SC-8(2)',
      'SI-7(6)',
    ],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5',
  evaluate: ({ arn, configuration }) => {
    const path = 'Policy';
    const { Policy: policy, PolicyStatus: status } = configuration;
    if (policy === null || (policy === undefined && status === null)) {
      return failed(because(path, null, 'there is no bucket policy, so nothing refuses plain HTTP'));
    }
    const read = readPolicy({ text: policy, path, name: `bucket policy of ${arn}` });
    if ('unread' in read) return weigh([], [read.unread]);
    const denied = { text: 'the bucket policy denies every request over plain HTTP', path };
    const plain = plainReading(read.policy, arn);
    if (plain === 'refused') return weigh([], [], denied);
    if (plain === 'nothing denied') {
      return failed({ text: 'the bucket policy denies nothing, so nothing refuses plain HTTP', path });
    }
    const access = { actions: ['s3:*'], resources: [arn, `${arn}/*`] };
    const answer = notDenied(read.policy, access, { key: 'aws:securetransport', value: 'false' });
    if (answer.kind === 'undetermined')
      return weigh([], [{ text: `the policy was not decided: ${answer.reason}`, path }]);
    if (answer.kind === 'no') return weigh([], [], denied);
    return failed({ text: `no statement denies this request over plain HTTP: ${requestText(answer.witness)}`, path });
  },
});
