import type { Bucket } from '../resource-types.js';
import { tlsOnly } from './tls-only.js';
import type { Site } from './site.js';

export const BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
export const OPEN = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';

/** The name of a bucket of the account. */
export function bucketName(site: Site, suffix: string): string {
  return `edoya-${site.name}-${suffix}-${site.accountId.slice(-5)}`;
}

/** A bucket, with AWS's defaults unless told otherwise. Answers its name. */
export function bucket(site: Site, region: string, suffix: string, given: Partial<Bucket> = {}): string {
  const Name = bucketName(site, suffix);
  const ID = site.accountId.padEnd(64, '0');
  site.put('AWS::S3::Bucket', region, `arn:aws:s3:::${Name}`, {
    Name,
    CreationDate: site.daysAgo(100 + site.random.below(800)),
    BucketRegion: region,
    PublicAccessBlockConfiguration: BLOCKED,
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
    Tags: [{ Key: 'Owner', Value: site.name }],
    ...given,
  });
  return Name;
}

/** What makes a bucket public: no blocks, and a policy or an ACL that lets everybody read. */
export function publicAccess(site: Site, Name: string): Partial<Bucket> {
  const Statement = [
    { Sid: 'PublicRead', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Name}/*` },
  ];
  const ID = site.accountId.padEnd(64, '0');
  const own = { Grantee: { ID, Type: 'CanonicalUser' as const }, Permission: 'FULL_CONTROL' as const };
  const everyone = { Grantee: { Type: 'Group' as const, URI: ALL_USERS }, Permission: 'READ' as const };
  return site.random.chance(0.5)
    ? {
        PublicAccessBlockConfiguration: OPEN,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
        PolicyStatus: { IsPublic: true },
      }
    : {
        PublicAccessBlockConfiguration: null,
        OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
        Acl: { Owner: { ID }, Grants: [own, everyone] },
      };
}

/** The account's ordinary buckets and its own Block Public Access. */
export function storage(site: Site): void {
  const blocked = site.good();
  site.putGlobal('Hikeshi::S3::AccountPublicAccessBlock', `arn:aws:s3::${site.accountId}:account-public-access-block`, {
    PublicAccessBlockConfiguration: blocked
      ? BLOCKED
      : site.random.chance(0.5)
        ? { ...BLOCKED, RestrictPublicBuckets: false }
        : null,
  });
  for (let index = 0; index < site.count(10); index++) {
    const region = site.random.pick(site.regions);
    const suffix = `data-${index}`;
    const Name = bucketName(site, suffix);
    const half = { PublicAccessBlockConfiguration: { ...BLOCKED, BlockPublicPolicy: false } };
    const given = site.good()
      ? index % 2 === 0
        ? tlsOnly(Name)
        : {}
      : site.random.chance(0.3)
        ? publicAccess(site, Name)
        : site.random.chance(0.5)
          ? half
          : { PublicAccessBlockConfiguration: null };
    bucket(site, region, suffix, given);
  }
}
