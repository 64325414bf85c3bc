import type { Configuration, KmsKeyConfiguration, S3BucketConfiguration } from '@aws-sdk/client-accessanalyzer';
import { GLOBAL, type Resource } from '../../../estate/estate.js';
import type { Bucket, ResourceTypes, TypeName } from '../../../estate/resource-types.js';
import { invalid, notSupported } from './errors.js';

/** A resource as it would be. */
type Proposed = { readonly [Type in TypeName]: Resource<Type> }[TypeName];

/** Where a proposed resource lies, as far as its ARN does not say. */
export interface Place {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
}

/** Finds a resource as it is now. */
export type Current = <Type extends TypeName>(type: Type) => Resource<Type> | undefined;

/**
 * The resource that a configuration proposes: the one that is there with the given parts changed, or a new one. What is
 * not given stays as it is; an empty policy proposes that there be none.
 *
 * Source: Access Analyzer API reference, the page of each configuration.
 */
export function proposedResource(configuration: Configuration, place: Place, current: Current): Proposed {
  const { s3Bucket, sqsQueue, snsTopic, kmsKey, iamRole } = configuration;
  const name = nameIn(place.arn);
  if (s3Bucket !== undefined) {
    const known = current('AWS::S3::Bucket');
    const empty: Bucket = { Name: name, BucketRegion: place.region };
    return at(place, 'AWS::S3::Bucket', known, bucketOf(known?.configuration ?? empty, s3Bucket));
  }
  if (sqsQueue !== undefined) {
    const known = current('AWS::SQS::Queue');
    const { QueueName, Attributes, ...rest } = known?.configuration ?? { QueueName: name, Attributes: {} };
    return at(place, 'AWS::SQS::Queue', known, {
      ...rest,
      QueueName,
      Attributes: { ...Attributes, ...policyAttribute(sqsQueue.queuePolicy) },
    });
  }
  if (snsTopic !== undefined) {
    const known = current('AWS::SNS::Topic');
    const { TopicArn, Attributes, ...rest } = known?.configuration ?? { TopicArn: place.arn, Attributes: {} };
    return at(place, 'AWS::SNS::Topic', known, {
      ...rest,
      TopicArn,
      Attributes: { ...Attributes, ...policyAttribute(snsTopic.topicPolicy) },
    });
  }
  if (kmsKey !== undefined) {
    const known = current('AWS::KMS::Key');
    return at(place, 'AWS::KMS::Key', known, keyOf(known?.configuration ?? { KeyId: name }, kmsKey));
  }
  if (iamRole !== undefined) {
    const known = current('AWS::IAM::Role');
    if (known === undefined && iamRole.trustPolicy === undefined) {
      throw invalid('configurations', 'A new role must have a trust policy.');
    }
    const trust = iamRole.trustPolicy === undefined ? {} : { AssumeRolePolicyDocument: iamRole.trustPolicy };
    return at({ ...place, region: GLOBAL }, 'AWS::IAM::Role', known, {
      ...(known?.configuration ?? { RoleName: name, Arn: place.arn }),
      ...trust,
    });
  }
  throw notSupported(`access previews of ${Object.keys(configuration).join(', ') || 'nothing'}`);
}

function at<Type extends TypeName>(
  { arn, accountId, region }: Place,
  type: Type,
  known: Resource<Type> | undefined,
  configuration: ResourceTypes[Type],
): Resource<Type> {
  return { arn, type, accountId: known?.accountId ?? accountId, region: known?.region ?? region, configuration };
}

function nameIn(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}

function policyAttribute(policy: string | undefined): { Policy?: string } {
  return policy === undefined ? {} : { Policy: policy };
}

function bucketOf(known: Bucket, given: S3BucketConfiguration): Bucket {
  const { bucketPolicy, bucketAclGrants, bucketPublicAccessBlock } = given;
  if (Object.keys(given.accessPoints ?? {}).length > 0) throw notSupported('access previews of S3 access points');
  const block = bucketPublicAccessBlock;
  const grants = (bucketAclGrants ?? []).map(({ permission, grantee }) => ({
    ...(permission === undefined ? {} : { Permission: permission }),
    Grantee:
      grantee?.uri === undefined
        ? { Type: 'CanonicalUser' as const, ...(grantee?.id === undefined ? {} : { ID: grantee.id }) }
        : { Type: 'Group' as const, URI: grantee.uri },
  }));
  return {
    ...known,
    ...(bucketPolicy === undefined ? {} : { Policy: bucketPolicy === '' ? null : bucketPolicy }),
    ...(bucketAclGrants === undefined ? {} : { Acl: { ...known.Acl, Grants: grants } }),
    ...(block === undefined
      ? {}
      : {
          PublicAccessBlockConfiguration: {
            ...known.PublicAccessBlockConfiguration,
            IgnorePublicAcls: block.ignorePublicAcls === true,
            RestrictPublicBuckets: block.restrictPublicBuckets === true,
          },
        }),
  };
}

function keyOf(known: ResourceTypes['AWS::KMS::Key'], { keyPolicies, grants }: KmsKeyConfiguration) {
  const policy = keyPolicies?.['default'];
  const Grants = grants?.map(({ granteePrincipal, operations, constraints }, index) => ({
    GrantId: String(index),
    GranteePrincipal: granteePrincipal,
    Operations: operations,
    Constraints: {
      EncryptionContextEquals: constraints?.encryptionContextEquals,
      EncryptionContextSubset: constraints?.encryptionContextSubset,
    },
  }));
  return {
    ...known,
    ...(policy === undefined ? {} : { Policy: policy }),
    ...(Grants === undefined ? {} : { Grants }),
  };
}
