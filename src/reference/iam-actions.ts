import { services, type ServiceName } from './services.js';

/** Operation → action, without the prefix unless it is another service's. */
type Actions = Readonly<Record<string, string>>;

const s3: Actions = {
  CompleteMultipartUpload: 'PutObject',
  CopyObject: 'PutObject',
  CreateBucketMetadataConfiguration: 'CreateBucketMetadataTableConfiguration',
  CreateMultipartUpload: 'PutObject',
  CreateSession: 's3express:CreateSession',
  DeleteBucketAnalyticsConfiguration: 'PutAnalyticsConfiguration',
  DeleteBucketCors: 'PutBucketCORS',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketIntelligentTieringConfiguration: 'PutIntelligentTieringConfiguration',
  DeleteBucketInventoryConfiguration: 'PutInventoryConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  DeleteBucketMetadataConfiguration: 'DeleteBucketMetadataTableConfiguration',
  DeleteBucketMetricsConfiguration: 'PutMetricsConfiguration',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketReplication: 'PutReplicationConfiguration',
  DeleteBucketTagging: 'PutBucketTagging',
  DeleteObjects: 'DeleteObject',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketAnalyticsConfiguration: 'GetAnalyticsConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketIntelligentTieringConfiguration: 'GetIntelligentTieringConfiguration',
  GetBucketInventoryConfiguration: 'GetInventoryConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketMetadataConfiguration: 'GetBucketMetadataTableConfiguration',
  GetBucketMetricsConfiguration: 'GetMetricsConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBucketAnalyticsConfigurations: 'GetAnalyticsConfiguration',
  ListBucketIntelligentTieringConfigurations: 'GetIntelligentTieringConfiguration',
  ListBucketInventoryConfigurations: 'GetInventoryConfiguration',
  ListBucketMetricsConfigurations: 'GetMetricsConfiguration',
  ListBuckets: 'ListAllMyBuckets',
  ListDirectoryBuckets: 's3express:ListAllMyDirectoryBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjectVersions: 'ListBucketVersions',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListParts: 'ListMultipartUploadParts',
  PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
  PutBucketAnalyticsConfiguration: 'PutAnalyticsConfiguration',
  PutBucketCors: 'PutBucketCORS',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketIntelligentTieringConfiguration: 'PutIntelligentTieringConfiguration',
  PutBucketInventoryConfiguration: 'PutInventoryConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  PutBucketMetricsConfiguration: 'PutMetricsConfiguration',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  PutBucketReplication: 'PutReplicationConfiguration',
  PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  SelectObjectContent: 'GetObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  WriteGetObjectResponse: 's3-object-lambda:WriteGetObjectResponse',
};

/** S3 Control's bucket operations are those of S3 on Outposts, which has its own actions. */
const s3control: Actions = {
  CreateBucket: 's3-outposts:CreateBucket',
  DeleteAccessPointScope: 's3express:DeleteAccessPointScope',
  DeleteBucket: 's3-outposts:DeleteBucket',
  DeleteBucketLifecycleConfiguration: 's3-outposts:PutLifecycleConfiguration',
  DeleteBucketPolicy: 's3-outposts:DeleteBucketPolicy',
  DeleteBucketReplication: 's3-outposts:PutReplicationConfiguration',
  DeleteBucketTagging: 's3-outposts:PutBucketTagging',
  DeletePublicAccessBlock: 'PutAccountPublicAccessBlock',
  GetAccessPointScope: 's3express:GetAccessPointScope',
  GetBucket: 's3-outposts:GetBucket',
  GetBucketLifecycleConfiguration: 's3-outposts:GetLifecycleConfiguration',
  GetBucketPolicy: 's3-outposts:GetBucketPolicy',
  GetBucketReplication: 's3-outposts:GetReplicationConfiguration',
  GetBucketTagging: 's3-outposts:GetBucketTagging',
  GetBucketVersioning: 's3-outposts:GetBucketVersioning',
  GetPublicAccessBlock: 'GetAccountPublicAccessBlock',
  ListAccessPointsForDirectoryBuckets: 's3express:ListAccessPointsForDirectoryBuckets',
  ListRegionalBuckets: 's3-outposts:ListRegionalBuckets',
  PutAccessPointScope: 's3express:PutAccessPointScope',
  PutBucketLifecycleConfiguration: 's3-outposts:PutLifecycleConfiguration',
  PutBucketPolicy: 's3-outposts:PutBucketPolicy',
  PutBucketReplication: 's3-outposts:PutReplicationConfiguration',
  PutBucketTagging: 's3-outposts:PutBucketTagging',
  PutBucketVersioning: 's3-outposts:PutBucketVersioning',
  PutPublicAccessBlock: 'PutAccountPublicAccessBlock',
};

/**
 * Operations whose IAM action has another name. Everything else is `<prefix>:<operation>`.
 *
 * Source: AWS Service Authorization Reference, the "Actions" table of each service; for the V2 operations of Security
 * Hub and Access Analyzer their pages in the API references.
 */
const renamed: { readonly [Name in ServiceName]?: Actions } = {
  accessanalyzer: { GetFindingV2: 'GetFinding', ListFindingsV2: 'ListFindings' },
  dynamodb: {
    BatchExecuteStatement: 'PartiQLSelect',
    ExecuteStatement: 'PartiQLSelect',
    ExecuteTransaction: 'PartiQLSelect',
    TransactGetItems: 'GetItem',
    TransactWriteItems: 'PutItem',
  },
  kms: { ReEncrypt: 'ReEncryptFrom' },
  lambda: {
    GetLayerVersionByArn: 'GetLayerVersion',
    Invoke: 'InvokeFunction',
    InvokeWithResponseStream: 'InvokeFunction',
  },
  s3,
  s3control,
  securityhub: {
    BatchUpdateFindingsV2: 'BatchUpdateFindings',
    GetFindingStatisticsV2: 'GetAdhocInsightResults',
    GetFindingsV2: 'GetFindings',
    RegisterConnectorV2: 'ConnectorRegistrationsV2',
  },
  sns: { PublishBatch: 'Publish' },
  sqs: {
    ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
    DeleteMessageBatch: 'DeleteMessage',
    SendMessageBatch: 'SendMessage',
  },
};

/**
 * The IAM action that an operation of a service needs: `iamAction('s3', 'ListBuckets')` is `s3:ListAllMyBuckets`.
 * Where AWS asks for several, this is the first, which the operation always needs; a handler asks for the others.
 */
export function iamAction(service: ServiceName, operation: string): string {
  const actions = renamed[service];
  const action = actions !== undefined && Object.hasOwn(actions, operation) ? actions[operation] : operation;
  return action?.includes(':') ? action : `${services[service].iamPrefix}:${action ?? operation}`;
}

/** Every operation with another action name, for checks and pages. */
export function renamedActions(): readonly { service: ServiceName; operation: string; action: string }[] {
  return (Object.keys(renamed) as ServiceName[]).flatMap((service) =>
    Object.keys(renamed[service] ?? {}).map((operation) => ({
      service,
      operation,
      action: iamAction(service, operation),
    })),
  );
}

/** Operations that every caller may use: AWS evaluates no policy for them. */
export function needsNoPermission(service: ServiceName, operation: string): boolean {
  return service === 'sts' && (operation === 'GetCallerIdentity' || operation === 'GetSessionToken');
}
