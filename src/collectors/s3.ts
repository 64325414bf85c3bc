import type { Bucket } from '../estate/resource-types.js';
import { defineCollector, resourceAt } from './collector.js';

/** Buckets of the account in the regions being read. Each bucket's details are asked for in its own region. */
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
  scope: 'account',
  async *collect(read, target) {
    const listed = await read.list('ListBuckets', { MaxBuckets: 1000 }, (page) => page.Buckets);
    const made = await read.each(listed, async ({ Name = '', CreationDate, BucketRegion }) => {
      const arn = `arn:${target.partition}:s3:::${Name}`;
      const region = BucketRegion ?? locationRegion(await read.detail('GetBucketLocation', { Bucket: Name }, arn));
      if (region === undefined || !target.regions.includes(region)) return [];
      // `$region` is for the reader: the call goes to the bucket's own region.
      const at = { Bucket: Name, $region: region };
      const block = await read.detail('GetPublicAccessBlock', at, arn, ['NoSuchPublicAccessBlockConfiguration']);
      const policy = await read.detail('GetBucketPolicy', at, arn, ['NoSuchBucketPolicy']);
      const status = policy === null ? null : await read.detail('GetBucketPolicyStatus', at, arn, ['NoSuchBucketPolicy']);
      const acl = await read.detail('GetBucketAcl', at, arn);
      const logging = await read.detail('GetBucketLogging', at, arn);
      const encryption = await read.detail('GetBucketEncryption', at, arn, ['ServerSideEncryptionConfigurationNotFoundError']);
      const versioning = await read.detail('GetBucketVersioning', at, arn);
      const ownership = await read.detail('GetBucketOwnershipControls', at, arn, ['OwnershipControlsNotFoundError']);
      const lifecycle = await read.detail('GetBucketLifecycleConfiguration', at, arn, ['NoSuchLifecycleConfiguration']);
      const tags = await read.detail('GetBucketTagging', at, arn, ['NoSuchTagSet']);
      const bucket: Bucket = {
        Name,
        ...(CreationDate === undefined ? {} : { CreationDate }),
        BucketRegion: region,
        ...(block === undefined ? {} : { PublicAccessBlockConfiguration: block?.PublicAccessBlockConfiguration ?? null }),
        ...(policy === undefined ? {} : { Policy: policy?.Policy ?? null }),
        ...(status === undefined ? {} : { PolicyStatus: status?.PolicyStatus ?? null }),
        ...(acl ? { Acl: acl } : {}),
        ...(logging === undefined ? {} : { LoggingEnabled: logging?.LoggingEnabled ?? null }),
        ...(encryption === undefined
          ? {}
          : { ServerSideEncryptionConfiguration: encryption?.ServerSideEncryptionConfiguration ?? null }),
        ...(versioning ? { Versioning: versioning } : {}),
        ...(ownership === undefined ? {} : { OwnershipControls: ownership?.OwnershipControls ?? null }),
        ...(lifecycle === undefined ? {} : { LifecycleRules: lifecycle?.Rules ?? null }),
        ...(tags === undefined ? {} : { Tags: tags?.TagSet ?? [] }),
      };
      return [resourceAt(target, 'AWS::S3::Bucket', arn, bucket, region)];
    });
    yield* made.flat();
  },
});

/** S3's oldest names for regions. Source: S3 API reference, GetBucketLocation. */
function locationRegion(answer: { readonly LocationConstraint?: string | undefined } | null | undefined): string | undefined {
  if (answer === undefined || answer === null) return undefined;
  if (answer.LocationConstraint === undefined || answer.LocationConstraint === '') return 'us-east-1';
  return answer.LocationConstraint === 'EU' ? 'eu-west-1' : answer.LocationConstraint;
}

const accountBlock = defineCollector({
  service: 's3control',
  types: ['Hikeshi::S3::AccountPublicAccessBlock'],
  reads: ['GetPublicAccessBlock'],
  scope: 'account',
  async *collect(read, target) {
    const answer = await read.one('GetPublicAccessBlock', { AccountId: target.accountId }, ['NoSuchPublicAccessBlockConfiguration']);
    if (answer === undefined) return;
    const arn = `arn:${target.partition}:s3::${target.accountId}:account-public-access-block`;
    const PublicAccessBlockConfiguration = answer?.PublicAccessBlockConfiguration ?? null;
    yield resourceAt(target, 'Hikeshi::S3::AccountPublicAccessBlock', arn, { PublicAccessBlockConfiguration });
  },
});

export const s3 = [buckets, accountBlock] as const;
