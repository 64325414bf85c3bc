import { arnName } from '../base/arn.js';
import type { Resource } from '../estate/estate.js';
import { apiCall } from '../reference/api-call.js';
import { asItWas, is } from './plan.js';
import type { Step } from './playbook.js';
import { ALL_BLOCKED, NO_BLOCK } from './public-access-block.js';

/** The step that blocks all public access to one bucket; undoing it restores the settings it had. */
export function blockBucketStep(bucket: Resource<'AWS::S3::Bucket'>): Step {
  const Bucket = arnName(bucket.arn);
  const had = bucket.configuration.PublicAccessBlockConfiguration;
  const target = { accountId: bucket.accountId, region: bucket.region };
  const read = apiCall('s3', 'GetPublicAccessBlock', target, { Bucket });
  const path = 'PublicAccessBlockConfiguration';
  const put = (PublicAccessBlockConfiguration: typeof ALL_BLOCKED | NonNullable<typeof had>) =>
    apiCall('s3', 'PutPublicAccessBlock', target, { Bucket, PublicAccessBlockConfiguration });
  return {
    id: 'block',
    title: `block public access to bucket ${Bucket}`,
    call: put(ALL_BLOCKED),
    before: [asItWas(read, path, had, NO_BLOCK)],
    after: [is(read, path, ALL_BLOCKED)],
    undo: [had === null || had === undefined ? apiCall('s3', 'DeletePublicAccessBlock', target, { Bucket }) : put(had)],
  };
}
