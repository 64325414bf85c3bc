import { defineControl, failed, passed } from '../../control.js';
import { asObject, asText, kindOf } from '../../shape.js';
import { weigh } from '../../weigh.js';
import { logBucketOf } from '../log-bucket.js';
import { isOwnTrailAtHome } from '../ownership.js';

export const control = defineControl({
  id: 'CloudTrail.7',
  title: 'Ensure S3 bucket access logging is enabled on the CloudTrail S3 bucket',
  description:
    'Nobody records who reads or removes files in the bucket that holds the trail’s logs. Access logs in another bucket show who touched the evidence.',
  severity: 'LOW',
  resourceType: 'AWS::CloudTrail::Trail',
  needs: ['AWS::S3::Bucket'],
  standards: {
    cis: { '1.2': ['2.6'], '1.4': ['3.6'], '3.0': ['3.4'], '5.0': ['3.4'] },
    pci: { '4.0.1': ['10.2.1'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-7',
  appliesTo: isOwnTrailAtHome,
  evaluate: (trail, surroundings) => {
    const found = logBucketOf(trail, surroundings);
    if ('unknown' in found) return weigh([], [found.unknown]);
    const { arn, configuration } = found.bucket;
    const logging: unknown = configuration.LoggingEnabled;
    if (logging === null) return failed({ text: `${arn} does not log access to it`, path: 'S3BucketName' });
    const target = asText(asObject(logging)?.['TargetBucket']);
    if (target !== undefined) return passed({ text: `access to ${arn} is logged to ${target}`, path: 'S3BucketName' });
    return weigh([], [{ text: `LoggingEnabled of ${arn} is ${kindOf(logging)}`, path: 'S3BucketName' }]);
  },
});
