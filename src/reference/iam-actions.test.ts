import { describe, expect, it, test } from 'vitest';
import { iamAction, needsNoPermission, renamedActions } from './iam-actions.js';
import { services, type ServiceName } from './services.js';

describe('the IAM action of an operation', () => {
  test.each<[ServiceName, string, string]>([
    ['s3', 'ListBuckets', 's3:ListAllMyBuckets'],
    ['s3', 'HeadBucket', 's3:ListBucket'],
    ['s3', 'GetPublicAccessBlock', 's3:GetBucketPublicAccessBlock'],
    ['s3', 'DeletePublicAccessBlock', 's3:PutBucketPublicAccessBlock'],
    ['s3', 'GetBucketEncryption', 's3:GetEncryptionConfiguration'],
    ['s3', 'PutBucketPolicy', 's3:PutBucketPolicy'],
    ['s3', 'GetObjectLockConfiguration', 's3:GetBucketObjectLockConfiguration'],
    ['s3control', 'PutPublicAccessBlock', 's3:PutAccountPublicAccessBlock'],
    ['s3control', 'PutBucketPolicy', 's3-outposts:PutBucketPolicy'],
    ['s3control', 'ListAccessPoints', 's3:ListAccessPoints'],
    ['lambda', 'Invoke', 'lambda:InvokeFunction'],
    ['sqs', 'SendMessageBatch', 'sqs:SendMessage'],
    ['kms', 'ReEncrypt', 'kms:ReEncryptFrom'],
    ['ec2', 'RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
    ['cloudwatch', 'PutMetricAlarm', 'cloudwatch:PutMetricAlarm'],
  ])('%s %s is %s', (service, operation, action) => {
    expect(iamAction(service, operation)).toBe(action);
  });

  it('has another name only where the service has such an operation', async () => {
    for (const { service, operation, action } of renamedActions()) {
      expect(await services[service].load(), `${service}:${operation}`).toHaveProperty(`${operation}Command`);
      expect(action).not.toBe(`${services[service].iamPrefix}:${operation}`);
    }
  });

  it('is not looked up on the prototype of the table', () => {
    expect(iamAction('s3', 'constructor')).toBe('s3:constructor');
  });

  it('is not needed to ask who one is', () => {
    expect(needsNoPermission('sts', 'GetCallerIdentity')).toBe(true);
    expect(needsNoPermission('sts', 'AssumeRole')).toBe(false);
    expect(needsNoPermission('iam', 'GetCallerIdentity')).toBe(false);
  });
});
