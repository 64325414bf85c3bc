import type { Grant } from '@aws-sdk/client-s3';
import type { Stored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { absent, bucket, editBucket, type BucketResource } from './bucket.js';
import { canonicalId } from './buckets.js';
import { isPublicPolicy } from './public-policy.js';

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

const group = (URI: string, Permission: Grant['Permission']): Stored<Grant> => ({
  Grantee: { Type: 'Group', URI },
  Permission,
});

/** The grants a canned ACL adds to the owner's. Source: S3 user guide, "Canned ACL". */
const CANNED: Readonly<Record<string, readonly Stored<Grant>[]>> = {
  private: [],
  'public-read': [group(ALL_USERS, 'READ')],
  'public-read-write': [group(ALL_USERS, 'READ'), group(ALL_USERS, 'WRITE')],
  'authenticated-read': [group(AUTHENTICATED_USERS, 'READ')],
  'log-delivery-write': [group(LOG_DELIVERY, 'WRITE'), group(LOG_DELIVERY, 'READ_ACP')],
};

const isPublicGrant = ({ Grantee }: Stored<Grant>) =>
  Grantee?.URI === ALL_USERS || Grantee?.URI === AUTHENTICATED_USERS;

type Block = 'BlockPublicAcls' | 'BlockPublicPolicy';

/** Whether the bucket's own settings or its account's block something. */
function blocks(context: Context, { accountId, configuration }: BucketResource, what: Block): boolean {
  const arn = `arn:${context.partition}:s3::${accountId}:account-public-access-block`;
  const account = context.estate.get('Hikeshi::S3::AccountPublicAccessBlock', arn, accountId);
  return (
    configuration.PublicAccessBlockConfiguration?.[what] === true ||
    account?.configuration.PublicAccessBlockConfiguration?.[what] === true
  );
}

const denied = () => new AwsError('AccessDenied', 'Access Denied', { status: 403 });

export const access = handlers('s3', {
  GetPublicAccessBlock(input, context) {
    const { PublicAccessBlockConfiguration } = bucket(context, input.Bucket).configuration;
    if (!PublicAccessBlockConfiguration) {
      throw absent(
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
        input.Bucket,
      );
    }
    return { PublicAccessBlockConfiguration };
  },
  PutPublicAccessBlock(input, context) {
    const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
      input.PublicAccessBlockConfiguration;
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.PublicAccessBlockConfiguration = {
        BlockPublicAcls: BlockPublicAcls ?? false,
        IgnorePublicAcls: IgnorePublicAcls ?? false,
        BlockPublicPolicy: BlockPublicPolicy ?? false,
        RestrictPublicBuckets: RestrictPublicBuckets ?? false,
      };
    });
  },
  DeletePublicAccessBlock(input, context) {
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.PublicAccessBlockConfiguration = null;
    });
  },
  GetBucketPolicy(input, context) {
    const { Policy } = bucket(context, input.Bucket).configuration;
    if (!Policy) throw absent('NoSuchBucketPolicy', 'The bucket policy does not exist', input.Bucket);
    return { Policy };
  },
  GetBucketPolicyStatus(input, context) {
    const { Policy } = bucket(context, input.Bucket).configuration;
    if (!Policy) throw absent('NoSuchBucketPolicy', 'The bucket policy does not exist', input.Bucket);
    return { PolicyStatus: { IsPublic: isPublicPolicy(Policy) } };
  },
  PutBucketPolicy(input, context) {
    const found = bucket(context, input.Bucket);
    try {
      JSON.parse(input.Policy);
    } catch {
      const message = "Policies must be valid JSON and the first byte must be '{'";
      throw new AwsError('MalformedPolicy', message, { status: 400 });
    }
    const IsPublic = isPublicPolicy(input.Policy);
    if (IsPublic && blocks(context, found, 'BlockPublicPolicy')) throw denied();
    editBucket(context, found, (edited) => {
      edited.Policy = input.Policy;
      edited.PolicyStatus = { IsPublic };
    });
  },
  DeleteBucketPolicy(input, context) {
    editBucket(context, bucket(context, input.Bucket), (edited) => {
      edited.Policy = null;
      edited.PolicyStatus = null;
    });
  },
  GetBucketAcl: (input, context) => bucket(context, input.Bucket).configuration.Acl ?? {},
  PutBucketAcl(input, context) {
    const found = bucket(context, input.Bucket);
    const enforced = found.configuration.OwnershipControls?.Rules?.some(
      ({ ObjectOwnership }) => ObjectOwnership === 'BucketOwnerEnforced',
    );
    if (enforced === true && input.ACL !== 'private') {
      throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', { status: 400 });
    }
    const ID = canonicalId(found.accountId);
    const own: Stored<Grant> = { Grantee: { ID, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' };
    const canned = input.ACL === undefined ? undefined : CANNED[input.ACL];
    if (input.ACL !== undefined && canned === undefined) {
      throw new AwsError('InvalidArgument', `The canned ACL ${input.ACL} is not valid`, { status: 400 });
    }
    const Grants = canned === undefined ? [...(input.AccessControlPolicy?.Grants ?? [])] : [own, ...canned];
    if (Grants.some(isPublicGrant) && blocks(context, found, 'BlockPublicAcls')) throw denied();
    editBucket(context, found, (edited) => {
      edited.Acl = { Owner: { ID }, Grants };
    });
  },
});
