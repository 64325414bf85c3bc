import type { Resource } from '../../estate/estate.js';
import { publicGrants, type AskedAccess } from '../../policy/questions/public-grants.js';
import type { Reason, Verdict } from '../control.js';
import { openingsOf, STATEMENTS_MAX, type Openings } from '../public-policy.js';
import { asList, asObject } from '../shape.js';
import type { Surroundings } from '../surroundings.js';
import { unclear, weigh } from '../weigh.js';
import { isBlockedByEither } from './block-public-access.js';

/** What strangers could do to a bucket. */
export type Reach = 'read' | 'write';

/** S3's own naming: what begins so tells or lists something, everything else changes something. */
const READS = ['s3:Get*', 's3:List*', 's3:Describe*'];

/** What each permission of an access control list gives. Source: S3 user guide, "Access control list overview". */
const permissions: Readonly<Record<Reach, ReadonlySet<unknown>>> = {
  read: new Set(['READ', 'READ_ACP', 'FULL_CONTROL']),
  write: new Set(['WRITE', 'WRITE_ACP', 'FULL_CONTROL']),
};

/** The predefined groups that mean everyone. The second is anyone with an AWS account. Same URIs in all partitions. */
const EVERYONE = /^https?:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/**
 * Whether strangers can read a bucket, or write to it: by its policy, unless RestrictPublicBuckets keeps them out, or by
 * its access control list, unless IgnorePublicAcls does; each setting is on when the bucket's or its account's is.
 *
 * Source: AWS Config developer guide, "s3-bucket-public-read-prohibited", "s3-bucket-public-write-prohibited".
 */
export function judgeReach(bucket: Resource<'AWS::S3::Bucket'>, surroundings: Surroundings, reach: Reach): Verdict {
  const own: unknown = bucket.configuration.PublicAccessBlockConfiguration;
  const account = surroundings.elsewhere(
    'Hikeshi::S3::AccountPublicAccessBlock',
    `arn:${surroundings.partition}:s3::${bucket.accountId}:account-public-access-block`,
  );
  const accounts: unknown = account?.configuration.PublicAccessBlockConfiguration;
  const byPolicy = unlessBlocked(
    () => byPolicyOf(bucket, reach),
    isBlockedByEither(own, accounts, 'RestrictPublicBuckets'),
  );
  const byAcl = unlessBlocked(() => byAclOf(bucket, reach), isBlockedByEither(own, accounts, 'IgnorePublicAcls'));
  const open = [...byPolicy.open, ...byAcl.open];
  return weigh(open, [...byPolicy.unknown, ...byAcl.unknown], { text: `no stranger can ${reach}`, path: 'Policy' });
}

/** What is blocked is not asked about: a proof over a policy costs more than all else that is judged of a bucket. */
function unlessBlocked(find: () => Openings, blocked: boolean | undefined): Openings {
  if (blocked === true) return { open: [], unknown: [] };
  const openings = find();
  if (blocked === false || openings.open.length === 0) return openings;
  const maybe = openings.open.map((reason) => ({
    ...reason,
    text: `${reason.text}, unless Block Public Access prevents it, which was not read`,
  }));
  return { open: [], unknown: [...openings.unknown, ...maybe] };
}

function byPolicyOf({ arn, configuration }: Resource<'AWS::S3::Bucket'>, reach: Reach): Openings {
  const resources = [arn, `${arn}/*`];
  const asked: AskedAccess =
    reach === 'read' ? { actions: READS, resources } : { actions: ['s3:*'], exceptActions: READS, resources };
  // A bucket whose policy status is "there is none" has no policy, also where the policy itself may not be read.
  const text = configuration.Policy === undefined && configuration.PolicyStatus === null ? null : configuration.Policy;
  return openingsOf({ text, path: 'Policy', name: `bucket policy of ${arn}` }, reach, (policy) =>
    publicGrants(policy, { ...asked, most: STATEMENTS_MAX }),
  );
}

/** Where ACLs are disabled they grant nothing, whatever they say. */
function byAclOf({ configuration }: Resource<'AWS::S3::Bucket'>, reach: Reach): Openings {
  const [rule] = asList(asObject(configuration.OwnershipControls)?.['Rules']) ?? [];
  if (asObject(rule)?.['ObjectOwnership'] === 'BucketOwnerEnforced') return { open: [], unknown: [] };
  const value: unknown = configuration.Acl;
  const grants = asList(asObject(value)?.['Grants']);
  if (grants === undefined) return { open: [], unknown: [unclear('Acl.Grants', asObject(value)?.['Grants'])] };
  const open: Reason[] = [];
  const unknown: Reason[] = [];
  for (const [index, each] of grants.entries()) {
    const grant = asObject(each);
    const grantee = asObject(grant?.['Grantee']);
    const group = grantee?.['URI'];
    const path = `Acl.Grants[${index}]`;
    if (grantee === undefined || (group !== undefined && typeof group !== 'string')) unknown.push(unclear(path, each));
    else if (typeof group === 'string' && EVERYONE.test(group) && permissions[reach].has(grant?.['Permission'])) {
      const who = group.endsWith('AllUsers') ? 'everyone' : 'anyone with an AWS account';
      open.push({ text: `the access control list gives ${String(grant?.['Permission'])} to ${who}`, path });
    }
  }
  return { open, unknown };
}
