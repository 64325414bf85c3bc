import { defineControl } from '../../control.js';
import { publicAccess } from '../../s3/public-access.js';
import { weigh } from '../../weigh.js';
import { logBucketOf } from '../log-bucket.js';
import { isOwnTrailAtHome } from '../ownership.js';

export const control = defineControl({
  id: 'CloudTrail.6',
  title: 'Ensure the S3 bucket used to store CloudTrail logs is not publicly accessible',
  description:
    'Anyone can reach the bucket that holds the trail’s logs, by its access control list or its policy. The logs tell an attacker who does what in the account, and where its weak points are.',
  severity: 'CRITICAL',
  resourceType: 'AWS::CloudTrail::Trail',
  needs: ['AWS::S3::Bucket', 'Hikeshi::S3::AccountPublicAccessBlock'],
  standards: {
    cis: { '1.2': ['2.3'], '1.4': ['3.3'] },
    pci: { '4.0.1': ['1.4.4'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-6',
  appliesTo: isOwnTrailAtHome,
  evaluate: (trail, surroundings) => {
    const found = logBucketOf(trail, surroundings);
    if ('unknown' in found) return weigh([], [found.unknown]);
    const { bucket } = found;
    const account = surroundings.elsewhere(
      'Hikeshi::S3::AccountPublicAccessBlock',
      `arn:${surroundings.partition}:s3::${bucket.accountId}:account-public-access-block`,
    );
    const { open, unknown } = publicAccess(bucket, account);
    return weigh(open, unknown, { text: `${bucket.arn} is not public`, path: 'S3BucketName' });
  },
});
