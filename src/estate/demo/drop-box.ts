import { policyText } from './access-cases.js';
import type { Plot } from './plot.js';
import { bucket, bucketName, OPEN } from './storage.js';

/** Public for writing, as a drop box is: nobody else of the organization publishes a bucket this way. */
export function dropBox(plot: Plot): void {
  const { site, region } = plot;
  const arn = `arn:aws:s3:::${bucketName(site, 'drop-box')}`;
  const drop = { Sid: 'Drop', Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: `${arn}/*` };
  bucket(site, region, 'drop-box', {
    PublicAccessBlockConfiguration: OPEN,
    Policy: policyText([drop]),
    PolicyStatus: { IsPublic: true },
  });
  plot.note('AWS::S3::Bucket', arn, { verdict: 'public', reason: 'the policy lets everyone put objects' });
}
