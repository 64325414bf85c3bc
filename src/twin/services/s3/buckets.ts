import type { BucketLocationConstraint } from '@aws-sdk/client-s3';
import type { Bucket } from '../../../estate/resource-types.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { bucket, bucketArn } from './bucket.js';
import { objectsOf } from './objects.js';

/** S3's canonical user id of an account: the twin's is its number, padded. */
export function canonicalId(accountId: string): string {
  return accountId.padEnd(64, '0');
}

/** What every new bucket has since April 2023. Source: S3 user guide, "Default settings for new S3 buckets". */
export function newBucket(context: Context, Name: string, BucketRegion: string): Bucket {
  const ID = canonicalId(context.accountId);
  return {
    Name,
    CreationDate: context.now.toISOString(),
    BucketRegion,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    Policy: null,
    PolicyStatus: null,
    Acl: { Owner: { ID }, Grants: [{ Grantee: { ID, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] },
    LoggingEnabled: null,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
    },
    Versioning: {},
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    LifecycleRules: null,
    Tags: [],
  };
}

export const buckets = handlers('s3', {
  ListBuckets(input, context) {
    context.authorize();
    const own = [...context.estate.list('AWS::S3::Bucket', { accountId: context.accountId })]
      .map(({ configuration }) => configuration)
      .filter(
        ({ Name, BucketRegion }) =>
          Name.startsWith(input.Prefix ?? '') && BucketRegion === (input.BucketRegion ?? BucketRegion),
      );
    const { items, next } = context.page(own, input.ContinuationToken, input.MaxBuckets, 10_000);
    return {
      Buckets: items.map(({ Name, CreationDate, BucketRegion }) => ({
        Name,
        BucketRegion,
        ...(CreationDate === undefined ? {} : { CreationDate }),
      })),
      Owner: { ID: canonicalId(context.accountId) },
      ...(next === undefined ? {} : { ContinuationToken: next }),
    };
  },
  CreateBucket(input, context) {
    const arn = bucketArn(context, input.Bucket);
    context.authorize(arn);
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(input.Bucket)) {
      throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', { status: 400 });
    }
    const had = context.estate.get('AWS::S3::Bucket', arn);
    if (had !== undefined) {
      throw had.accountId === context.accountId
        ? new AwsError(
            'BucketAlreadyOwnedByYou',
            'Your previous request to create the named bucket succeeded and you already own it.',
            { status: 409 },
          )
        : new AwsError(
            'BucketAlreadyExists',
            'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
            { status: 409 },
          );
    }
    const region = input.CreateBucketConfiguration?.LocationConstraint ?? 'us-east-1';
    context.table('AWS::S3::Bucket', { region }).put(arn, newBucket(context, input.Bucket, region));
    return { Location: `/${input.Bucket}` };
  },
  DeleteBucket(input, context) {
    const found = bucket(context, input.Bucket);
    if (objectsOf(context, found.arn).size > 0) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { status: 409 });
    }
    context.estate.remove(found);
  },
  HeadBucket: (input, context) => ({ BucketRegion: bucket(context, input.Bucket).configuration.BucketRegion }),
  GetBucketLocation(input, context) {
    const region = bucket(context, input.Bucket).configuration.BucketRegion;
    return region === 'us-east-1' ? {} : { LocationConstraint: region as BucketLocationConstraint };
  },
});
