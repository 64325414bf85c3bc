import type { Estate, Resource } from '../../estate/estate.js';
import type { TypeName } from '../../estate/resource-types.js';
import { isPublicPolicy } from '../questions/public-access.js';
import { publicAccessBlock } from './block-public-access.js';
import { aclDocument } from './bucket-acl.js';
import { defaultKeyPolicy } from './default-key-policy.js';
import { grantsDocument } from './key-grants.js';
import type { Policy } from '../document/policy.js';
import type { PolicyLibrary } from './policy-library.js';
import { shareDocument } from './shares.js';

/** The resource-based side of one resource: the policies that speak for it, and what they speak of. */
export interface ResourcePolicies {
  readonly policies: readonly Policy[];
  /** The ARNs, with wildcards, that the policies protect: a bucket and its objects. */
  readonly scope: readonly string[];
  /** Whether an identity policy alone is not enough. */
  readonly policyRequired: boolean;
  /** Services whose actions the policies decide; others on the same ARN are not theirs (IAM's on a role). */
  readonly actions?: string;
  /** A part that is shared by itself, such as a table's stream. */
  readonly part?: { readonly arn: string; readonly type: string; readonly policies: readonly Policy[] };
  /** S3: only the owner's account and AWS services get what the policies grant. */
  readonly restrictedToOwner?: boolean;
}

type Reader<Type extends TypeName> = (
  resource: Resource<Type>,
  library: PolicyLibrary,
  estate: Estate,
) => ResourcePolicies;

/**
 * How each type shares access. One entry a type; ACLs, grants and shares are written as policies, so that one engine
 * reasons about all of them.
 */
const readers: { readonly [Type in TypeName]?: Reader<Type> } = {
  'AWS::S3::Bucket': (bucket, library, estate) => {
    const { arn, configuration } = bucket;
    const block = publicAccessBlock(estate, bucket);
    const disabled = configuration.OwnershipControls?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced';
    const acl = aclDocument(arn, configuration.Acl, { disabled, ignorePublic: block.IgnorePublicAcls === true });
    const policies = read(library, configuration.Policy, 'resource', `bucket policy of ${configuration.Name}`);
    return {
      restrictedToOwner: block.RestrictPublicBuckets === true && policies.some(isPublicPolicy),
      policies: [
        ...policies,
        ...(acl === undefined ? [] : read(library, JSON.stringify(acl), 'resource', `ACL of ${configuration.Name}`)),
      ],
      scope: [arn, `${arn}/*`],
      policyRequired: false,
    };
  },
  'AWS::IAM::Role': ({ arn, configuration }, library) => ({
    policies: read(
      library,
      configuration.AssumeRolePolicyDocument,
      'trust',
      `trust policy of ${configuration.RoleName ?? arn}`,
    ),
    scope: [arn],
    policyRequired: true,
    actions: 'sts:*',
  }),
  'AWS::KMS::Key': ({ arn, configuration }, library) => {
    const grants = grantsDocument(arn, configuration);
    return {
      policies: [
        ...read(
          library,
          configuration.Policy ?? defaultKeyPolicy(arn, configuration.KeyManager),
          'key',
          `key policy of ${configuration.KeyId ?? arn}`,
        ),
        ...(grants === undefined
          ? []
          : read(library, JSON.stringify(grants), 'key', `grants of ${configuration.KeyId ?? arn}`)),
      ],
      scope: [arn],
      policyRequired: true,
    };
  },
  'AWS::SQS::Queue': ({ arn, configuration }, library) =>
    plain(
      arn,
      read(library, configuration.Attributes['Policy'], 'resource', `queue policy of ${configuration.QueueName}`),
    ),
  'AWS::SNS::Topic': ({ arn, configuration }, library) =>
    plain(arn, read(library, configuration.Attributes['Policy'], 'resource', `topic policy of ${arn}`)),
  'AWS::Lambda::Function': ({ arn, configuration }, library) => ({
    ...plain(
      arn,
      read(library, configuration.Policy, 'resource', `function policy of ${configuration.FunctionName ?? arn}`),
    ),
    scope: [arn, `${arn}:*`],
  }),
  'AWS::EC2::Snapshot': ({ arn, configuration }, library) => {
    const shares = configuration.CreateVolumePermissions ?? [];
    const accounts = shares.flatMap(({ UserId, Group }) =>
      Group === 'all' ? ['*'] : UserId === undefined ? [] : [UserId],
    );
    return shared(arn, accounts, ['ec2:CreateVolume', 'ec2:CopySnapshot'], library);
  },
  'AWS::EC2::Image': ({ arn, configuration }, library) => {
    const shares = (configuration.LaunchPermissions ?? []).flatMap(
      ({ UserId, Group, OrganizationArn, OrganizationalUnitArn }) => {
        const unit = OrganizationalUnitArn?.split('/').slice(1).join('/');
        const organization = OrganizationArn?.split('/')[1] ?? unit;
        return Group === 'all'
          ? ['*']
          : UserId !== undefined
            ? [UserId]
            : organization === undefined
              ? []
              : [organization];
      },
    );
    return shared(arn, shares, ['ec2:RunInstances', 'ec2:CopyImage'], library);
  },
  'AWS::RDS::DBSnapshot': ({ arn, configuration }, library) =>
    shared(
      arn,
      restorers(configuration.DBSnapshotAttributes),
      ['rds:RestoreDBInstanceFromDBSnapshot', 'rds:CopyDBSnapshot'],
      library,
    ),
  'AWS::RDS::DBClusterSnapshot': ({ arn, configuration }, library) =>
    shared(
      arn,
      restorers(configuration.DBClusterSnapshotAttributes),
      ['rds:RestoreDBClusterFromSnapshot', 'rds:CopyDBClusterSnapshot'],
      library,
    ),
  'AWS::S3::AccessPoint': (point, library, estate) => {
    const { arn, configuration } = point;
    const { Name = arn, VpcConfiguration } = configuration;
    const policies = read(library, configuration.Policy, 'resource', `access point policy of ${Name}`);
    const vpcId = VpcConfiguration?.VpcId;
    const network =
      vpcId === undefined ? [] : [library.made(onlyThrough(arn, vpcId), 'resource', `network of ${Name}`)];
    return {
      policies: [...policies, ...network],
      scope: [arn, `${arn}/object/*`],
      policyRequired: false,
      restrictedToOwner:
        publicAccessBlock(estate, point).RestrictPublicBuckets === true && policies.some(isPublicPolicy),
    };
  },
  'AWS::Lambda::LayerVersion': ({ arn, configuration }, library) =>
    plain(arn, read(library, configuration.Policy, 'resource', `layer policy of ${configuration.LayerName}`)),
  'AWS::DynamoDB::Table': ({ arn, configuration }, library) => {
    const { TableName = arn, ResourcePolicy, StreamResourcePolicy, LatestStreamArn } = configuration;
    const stream = read(library, StreamResourcePolicy, 'resource', `stream policy of ${TableName}`);
    return {
      policies: read(library, ResourcePolicy, 'resource', `table policy of ${TableName}`),
      scope: [arn, `${arn}/index/*`],
      policyRequired: false,
      ...(LatestStreamArn === undefined || stream.length === 0
        ? {}
        : { part: { arn: LatestStreamArn, type: 'AWS::DynamoDB::Stream', policies: stream } }),
    };
  },
  'AWS::ECR::Repository': ({ arn, configuration }, library) =>
    plain(
      arn,
      read(library, configuration.Policy, 'resource', `repository policy of ${configuration.repositoryName ?? arn}`),
    ),
  'AWS::EFS::FileSystem': ({ arn, configuration }, library) =>
    plain(
      arn,
      read(
        library,
        configuration.FileSystemPolicy,
        'resource',
        `file system policy of ${configuration.FileSystemId ?? arn}`,
      ),
    ),
  'AWS::SecretsManager::Secret': ({ arn, configuration }, library) =>
    plain(
      arn,
      read(library, configuration.ResourcePolicy, 'resource', `secret policy of ${configuration.Name ?? arn}`),
    ),
};

/** The types whose resources can be shared by a policy or a grant of their own. */
export const sharedTypes = Object.keys(readers) as readonly (keyof typeof readers)[];

/** The resource-based side of a resource; `undefined` for a type that has none. */
export function resourcePolicies(
  resource: Resource,
  library: PolicyLibrary,
  estate: Estate,
): ResourcePolicies | undefined {
  const reader = readers[resource.type] as Reader<TypeName> | undefined;
  return reader?.(resource, library, estate);
}

/** What a resource itself is in the estate: of an object its bucket, of a version of a function the function. */
export function ownerOf(estate: Estate, arn: string, accountId: string | undefined): Resource | undefined {
  for (const candidate of candidatesOf(arn, accountId)) {
    for (const type of sharedTypes) {
      const found = estate.get(type, candidate, accountId);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function candidatesOf(arn: string, accountId: string | undefined): string[] {
  if (/^arn:[^:]+:s3:::/.test(arn)) return [arn.split('/')[0] ?? arn];
  const unowned = /^(arn:[^:]+:ec2:[^:]*):(:(?:snapshot|image)\/.+)$/.exec(arn);
  if (unowned !== null && accountId !== undefined) return [`${unowned[1]}:${accountId}${unowned[2]}`];
  const qualified = /^(arn:[^:]+:lambda:[^:]*:\d+:function:[^:]+):[^:]+$/.exec(arn);
  return qualified?.[1] === undefined ? [arn] : [arn, qualified[1]];
}

/** The accounts that may restore a database snapshot; `all` is everyone. */
function restorers(
  attributes: readonly {
    readonly AttributeName?: string | undefined;
    readonly AttributeValues?: readonly string[] | undefined;
  }[] = [],
): string[] {
  const values = attributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? [];
  return values.map((value) => (value === 'all' ? '*' : value));
}

/** An access point that answers only in a VPC. Source: S3 user guide, "Creating access points restricted to a VPC". */
function onlyThrough(arn: string, vpcId: string): object {
  const Condition = { StringNotEquals: { 'aws:SourceVpc': vpcId } };
  const Statement = [
    {
      Sid: 'OnlyThroughVpc',
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Resource: [arn, `${arn}/object/*`],
      Condition,
    },
  ];
  return { Version: '2012-10-17', Statement };
}

function plain(arn: string, policies: readonly Policy[]): ResourcePolicies {
  return { policies, scope: [arn], policyRequired: false };
}

function shared(
  arn: string,
  accounts: readonly string[],
  actions: readonly string[],
  library: PolicyLibrary,
): ResourcePolicies {
  if (accounts.length === 0) return plain(arn, []);
  return plain(arn, read(library, JSON.stringify(shareDocument(accounts, actions)), 'resource', `shares of ${arn}`));
}

function read(
  library: PolicyLibrary,
  text: string | null | undefined,
  kind: 'resource' | 'trust' | 'key',
  name: string,
): Policy[] {
  if (text === null || text === undefined || text === '') return [];
  const policy = library.get(text, kind, name);
  return policy === undefined ? [] : [policy];
}
