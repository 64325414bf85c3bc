/**
 * Context keys by which a policy can keep outsiders out: a caller cannot set them at will. Access Analyzer's documented
 * set, and S3's where it names more.
 *
 * Source: IAM user guide, "IAM Access Analyzer filter keys"; S3 user guide, "The meaning of public".
 */
export const trustedKeys: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'accounts.google.com:aud',
  'cognito-identity.amazonaws.com:aud',
  'graph.facebook.com:app_id',
  'kms:calleraccount',
  'lambda:functionurlauthtype',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  'sts:externalid',
  'token.actions.githubusercontent.com:sub',
  'www.amazon.com:app_id',
]);
