import type { Bucket } from '../estate/resource-types.js';
import { GLOBAL } from '../estate/estate.js';
import { defineCollector, resourceAt } from './collector.js';

/**
 * The buckets of one region. The account's list is the same in every region, so it is asked for once; what S3 does not
 * say there is asked of each bucket in its own region, and only of those in a region that is being read.
 */
const buckets = defineCollector({
  service: 's3',
  types: ['AWS::S3::Bucket'],
  reads: [
    'ListBuckets',
    'GetBucketLocation',
    'GetPublicAccessBlock',
    'GetBucketPolicy',
    'GetBucketPolicyStatus',
    'GetBucketAcl',
    'GetBucketLogging',
    'GetBucketEncryption',
    'GetBucketVersioning',
    'GetBucketOwnershipControls',
    'GetBucketLifecycleConfiguration',
    'GetBucketTagging',
  ],
  scope: 'region',
  async *collect(read, target) {
    const anywhere = read.in(GLOBAL);
    // Only a listing by pages says the regions. Source: S3 API reference, ListBuckets, `BucketRegion`.
    const listed = await anywhere.list('ListBuckets', { MaxBuckets: 1000 }, (page) => page.Buckets);
    const made = await read.each(listed, async ({ Name = '', CreationDate, BucketRegion }) => {
      const region = BucketRegion ?? locationRegion(await anywhere.one('GetBucketLocation', { Bucket: Name }, GONE));
      if (region !== target.region) return [];
      const arn = `arn:${target.partition}:s3:::${Name}`;
      const at = { Bucket: Name };
      const versioning = await read.detail('GetBucketVersioning', at, arn, GONE);
      if (versioning === null) return [];
      const block = await read.detail('GetPublicAccessBlock', at, arn, ['NoSuchPublicAccessBlockConfiguration']);
      const policy = await read.detail('GetBucketPolicy', at, arn, NO_POLICY);
      const status = policy === null ? null : await read.detail('GetBucketPolicyStatus', at, arn, NO_POLICY);
      const acl = await read.detail('GetBucketAcl', at, arn);
      const logging = await read.detail('GetBucketLogging', at, arn);
      const encryption = await read.detail('GetBucketEncryption', at, arn, NO_ENCRYPTION);
      const ownership = await read.detail('GetBucketOwnershipControls', at, arn, ['OwnershipControlsNotFoundError']);
      const lifecycle = await read.detail('GetBucketLifecycleConfiguration', at, arn, ['NoSuchLifecycleConfiguration']);
      const tags = await read.detail('GetBucketTagging', at, arn, ['NoSuchTagSet']);
      const bucket: Bucket = {
        Name,
        ...(CreationDate === undefined ? {} : { CreationDate }),
        BucketRegion: region,
        ...member('PublicAccessBlockConfiguration', block, block?.PublicAccessBlockConfiguration),
        ...member('Policy', policy, policy?.Policy),
        ...member('PolicyStatus', status, status?.PolicyStatus),
        ...(acl ? { Acl: acl } : {}),
        ...member('LoggingEnabled', logging, logging?.LoggingEnabled),
        ...member('ServerSideEncryptionConfiguration', encryption, encryption?.ServerSideEncryptionConfiguration),
        ...(versioning ? { Versioning: versioning } : {}),
        ...member('OwnershipControls', ownership, ownership?.OwnershipControls),
        ...member('LifecycleRules', lifecycle, lifecycle?.Rules),
        ...(tags === undefined ? {} : { Tags: tags?.TagSet ?? [] }),
      };
      return [resourceAt(target, 'AWS::S3::Bucket', arn, bucket)];
    });
    yield* made.flat();
  },
});

/** Deleted since it was listed. */
const GONE = ['NoSuchBucket'];
const NO_POLICY = ['NoSuchBucketPolicy'];
const NO_ENCRYPTION = ['ServerSideEncryptionConfigurationNotFoundError'];

/** One member of a bucket: left out when its answer was not read, `null` when S3 answered that there is none. */
function member<Name extends keyof Bucket>(
  name: Name,
  answer: object | null | undefined,
  value: Bucket[Name] | undefined,
): { readonly [Key in Name]?: NonNullable<Bucket[Name]> | null } {
  if (answer === undefined) return {};
  return { [name]: value ?? null } as { readonly [Key in Name]: NonNullable<Bucket[Name]> | null };
}

/** S3's oldest names for regions. Source: S3 API reference, GetBucketLocation. */
function locationRegion(
  answer: { readonly LocationConstraint?: string | undefined } | null | undefined,
): string | undefined {
  if (answer === undefined || answer === null) return undefined;
  if (answer.LocationConstraint === undefined || answer.LocationConstraint === '') return 'us-east-1';
  return answer.LocationConstraint === 'EU' ? 'eu-west-1' : answer.LocationConstraint;
}

/** S3's collector. */
export const s3 = [buckets] as const;
