import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { absent, bucket, bucketArn, editBucket } from './bucket.js';

/** A bucket's settings: logging, encryption, versioning, ownership, tags, lifecycle. */
export const settings = handlers('s3', {
  GetBucketLogging(input, context) {
    const { LoggingEnabled } = bucket(context, input.Bucket).configuration;
    return LoggingEnabled ? { LoggingEnabled } : {};
  },
  PutBucketLogging(input, context) {
    const found = bucket(context, input.Bucket);
    const logging = input.BucketLoggingStatus.LoggingEnabled;
    if (logging !== undefined) {
      const target = context.estate.get('AWS::S3::Bucket', bucketArn(context, logging.TargetBucket ?? ''));
      const message =
        'The target bucket for logging does not exist, is not owned by you, or does not have the appropriate grants for the log-delivery group.';
      if (target === undefined || target.accountId !== found.accountId || target.region !== found.region) {
        throw new AwsError('InvalidTargetBucketForLogging', message, {
          status: 400,
          members: { TargetBucket: logging.TargetBucket },
        });
      }
    }
    editBucket(context, found, (edited) => {
      edited.LoggingEnabled = logging ?? null;
    });
  },
  GetBucketEncryption(input, context) {
    const { ServerSideEncryptionConfiguration } = bucket(context, input.Bucket).configuration;
    if (!ServerSideEncryptionConfiguration) {
      const message = 'The server side encryption configuration was not found';
      throw absent('ServerSideEncryptionConfigurationNotFoundError', message, input.Bucket);
    }
    return { ServerSideEncryptionConfiguration };
  },
  PutBucketEncryption(input, context) {
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.ServerSideEncryptionConfiguration = input.ServerSideEncryptionConfiguration;
    });
  },
  GetBucketVersioning: (input, context) => bucket(context, input.Bucket).configuration.Versioning ?? {},
  PutBucketVersioning(input, context) {
    const { Status } = input.VersioningConfiguration;
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.Versioning = { ...edited.Versioning, Status };
    });
  },
  GetBucketOwnershipControls(input, context) {
    const { OwnershipControls } = bucket(context, input.Bucket).configuration;
    if (!OwnershipControls) {
      throw absent('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', input.Bucket);
    }
    return { OwnershipControls };
  },
  PutBucketOwnershipControls(input, context) {
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.OwnershipControls = input.OwnershipControls;
    });
  },
  DeleteBucketOwnershipControls(input, context) {
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.OwnershipControls = null;
    });
  },
  GetBucketTagging(input, context) {
    const TagSet = bucket(context, input.Bucket).configuration.Tags ?? [];
    if (TagSet.length === 0) throw absent('NoSuchTagSet', 'The TagSet does not exist', input.Bucket);
    return { TagSet };
  },
  PutBucketTagging(input, context) {
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.Tags = input.Tagging.TagSet ?? [];
    });
  },
  DeleteBucketTagging(input, context) {
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.Tags = [];
    });
  },
  GetBucketLifecycleConfiguration(input, context) {
    const { LifecycleRules } = bucket(context, input.Bucket).configuration;
    if (!LifecycleRules)
      throw absent('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', input.Bucket);
    return { Rules: LifecycleRules };
  },
});
