/**
 * The policy of a key whose own was not read: what AWS gives a key by default. A key that AWS manages can be looked at by
 * its account, and used by it through the key's service.
 *
 * Source: KMS developer guide, "Default key policy"; "Viewing the key policy of an AWS managed key".
 */
export function defaultKeyPolicy(arn: string, manager: string | undefined): string {
  const [, partition = 'aws', , , accountId = ''] = arn.split(':');
  const Principal = { AWS: `arn:${partition}:iam::${accountId}:root` };
  const Statement =
    manager === 'AWS'
      ? [
          {
            Sid: 'Look',
            Effect: 'Allow',
            Principal,
            Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
            Resource: '*',
          },
          {
            Sid: 'UseThroughService',
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: [
              'kms:Encrypt',
              'kms:Decrypt',
              'kms:ReEncrypt*',
              'kms:GenerateDataKey*',
              'kms:CreateGrant',
              'kms:DescribeKey',
            ],
            Resource: '*',
            Condition: { StringEquals: { 'kms:CallerAccount': accountId }, StringLike: { 'kms:ViaService': '*' } },
          },
        ]
      : [{ Sid: 'Default', Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
