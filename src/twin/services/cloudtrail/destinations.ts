import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';

/** What a trail writes to. */
export interface Destinations {
  readonly S3BucketName?: string | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly CloudWatchLogsLogGroupArn?: string | undefined;
  readonly CloudWatchLogsRoleArn?: string | undefined;
}

const SERVICE = 'cloudtrail.amazonaws.com';

/**
 * Refuses destinations that CloudTrail could not write to: a bucket that does not exist or whose policy does not let
 * CloudTrail in, a key whose policy does not, a log group or role that does not exist.
 *
 * @throws AwsError with CloudTrail's own code.
 */
export function checkDestinations(context: Context, asked: Destinations): void {
  if (asked.S3BucketName !== undefined) checkBucket(context, asked.S3BucketName);
  if (asked.KmsKeyId !== undefined && asked.KmsKeyId !== '') checkKey(context, asked.KmsKeyId);
  const { CloudWatchLogsLogGroupArn: group, CloudWatchLogsRoleArn: role } = asked;
  if (group !== undefined && group !== '') {
    const arn = group.replace(/:\*$/, '');
    if (context.estate.get('AWS::Logs::LogGroup', arn) === undefined) {
      throw new AwsError(
        'InvalidCloudWatchLogsLogGroupArnException',
        `Access denied. Verify in IAM that the role has adequate permissions, and that the log group ${arn} exists.`,
      );
    }
    if (role === undefined) {
      throw new AwsError(
        'InvalidCloudWatchLogsRoleArnException',
        'You must specify a role ARN as well as a log group.',
      );
    }
  }
  if (role !== undefined && role !== '' && context.estate.get('AWS::IAM::Role', role) === undefined) {
    throw new AwsError(
      'InvalidCloudWatchLogsRoleArnException',
      'Access denied. Check the trust relationships for your role.',
    );
  }
}

function checkBucket(context: Context, name: string): void {
  const bucket = context.estate.get('AWS::S3::Bucket', `arn:${context.partition}:s3:::${name}`);
  if (bucket === undefined) throw new AwsError('S3BucketDoesNotExistException', `S3 bucket ${name} does not exist!`);
  const { Policy } = bucket.configuration;
  if (Policy === undefined) return;
  if (Policy === null || !letsIn(Policy, 's3:PutObject')) {
    throw new AwsError(
      'InsufficientS3BucketPolicyException',
      `Incorrect S3 bucket policy is detected for bucket: ${name}`,
    );
  }
}

function checkKey(context: Context, id: string): void {
  const arn = id.startsWith('arn:') ? id : context.arn(id.startsWith('alias/') ? id : `key/${id}`, { service: 'kms' });
  const alias = context.estate.get('AWS::KMS::Alias', arn);
  const target = alias === undefined ? arn : arn.replace(/alias\/.*$/, `key/${alias.configuration.TargetKeyId}`);
  const key = context.estate.get('AWS::KMS::Key', target);
  if (key === undefined) throw new AwsError('KmsKeyNotFoundException', `KMS key ${id} not found.`);
  const { Policy, KeyState } = key.configuration;
  if (KeyState !== 'Enabled') throw new AwsError('KmsKeyDisabledException', `The KMS key ${id} is disabled.`);
  if (Policy !== undefined && !letsIn(Policy, 'kms:GenerateDataKey')) {
    throw new AwsError(
      'InsufficientEncryptionPolicyException',
      `Insufficient permissions to access S3 bucket or KMS key ${id}.`,
    );
  }
}

/** Whether a policy allows CloudTrail an action: structurally, until the policy engine decides. */
function letsIn(document: string, action: string): boolean {
  try {
    const { Statement } = JSON.parse(document) as { Statement?: unknown };
    return [Statement ?? []].flat().some((each) => {
      const { Effect, Principal, Action } = each as {
        Effect?: string;
        Principal?: unknown;
        Action?: string | string[];
      };
      const services = [(Principal as { Service?: string | string[] } | null)?.Service ?? []].flat();
      const named = Principal === '*' || services.includes(SERVICE);
      const wide = action.replace(/:.*/, ':*');
      return (
        Effect === 'Allow' &&
        named &&
        [Action ?? []]
          .flat()
          .some(
            (one) =>
              one === action ||
              one === wide ||
              one === '*' ||
              (one.endsWith('*') && action.startsWith(one.slice(0, -1))),
          )
      );
    });
  } catch {
    return false;
  }
}
