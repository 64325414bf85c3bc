import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3-control';
import { parseArn } from '../../../base/arn.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { isJsonObject } from '../../policy-text.js';
import { isPublicPolicy } from '../s3/public-policy.js';

type AccessPointResource = Resource<'AWS::S3::AccessPoint'>;

const points = (context: Context) => context.table('AWS::S3::AccessPoint');

const denied = () => new AwsError('AccessDenied', 'Access Denied', { status: 403 });

/** An account asks about its own access points only. */
function requireOwn(context: Context, accountId: string | undefined): void {
  if (accountId !== undefined && accountId !== context.accountId) throw denied();
}

/** Finds an access point by name or ARN, asks the authorizer, or throws NoSuchAccessPoint. */
function accessPoint(
  context: Context,
  input: { readonly Name: string; readonly AccountId?: string | undefined },
): AccessPointResource {
  const named = parseArn(input.Name);
  const arn = named === undefined ? context.arn(`accesspoint/${input.Name}`) : input.Name;
  context.authorize(arn, { resourceAccountId: named?.accountId ?? context.accountId });
  requireOwn(context, input.AccountId);
  const found = points(context).get(arn);
  if (found !== undefined) return found;
  throw new AwsError('NoSuchAccessPoint', 'The specified accesspoint does not exist', {
    status: 404,
    members: { AccessPointName: input.Name },
  });
}

/** Its policy, or NoSuchAccessPointPolicy. */
function policyOf({ configuration: { Policy, Name } }: AccessPointResource): string {
  if (Policy) return Policy;
  const message = 'The specified accesspoint does not have an access point policy';
  throw new AwsError('NoSuchAccessPointPolicy', message, { status: 404, members: { AccessPointName: Name } });
}

/** A setting that is not given is on for a new access point. Source: S3 user guide, "Managing public access to access points". */
function blockOf(given: PublicAccessBlockConfiguration | undefined) {
  const unsaid = given === undefined;
  return {
    BlockPublicAcls: given?.BlockPublicAcls ?? unsaid,
    IgnorePublicAcls: given?.IgnorePublicAcls ?? unsaid,
    BlockPublicPolicy: given?.BlockPublicPolicy ?? unsaid,
    RestrictPublicBuckets: given?.RestrictPublicBuckets ?? unsaid,
  };
}

/** The ways into a bucket that have policies of their own. */
export const accessPoints = handlers('s3control', {
  ListAccessPoints(input, context) {
    context.authorize();
    requireOwn(context, input.AccountId);
    const all = points(context)
      .all()
      .filter(({ configuration: { Bucket } }) => Bucket === (input.Bucket ?? Bucket));
    const { items, next } = context.page(all, input.NextToken, input.MaxResults, 1000);
    const AccessPointList = items.map(({ arn, configuration }) => {
      const { Name, NetworkOrigin, VpcConfiguration, Bucket, Alias, BucketAccountId } = configuration;
      return { AccessPointArn: arn, Name, NetworkOrigin, VpcConfiguration, Bucket, Alias, BucketAccountId };
    });
    return { AccessPointList: AccessPointList as never, ...(next === undefined ? {} : { NextToken: next }) };
  },
  GetAccessPoint(input, context) {
    const { Policy: _, ...own } = accessPoint(context, input).configuration;
    return own;
  },
  CreateAccessPoint(input, context) {
    const AccessPointArn = context.arn(`accesspoint/${input.Name}`);
    context.authorize(AccessPointArn);
    requireOwn(context, input.AccountId);
    const bucket = context.estate.get('AWS::S3::Bucket', `arn:${context.partition}:s3:::${input.Bucket}`);
    if (bucket === undefined) {
      throw new AwsError('InvalidRequest', 'Amazon S3 Bucket does not exist', { status: 400 });
    }
    if (points(context).get(AccessPointArn) !== undefined) {
      const message = 'Your previous request to create the named accesspoint succeeded and you already own it.';
      throw new AwsError('AccessPointAlreadyOwnedByYou', message, { status: 409 });
    }
    const Alias = `${input.Name.slice(0, 24)}-${context.id('', 24)}-s3alias`;
    points(context).put(AccessPointArn, {
      Name: input.Name,
      Bucket: input.Bucket,
      BucketAccountId: bucket.accountId,
      AccessPointArn,
      Alias,
      NetworkOrigin: input.VpcConfiguration === undefined ? 'Internet' : 'VPC',
      ...(input.VpcConfiguration === undefined ? {} : { VpcConfiguration: input.VpcConfiguration }),
      PublicAccessBlockConfiguration: blockOf(input.PublicAccessBlockConfiguration),
      CreationDate: context.now.toISOString(),
      Endpoints: {},
      Policy: null,
    });
    return { AccessPointArn, Alias };
  },
  DeleteAccessPoint(input, context) {
    points(context).remove(accessPoint(context, input).arn);
  },
  GetAccessPointPolicy: (input, context) => ({ Policy: policyOf(accessPoint(context, input)) }),
  GetAccessPointPolicyStatus: (input, context) => ({
    PolicyStatus: { IsPublic: isPublicPolicy(policyOf(accessPoint(context, input))) },
  }),
  PutAccessPointPolicy(input, context) {
    const { arn, configuration } = accessPoint(context, input);
    if (!isJsonObject(input.Policy)) {
      const message = "Policies must be valid JSON and the first byte must be '{'";
      throw new AwsError('MalformedPolicy', message, { status: 400 });
    }
    const blocked = configuration.PublicAccessBlockConfiguration?.BlockPublicPolicy === true;
    if (blocked && isPublicPolicy(input.Policy)) throw denied();
    points(context).edit(arn, (edited) => {
      edited.Policy = input.Policy;
    });
  },
  DeleteAccessPointPolicy(input, context) {
    points(context).edit(accessPoint(context, input).arn, (edited) => {
      edited.Policy = null;
    });
  },
});
