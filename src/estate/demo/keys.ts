import type { ResourceTypes } from '../resource-types.js';
import type { Site } from './site.js';

/** Customer keys with aliases, and the key AWS manages for EBS. */
export function keys(site: Site, region: string): { readonly dataKeyArn: string } {
  const data = customerKey(site, region, 'data', site.good());
  for (let index = 1; index < site.count(3); index++) customerKey(site, region, `app-${index}`, site.good());
  if (site.random.chance(0.3)) signingKey(site, region);
  awsKey(site, region);
  return { dataKeyArn: data };
}

function policy(site: Site, trail: boolean): string {
  const own = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: site.arn('iam', '', 'root') },
    Action: 'kms:*',
    Resource: '*',
  };
  const logs = {
    Sid: 'Allow CloudTrail to encrypt logs',
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: ['kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: trail ? [own, logs] : [own] });
}

const SYMMETRIC = {
  KeyUsage: 'ENCRYPT_DECRYPT',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
} as const;

function alias(site: Site, region: string, AliasName: string, TargetKeyId: string, CreationDate: string): void {
  const AliasArn = site.arn('kms', region, AliasName);
  site.put('AWS::KMS::Alias', region, AliasArn, {
    AliasName,
    AliasArn,
    TargetKeyId,
    CreationDate,
    LastUpdatedDate: CreationDate,
  });
}

/** A symmetric key of the account with its alias. Answers its ARN. */
export function customerKey(
  site: Site,
  region: string,
  name: string,
  rotated: boolean,
  given: (arn: string) => Partial<ResourceTypes['AWS::KMS::Key']> = () => ({}),
): string {
  const KeyId = site.uuid();
  const Arn = site.arn('kms', region, `key/${KeyId}`);
  const CreationDate = site.daysAgo(100 + site.random.below(900));
  site.put('AWS::KMS::Key', region, Arn, {
    AWSAccountId: site.accountId,
    KeyId,
    Arn,
    CreationDate,
    Enabled: true,
    Description: `${name} of ${site.name}`,
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    ...SYMMETRIC,
    EncryptionAlgorithms: [...SYMMETRIC.EncryptionAlgorithms],
    MultiRegion: false,
    KeyRotationEnabled: rotated,
    ...(rotated ? { RotationPeriodInDays: 365 } : {}),
    Policy: policy(site, name === 'data'),
    Grants: [],
    Tags: [{ TagKey: 'Owner', TagValue: site.name }],
    ...given(Arn),
  });
  alias(site, region, `alias/${name}`, KeyId, CreationDate);
  return Arn;
}

function signingKey(site: Site, region: string): void {
  const KeyId = site.uuid();
  const Arn = site.arn('kms', region, `key/${KeyId}`);
  site.put('AWS::KMS::Key', region, Arn, {
    AWSAccountId: site.accountId,
    KeyId,
    Arn,
    CreationDate: site.daysAgo(200),
    Enabled: true,
    Description: 'release signing',
    KeyUsage: 'SIGN_VERIFY',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'ECC_NIST_P256',
    KeySpec: 'ECC_NIST_P256',
    SigningAlgorithms: ['ECDSA_SHA_256'],
    MultiRegion: false,
    Policy: policy(site, false),
    Grants: [],
    Tags: [],
  });
}

function awsKey(site: Site, region: string): void {
  const KeyId = site.uuid();
  const Arn = site.arn('kms', region, `key/${KeyId}`);
  const CreationDate = site.daysAgo(900);
  site.put('AWS::KMS::Key', region, Arn, {
    AWSAccountId: site.accountId,
    KeyId,
    Arn,
    CreationDate,
    Enabled: true,
    Description: 'Default key that protects my EBS volumes when no other key is defined',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'AWS',
    ...SYMMETRIC,
    EncryptionAlgorithms: [...SYMMETRIC.EncryptionAlgorithms],
    MultiRegion: false,
  });
  alias(site, region, 'alias/aws/ebs', KeyId, CreationDate);
}
