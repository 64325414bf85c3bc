import { policyText, type AccessCase } from './access-cases.js';
import type { Plot } from './plot.js';
import { bucket, bucketName, OPEN } from './storage.js';

/**
 * Access points of one bucket, whose policy leaves to them who gets in. Without that an access point opens nothing.
 * Source: S3 user guide, "Delegating access control to access points".
 */
export function sharedAccessPoints(plot: Plot): void {
  const { site, region } = plot;
  const suffix = 'behind-access-points';
  const bucketArn = `arn:aws:s3:::${bucketName(site, suffix)}`;
  const delegation = {
    Sid: 'AccessPoints',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: 's3:GetObject',
    Resource: `${bucketArn}/*`,
    Condition: { StringEquals: { 's3:DataAccessPointAccount': site.accountId } },
  };
  const Bucket = bucket(site, region, suffix, {
    PublicAccessBlockConfiguration: OPEN,
    Policy: policyText([delegation]),
    PolicyStatus: { IsPublic: false },
  });
  plot.note('AWS::S3::Bucket', bucketArn, {
    verdict: 'internal',
    reason: 'everyone is allowed on condition of s3:DataAccessPointAccount: the access points of the account decide',
  });
  for (const { name, statements, ...truth } of plot.cases('s3')) {
    const arn = site.arn('s3', region, `accesspoint/${name}`);
    const configuration = {
      Name: name,
      Bucket,
      BucketAccountId: site.accountId,
      AccessPointArn: arn,
      Alias: `${name}-${site.random.hex(6)}-s3alias`,
      NetworkOrigin: 'Internet' as const,
      PublicAccessBlockConfiguration: OPEN,
      CreationDate: site.daysAgo(120),
      Endpoints: {},
      Policy: policyText(statements(['s3:GetObject'], `${arn}/object/*`)),
    };
    plot.plant('AWS::S3::AccessPoint', arn, configuration, truth);
  }
}

/** Secrets that others may read, each under the key that the same others may use: without it they could not. */
export function sharedSecrets(plot: Plot, keys: ReadonlyMap<string, string>): void {
  const { site, region } = plot;
  for (const { name, statements, ...truth } of plot.cases('secretsmanager')) {
    const ARN = site.arn('secretsmanager', region, `secret:${name}-${site.random.hex(3)}`);
    const KmsKeyId = keys.get(name);
    const configuration = {
      ARN,
      Name: name,
      ...(KmsKeyId === undefined ? {} : { KmsKeyId }),
      LastChangedDate: site.daysAgo(60),
      CreatedDate: site.daysAgo(300),
      Tags: [{ Key: 'Owner', Value: site.name }],
      VersionIdsToStages: { [site.uuid()]: ['AWSCURRENT'] },
      ResourcePolicy: policyText(statements(['secretsmanager:GetSecretValue'], '*')),
    };
    plot.plant('AWS::SecretsManager::Secret', ARN, configuration, truth);
  }
}

/**
 * Tables that others may read by the table's policy or by its stream's; never by both. None is public: DynamoDB takes
 * no policy that is. Source: DynamoDB developer guide, "Blocking public access with resource-based policies".
 */
export function sharedTables(plot: Plot): void {
  const possible = ({ name }: AccessCase) => name !== 'public';
  for (const { name, statements, ...truth } of plot.cases('dynamodb').filter(possible)) {
    const own = table(plot, name);
    const read = ['dynamodb:GetItem', 'dynamodb:Query'];
    const configuration = {
      ...own,
      ResourcePolicy: policyText(statements(read, own.TableArn)),
      StreamResourcePolicy: null,
    };
    plot.plant('AWS::DynamoDB::Table', own.TableArn, configuration, truth);
  }
  for (const { name, statements, verdict, reason } of plot.cases('dynamodb-streams').filter(possible)) {
    const own = table(plot, `${name}-stream`);
    const read = ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
    const configuration = {
      ...own,
      ResourcePolicy: null,
      StreamResourcePolicy: policyText(statements(read, own.LatestStreamArn)),
    };
    const truth = { verdict, reason: `of its stream: ${reason}`, partArn: own.LatestStreamArn };
    plot.plant('AWS::DynamoDB::Table', own.TableArn, configuration, truth);
  }
}

function table({ site, region }: Plot, TableName: string) {
  const TableArn = site.arn('dynamodb', region, `table/${TableName}`);
  const CreationDateTime = site.daysAgo(250);
  const LatestStreamLabel = CreationDateTime.replace('Z', '');
  return {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
    TableStatus: 'ACTIVE' as const,
    CreationDateTime,
    TableArn,
    TableId: site.uuid(),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' as const },
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' as const },
    LatestStreamLabel,
    LatestStreamArn: `${TableArn}/stream/${LatestStreamLabel}`,
    DeletionProtectionEnabled: true,
  };
}

/** Repositories that others may pull from. Their policies name no resource: ECR allows none. */
export function sharedRepositories(plot: Plot): void {
  const { site, region } = plot;
  for (const { name, statements, ...truth } of plot.cases('ecr.dkr')) {
    const repositoryArn = site.arn('ecr', region, `repository/${name}`);
    const configuration = {
      repositoryArn,
      registryId: site.accountId,
      repositoryName: name,
      repositoryUri: `${site.accountId}.dkr.ecr.${region}.amazonaws.com/${name}`,
      createdAt: site.daysAgo(200),
      imageTagMutability: 'IMMUTABLE' as const,
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'AES256' as const },
      Policy: policyText(statements(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], undefined)),
    };
    plot.plant('AWS::ECR::Repository', repositoryArn, configuration, truth);
  }
}

/** File systems that others may mount. */
export function sharedFileSystems(plot: Plot): void {
  const { site, region } = plot;
  for (const { name, statements, ...truth } of plot.cases('elasticfilesystem')) {
    const FileSystemId = site.id('fs');
    const FileSystemArn = site.arn('elasticfilesystem', region, `file-system/${FileSystemId}`);
    const configuration = {
      OwnerId: site.accountId,
      CreationToken: name,
      FileSystemId,
      FileSystemArn,
      CreationTime: site.daysAgo(200),
      LifeCycleState: 'available' as const,
      Name: name,
      NumberOfMountTargets: 0,
      PerformanceMode: 'generalPurpose' as const,
      Encrypted: true,
      ThroughputMode: 'elastic' as const,
      Tags: [{ Key: 'Name', Value: name }],
      FileSystemPolicy: policyText(statements(['elasticfilesystem:ClientMount'], FileSystemArn)),
    };
    plot.plant('AWS::EFS::FileSystem', FileSystemArn, configuration, truth);
  }
}
