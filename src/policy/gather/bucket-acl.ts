import type { Bucket } from '../../estate/resource-types.js';
import { AUTHENTICATED } from './shares.js';

const GROUPS = 'http://acs.amazonaws.com/groups/';

/** The actions that each permission of a bucket's ACL gives. Source: S3 user guide, "Access control list overview". */
const permissions: Readonly<Record<string, { bucket: readonly string[]; objects: readonly string[] }>> = {
  READ: { bucket: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'], objects: [] },
  WRITE: { bucket: [], objects: ['s3:PutObject'] },
  READ_ACP: { bucket: ['s3:GetBucketAcl'], objects: [] },
  WRITE_ACP: { bucket: ['s3:PutBucketAcl'], objects: [] },
  FULL_CONTROL: {
    bucket: [
      's3:ListBucket',
      's3:ListBucketVersions',
      's3:ListBucketMultipartUploads',
      's3:GetBucketAcl',
      's3:PutBucketAcl',
    ],
    objects: ['s3:PutObject'],
  },
};

/**
 * A bucket's ACL as a policy, leaving out what it gives its owner. `undefined` when it gives nobody else anything, or
 * when ACLs are disabled. An object's own ACL is not in the estate and not spoken of.
 *
 * @param ignorePublic Block Public Access ignores what the ACL gives everyone, or everyone with an account.
 */
export function aclDocument(
  arn: string,
  acl: Bucket['Acl'],
  { disabled, ignorePublic }: { disabled: boolean; ignorePublic: boolean },
): object | undefined {
  if (disabled || acl?.Grants === undefined) return undefined;
  const Statement: object[] = [];
  acl.Grants.forEach(({ Grantee, Permission }, index) => {
    const given = permissions[Permission ?? ''];
    const who = granteeOf(Grantee);
    const isOwner = Grantee?.ID !== undefined && Grantee.ID === acl.Owner?.ID;
    if (given === undefined || who === undefined || isOwner || (ignorePublic && who.public)) return;
    for (const [actions, resource] of [
      [given.bucket, arn],
      [given.objects, `${arn}/*`],
    ] as const) {
      if (actions.length === 0) continue;
      const { Principal, Condition } = who;
      const Sid = `Grant${index}${Permission?.replaceAll('_', '') ?? ''}`;
      Statement.push({ Sid, Effect: 'Allow', Principal, Action: actions, Resource: resource, ...Condition });
    }
  });
  return Statement.length === 0 ? undefined : { Version: '2012-10-17', Statement };
}

function granteeOf(
  grantee: NonNullable<NonNullable<Bucket['Acl']>['Grants']>[number]['Grantee'],
): { Principal: object | string; public: boolean; Condition?: object } | undefined {
  if (grantee?.Type === 'CanonicalUser' && grantee.ID !== undefined && /^[0-9a-f]{64}$/.test(grantee.ID)) {
    return { Principal: { CanonicalUser: grantee.ID }, public: false };
  }
  if (grantee?.URI === `${GROUPS}global/AllUsers`) return { Principal: '*', public: true };
  if (grantee?.URI === `${GROUPS}global/AuthenticatedUsers`) {
    return { Principal: '*', public: true, Condition: AUTHENTICATED };
  }
  // The log delivery group is an AWS service of its own; it has read nothing of the bucket.
  return undefined;
}
