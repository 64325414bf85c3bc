import type { Resource } from '../../estate/estate.js';
import type { Reason } from '../control.js';
import { asList, asObject, kindOf } from '../shape.js';
import { isBlockedByEither } from './block-public-access.js';

/** How the world can reach a bucket, and what is not known of it. Nothing in either: it cannot. */
export interface PublicAccess {
  readonly open: readonly Reason[];
  readonly unknown: readonly Reason[];
}

/** The predefined groups that mean everyone. The second is anyone with an AWS account. Same URIs in all partitions. */
const everyone = /^https?:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/**
 * Whether the world can reach a bucket: by a grant in its access control list unless public ACLs are ignored, or by a
 * policy that S3 calls public unless public buckets are restricted; by the bucket's own Block Public Access settings or
 * its account's. The settings that only refuse new ACLs and policies change nothing that is already there.
 *
 * Source: S3 user guide, "Blocking public access to your Amazon S3 storage" and "The meaning of public".
 *
 * @param account the Block Public Access settings of the account that owns the bucket, where they were read.
 */
export function publicAccess(
  bucket: Resource<'AWS::S3::Bucket'>,
  account: Resource<'Hikeshi::S3::AccountPublicAccessBlock'> | undefined,
): PublicAccess {
  const own: unknown = bucket.configuration.PublicAccessBlockConfiguration;
  const accounts: unknown = account?.configuration.PublicAccessBlockConfiguration;
  const byAcl = unlessBlocked(grantsToEveryone(bucket), isBlockedByEither(own, accounts, 'IgnorePublicAcls'), bucket);
  const byPolicy = unlessBlocked(
    publicPolicy(bucket),
    isBlockedByEither(own, accounts, 'RestrictPublicBuckets'),
    bucket,
  );
  return { open: [...byAcl.open, ...byPolicy.open], unknown: [...byAcl.unknown, ...byPolicy.unknown] };
}

function unlessBlocked(
  access: PublicAccess,
  blocked: boolean | undefined,
  { arn }: { readonly arn: string },
): PublicAccess {
  if (blocked === true) return { open: [], unknown: [] };
  if (blocked === false || access.open.length === 0) return access;
  const text = `${arn} may be public, unless Block Public Access prevents it, which was not read`;
  return { open: [], unknown: [...access.unknown, { text }] };
}

/**
 * A bucket with ACLs disabled (BucketOwnerEnforced) needs no case of its own: S3 refuses to disable them while they
 * grant access to others, and then answers the owner's grant only.
 */
function grantsToEveryone({ arn, configuration }: Resource<'AWS::S3::Bucket'>): PublicAccess {
  const value: unknown = configuration.Acl;
  const grants = asList(asObject(value)?.['Grants']);
  if (grants === undefined) return { open: [], unknown: [{ text: `the access control list of ${arn} was not read` }] };
  const open: Reason[] = [];
  const unknown: Reason[] = [];
  for (const [index, each] of grants.entries()) {
    const grant = asObject(each);
    const grantee = asObject(grant?.['Grantee']);
    const group = grantee?.['URI'];
    if (grantee === undefined || (group !== undefined && typeof group !== 'string')) {
      unknown.push({ text: `Acl.Grants[${index}] of ${arn} is not a grant` });
    } else if (typeof group === 'string' && everyone.test(group)) {
      open.push({
        text: `the access control list of ${arn} grants ${String(grant?.['Permission'])} to ${nameOf(group)}`,
      });
    }
  }
  return { open, unknown };
}

function publicPolicy({ arn, configuration }: Resource<'AWS::S3::Bucket'>): PublicAccess {
  const { Policy: policy, PolicyStatus: status } = configuration;
  if (policy === null || (policy === undefined && status === null)) return { open: [], unknown: [] };
  const isPublic = asObject(status)?.['IsPublic'];
  if (isPublic === true) return { open: [{ text: `the policy of ${arn} is public` }], unknown: [] };
  if (policy !== undefined && !isJsonObject(policy)) {
    return { open: [], unknown: [{ text: `the policy of ${arn} is not a JSON document` }] };
  }
  if (isPublic === false) return { open: [], unknown: [] };
  const text = `whether the policy of ${arn} is public was not read: PolicyStatus is ${kindOf(status)}`;
  return { open: [], unknown: [{ text }] };
}

function isJsonObject(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  try {
    return asObject(JSON.parse(text)) !== undefined;
  } catch {
    return false;
  }
}

function nameOf(group: string): string {
  return group.endsWith('AllUsers') ? 'everyone' : 'anyone with an AWS account';
}
