import type { Resource } from '../../../estate/estate.js';
import type { Bucket } from '../../../estate/resource-types.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { iamAction } from '../../../reference/iam-actions.js';

export type BucketResource = Resource<'AWS::S3::Bucket'>;

export function bucketArn(context: Context, name: string): string {
  return `arn:${context.partition}:s3:::${name}`;
}

/**
 * Finds a bucket by name, whoever owns it, and asks the authorizer.
 *
 * @throws AwsError NoSuchBucket, or AccessDenied for another account's bucket when `ownerOnly`.
 */
export function bucket(context: Context, name: string, path = ''): BucketResource {
  const arn = bucketArn(context, name);
  const found = context.estate.get('AWS::S3::Bucket', arn);
  if (found === undefined) {
    context.authorize(arn + path);
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
      status: 404,
      members: { BucketName: name },
    });
  }
  context.authorize(arn + path, {
    action: iamAction('s3', context.operation),
    resourceAccountId: found.accountId,
  });
  return found;
}

/** Changes a private copy of a bucket and stores it. */
export function editBucket(context: Context, found: BucketResource, change: (bucket: Bucket) => void): void {
  const configuration = structuredClone(found.configuration);
  change(configuration);
  context.estate.put({ ...found, configuration });
}

/** A sub-resource that is not there: S3's own code and text, with the bucket's name. */
export function absent(code: string, message: string, name: string): AwsError {
  return new AwsError(code, message, { status: 404, members: { BucketName: name } });
}
