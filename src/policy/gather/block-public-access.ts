import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import type { Estate, Resource } from '../../estate/estate.js';

/**
 * Block Public Access as it bears on a bucket or an access point: each setting holds when it or its account has it.
 *
 * Source: S3 user guide, "Blocking public access to your Amazon S3 storage".
 */
export function publicAccessBlock(
  estate: Estate,
  { accountId, configuration }: Resource<'AWS::S3::Bucket'> | Resource<'AWS::S3::AccessPoint'>,
): PublicAccessBlockConfiguration {
  const own = configuration.PublicAccessBlockConfiguration ?? {};
  const [account] = estate.list('Hikeshi::S3::AccountPublicAccessBlock', { accountId });
  const over = account?.configuration.PublicAccessBlockConfiguration ?? {};
  return {
    BlockPublicAcls: own.BlockPublicAcls === true || over.BlockPublicAcls === true,
    IgnorePublicAcls: own.IgnorePublicAcls === true || over.IgnorePublicAcls === true,
    BlockPublicPolicy: own.BlockPublicPolicy === true || over.BlockPublicPolicy === true,
    RestrictPublicBuckets: own.RestrictPublicBuckets === true || over.RestrictPublicBuckets === true,
  };
}
