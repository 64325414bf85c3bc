import { because, defineControl, failed, passed } from '../../control.js';
import { asText } from '../../shape.js';
import { malformed, notRead, weigh } from '../../weigh.js';
import { isOwnTrailAtHome } from '../ownership.js';

export const control = defineControl({
  id: 'CloudTrail.5',
  title: 'CloudTrail trails should be integrated with Amazon CloudWatch Logs',
  description:
    'The trail does not send its events to CloudWatch Logs, so no metric filter or alarm can react to them within minutes.',
  severity: 'LOW',
  resourceType: 'AWS::CloudTrail::Trail',
  standards: {
    cis: { '1.2': ['2.4'], '1.4': ['3.4'] },
    fsbp: true,
    pci: { '3.2.1': ['10.5.3'] },
    nist80053: [
      'AC-2(4)',
      'AC-4(26)',
      'AC-6(9)',
      'AU-10',
      'AU-12',
      'AU-2',
      'AU-3',
      'AU-6(1)',
      'AU-6(3)',
      'AU-6(4)',
      'AU-6(5)',
      'AU-7(1)',
      'CA-7',
      'SC-7(9)',
      'SI-20',
      'SI-3(8)',
      'SI-4(20)',
      'SI-4(5)',
      'SI-7(8)',
    ],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-5',
  appliesTo: isOwnTrailAtHome,
  evaluate: ({ configuration }) => {
    const path = 'CloudWatchLogsLogGroupArn';
    const group = configuration[path];
    if (asText(group) !== undefined) return passed(because(path, group, 'events are sent to CloudWatch Logs'));
    // DescribeTrails leaves the member out when there is no group; but then it says where the logs go.
    if (asText(configuration.S3BucketName) === undefined) return weigh([], [notRead(path)]);
    if (group !== undefined && group !== null && group !== '') return weigh([], [malformed(path, group)]);
    return failed(because(path, undefined, 'no log group is set: events are not sent to CloudWatch Logs'));
  },
});
