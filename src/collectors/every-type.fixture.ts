import { GLOBAL, type AccountInfo, type EstateHeader, type Resource } from '../estate/estate.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';

/** What happened rather than what is there, and what is made of an estate: read by no scan. */
type Happenings =
  | 'Hikeshi::CloudTrail::TrailBaseline'
  | 'Hikeshi::AccessAnalyzer::AccessPreview'
  | 'Hikeshi::SQS::Message'
  | 'Hikeshi::SSM::AutomationExecution'
  | 'Hikeshi::SSM::Command'
  | 'AWS::SecurityHub::AutomationRule'
  | 'AWS::SecurityHub::Insight'
  | 'Hikeshi::SecurityHub::FindingHistory'
  | 'Hikeshi::SecurityHub::Finding';

const MANAGEMENT = '111111111111';
const MEMBER = '222222222222';
const AT = '2026-02-01T10:00:00.000Z';

/** Where an estate lies. */
export interface Place {
  readonly partition: string;
  /** The first is the account-wide services' home. The last is not read. */
  readonly regions: readonly [string, string, string];
}

type Configurations = { readonly [Type in Exclude<TypeName, Happenings>]: Record<string, ResourceTypes[Type]> };

const block = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: false };
const DOCUMENT = encodeURIComponent('{"Version":"2012-10-17","Statement":[]}');

function network(arn: (kind: string, id: string) => string, OwnerId: string) {
  return {
    'AWS::EC2::VPC': { [arn('vpc', 'vpc-1')]: { VpcId: 'vpc-1', OwnerId, CidrBlock: '10.0.0.0/16', IsDefault: false } },
    'AWS::EC2::Subnet': { [arn('subnet', 'subnet-1')]: { SubnetId: 'subnet-1', VpcId: 'vpc-1', OwnerId } },
    'AWS::EC2::NetworkAcl': { [arn('network-acl', 'acl-1')]: { NetworkAclId: 'acl-1', OwnerId, Entries: [] } },
    'AWS::EC2::RouteTable': { [arn('route-table', 'rtb-1')]: { RouteTableId: 'rtb-1', OwnerId, Routes: [] } },
    'AWS::EC2::InternetGateway': { [arn('internet-gateway', 'igw-1')]: { InternetGatewayId: 'igw-1', OwnerId } },
    'AWS::EC2::NatGateway': { [arn('natgateway', 'nat-1')]: { NatGatewayId: 'nat-1', State: 'available' } },
    'AWS::EC2::NetworkInterface': { [arn('network-interface', 'eni-1')]: { NetworkInterfaceId: 'eni-1', OwnerId } },
    'AWS::EC2::FlowLog': { [arn('vpc-flow-log', 'fl-1')]: { FlowLogId: 'fl-1', ResourceId: 'vpc-1' } },
    'AWS::EC2::VPCEndpoint': {
      [arn('vpc-endpoint', 'vpce-1')]: { VpcEndpointId: 'vpce-1', VpcId: 'vpc-1', OwnerId, PolicyDocument: '{}' },
    },
    'AWS::EC2::SecurityGroup': {
      [arn('security-group', 'sg-1')]: {
        GroupId: 'sg-1',
        GroupName: 'web',
        OwnerId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        IpPermissionsEgress: [],
      },
    },
  } satisfies Partial<Configurations>;
}

function compute(arn: (kind: string, id: string) => string) {
  return {
    'AWS::EC2::Instance': {
      [arn('instance', 'i-11111111')]: {
        InstanceId: 'i-11111111',
        MetadataOptions: { HttpTokens: 'optional' },
        LaunchTime: AT,
      },
      [arn('instance', 'i-22222222')]: { InstanceId: 'i-22222222', State: { Code: 80, Name: 'stopped' } },
    },
    'AWS::EC2::Volume': { [arn('volume', 'vol-1')]: { VolumeId: 'vol-1', Encrypted: false, Attachments: [] } },
    'AWS::EC2::Snapshot': {
      [arn('snapshot', 'snap-11111111')]: { SnapshotId: 'snap-11111111', CreateVolumePermissions: [{ Group: 'all' }] },
      [arn('snapshot', 'snap-2')]: { SnapshotId: 'snap-2', Encrypted: true, CreateVolumePermissions: [] },
    },
    'AWS::EC2::Image': {
      [arn('image', 'ami-11111111')]: {
        ImageId: 'ami-11111111',
        Name: 'base',
        LaunchPermissions: [{ UserId: MANAGEMENT }, { Group: 'all' }],
      },
      [arn('image', 'ami-2')]: { ImageId: 'ami-2', Name: 'own', Public: false, LaunchPermissions: [] },
    },
  } satisfies Partial<Configurations>;
}

function keysAndTrails({ partition, regions }: Place, region: string, accountId: string) {
  const key = (id: string) => `arn:${partition}:kms:${region}:${accountId}:key/${id}`;
  const made = { KeyManager: 'CUSTOMER', Enabled: true, KeyState: 'Enabled', Origin: 'AWS_KMS' } as const;
  const trail = (of: string, at: string, name: string) => `arn:${partition}:cloudtrail:${at}:${of}:trail/${name}`;
  const organization = trail(MANAGEMENT, region, 'organization');
  const distant = trail(accountId, regions[2], 'distant');
  const account = `arn:${partition}:iam::${accountId}:root`;
  const keyPolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }],
  });
  const selectors = [{ ReadWriteType: 'All', IncludeManagementEvents: true }] as const;
  return {
    'AWS::KMS::Key': {
      [key('turning')]: {
        ...made,
        KeyId: 'turning',
        Arn: key('turning'),
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyRotationEnabled: true,
        RotationPeriodInDays: 365,
        Policy: keyPolicy,
        Grants: [{ GrantId: 'g1', KeyId: key('turning'), GranteePrincipal: MEMBER, Operations: ['Decrypt'] }],
        Tags: [{ TagKey: 'team', TagValue: 'blue' }],
      },
      [key('signing')]: {
        ...made,
        KeyId: 'signing',
        Arn: key('signing'),
        KeySpec: 'RSA_2048',
        Policy: keyPolicy,
        Grants: [],
        Tags: [],
      },
      [key('dying')]: {
        ...made,
        KeyId: 'dying',
        Arn: key('dying'),
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyState: 'PendingDeletion',
        Policy: keyPolicy,
        Grants: [],
        Tags: [],
      },
      [key('theirs')]: { KeyId: 'theirs', Arn: key('theirs'), KeyManager: 'AWS', Origin: 'AWS_KMS' },
    },
    'AWS::KMS::Alias': {
      [`arn:${partition}:kms:${region}:${accountId}:alias/data`]: {
        AliasName: 'alias/data',
        AliasArn: `arn:${partition}:kms:${region}:${accountId}:alias/data`,
        TargetKeyId: 'turning',
      },
    },
    'AWS::CloudTrail::Trail': {
      [organization]: {
        Name: 'organization',
        TrailARN: organization,
        HomeRegion: region,
        IsMultiRegionTrail: true,
        IsOrganizationTrail: true,
        Status: { IsLogging: true, LatestDeliveryTime: AT },
        EventSelectors: [...selectors],
        ...(accountId === MANAGEMENT ? { Tags: [{ Key: 'team', Value: 'blue' }, { Key: 'empty' }] } : {}),
      },
      [distant]: {
        Name: 'distant',
        TrailARN: distant,
        HomeRegion: regions[2],
        IsMultiRegionTrail: true,
        IsOrganizationTrail: false,
        Status: { IsLogging: false },
        AdvancedEventSelectors: [{ Name: 'all', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }],
        Tags: [],
      },
    },
  } satisfies Partial<Configurations>;
}

function watching({ partition }: Place, region: string, accountId: string) {
  const config = (rest: string) => `arn:${partition}:config:${region}:${accountId}:${rest}`;
  const group = `arn:${partition}:logs:${region}:${accountId}:log-group:/trail`;
  const alarm = `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:root used`;
  const hub = `arn:${partition}:securityhub:${region}:${accountId}`;
  const analyzer = `arn:${partition}:access-analyzer:${region}:${accountId}`;
  return {
    'AWS::Config::ConfigurationRecorder': {
      [config('config-recorder/default')]: {
        name: 'default',
        roleARN: `arn:${partition}:iam::${accountId}:role/config`,
        recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
        Status: { name: 'default', recording: true, lastStatus: 'Success' },
      },
    },
    'AWS::Config::DeliveryChannel': {
      [config('delivery-channel/default')]: { name: 'default', s3BucketName: 'config-logs' },
    },
    'AWS::CloudWatch::Alarm': { [alarm]: { AlarmName: 'root used', AlarmArn: alarm, AlarmActions: [] } },
    'AWS::Logs::LogGroup': { [group]: { logGroupName: '/trail', arn: `${group}:*`, retentionInDays: 365 } },
    'AWS::Logs::MetricFilter': {
      [`${group}:metric-filter:root`]: {
        filterName: 'root',
        logGroupName: '/trail',
        filterPattern: '{ $.userIdentity.type = "Root" }',
        metricTransformations: [{ metricName: 'root', metricNamespace: 'cis', metricValue: '1' }],
      },
    },
    'AWS::AccessAnalyzer::Analyzer': {
      [`${analyzer}:analyzer/outside`]: {
        arn: `${analyzer}:analyzer/outside`,
        name: 'outside',
        type: 'ACCOUNT',
        createdAt: AT,
        status: 'ACTIVE',
        tags: { team: 'security' },
        ArchiveRules: [
          { ruleName: 'known', filter: { isPublic: { eq: ['false'] } }, createdAt: AT, updatedAt: AT },
          { ruleName: 'other', filter: { error: { exists: false } }, createdAt: AT, updatedAt: AT },
        ],
      },
    },
    'AWS::SecurityHub::Hub': { [`${hub}:hub/default`]: { HubArn: `${hub}:hub/default`, AutoEnableControls: true } },
    'AWS::SecurityHub::ActionTarget': {
      [`${hub}:action/custom/fix`]: {
        ActionTargetArn: `${hub}:action/custom/fix`,
        Name: 'Fix',
        Description: 'Rehearse and fix',
      },
    },
  } satisfies Partial<Configurations>;
}

function messaging({ partition }: Place, region: string, accountId: string) {
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
  const topic = arn('sns', 'alarms');
  const queue = arn('sqs', 'events');
  const bus = arn('events', 'event-bus/default');
  const rule = arn('events', 'rule/root');
  const handler = arn('lambda', 'function:handler');
  const layer = arn('lambda', 'layer:base');
  return {
    'AWS::SNS::Topic': {
      [topic]: { TopicArn: topic, Attributes: { TopicArn: topic, Policy: '{}' }, Tags: [{ Key: 'a', Value: 'b' }] },
    },
    'AWS::SNS::Subscription': {
      [`${topic}:1`]: {
        SubscriptionArn: `${topic}:1`,
        Attributes: { SubscriptionArn: `${topic}:1`, TopicArn: topic, Protocol: 'sqs', Endpoint: queue },
      },
    },
    'AWS::SQS::Queue': {
      [queue]: {
        QueueName: 'events',
        Attributes: { QueueArn: queue, VisibilityTimeout: '30' },
        Tags: { team: 'blue' },
      },
    },
    'AWS::Events::EventBus': { [bus]: { Name: 'default', Arn: bus } },
    'AWS::Events::Rule': {
      [rule]: {
        Name: 'root',
        Arn: rule,
        EventBusName: 'default',
        State: 'ENABLED',
        Targets: [{ Id: '1', Arn: queue }],
      },
    },
    'AWS::Lambda::Function': {
      [handler]: {
        FunctionName: 'handler',
        FunctionArn: handler,
        Runtime: 'nodejs22.x',
        Policy: '{}',
        Tags: { a: 'b' },
      },
      [`${handler}2`]: { FunctionName: 'handler2', FunctionArn: `${handler}2`, Policy: null, Tags: {} },
    },
    'AWS::Lambda::LayerVersion': {
      [`${layer}:2`]: { LayerVersionArn: `${layer}:2`, Version: 2, LayerName: 'base', LayerArn: layer, Policy: '{}' },
      [`${layer}:1`]: { LayerVersionArn: `${layer}:1`, Version: 1, LayerName: 'base', LayerArn: layer, Policy: null },
    },
  } satisfies Partial<Configurations>;
}

function managed({ partition }: Place, region: string, accountId: string) {
  const arn = (rest: string) => `arn:${partition}:ssm:${region}:${accountId}:${rest}`;
  const patched = { PatchGroup: '', BaselineId: 'pb-1', OperationStartTime: AT, OperationEndTime: AT };
  return {
    'AWS::SSM::ManagedInstanceInventory': {
      [arn('managed-instance-inventory/i-11111111')]: {
        InstanceId: 'i-11111111',
        PingStatus: 'Online',
        PlatformType: 'Linux',
      },
      [arn('managed-instance-inventory/i-22222222')]: { InstanceId: 'i-22222222', PingStatus: 'ConnectionLost' },
    },
    'AWS::SSM::PatchCompliance': {
      [arn('patch-compliance/i-11111111')]: {
        InstanceId: 'i-11111111',
        Operation: 'Scan',
        MissingCount: 3,
        ...patched,
      },
    },
    'AWS::SSM::Document': {
      [arn('document/tidy')]: { Name: 'tidy', DocumentFormat: 'YAML', Content: 'schemaVersion: "2.2"\n' },
    },
    'Hikeshi::EC2::RegionalSettings': {
      [`arn:${partition}:ec2:${region}:${accountId}:regional-settings`]: {
        EbsEncryptionByDefault: true,
        InstanceMetadataDefaults: { HttpTokens: 'required' },
      },
    },
  } satisfies Partial<Configurations>;
}

function buckets({ partition }: Place, region: string, accountId: string): Pick<Configurations, 'AWS::S3::Bucket'> {
  const Name = `${accountId}-${region}`;
  const Acl = { Owner: { ID: accountId.padEnd(64, '0') }, Grants: [] };
  return {
    'AWS::S3::Bucket': {
      [`arn:${partition}:s3:::${Name}-full`]: {
        Name: `${Name}-full`,
        CreationDate: AT,
        BucketRegion: region,
        PublicAccessBlockConfiguration: block,
        Policy: '{"Version":"2012-10-17","Statement":[]}',
        PolicyStatus: { IsPublic: false },
        Acl,
        LoggingEnabled: { TargetBucket: `${Name}-bare`, TargetPrefix: 'logs/' },
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
        },
        Versioning: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleRules: [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } }],
        Tags: [{ Key: 'team', Value: 'blue' }],
      },
      [`arn:${partition}:s3:::${Name}-bare`]: {
        Name: `${Name}-bare`,
        CreationDate: AT,
        BucketRegion: region,
        PublicAccessBlockConfiguration: null,
        Policy: null,
        PolicyStatus: null,
        Acl,
        LoggingEnabled: null,
        ServerSideEncryptionConfiguration: null,
        Versioning: {},
        OwnershipControls: null,
        LifecycleRules: null,
        Tags: [],
      },
    },
  };
}

function data({ partition }: Place, region: string, accountId: string) {
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
  const secret = (name: string) => arn('secretsmanager', `secret:${name}-AbCdEf`);
  const table = arn('dynamodb', 'table/orders');
  const stream = `${table}/stream/2026-02-01T10:00:00.000`;
  const bare = arn('dynamodb', 'table/bare');
  const repository = (name: string) => arn('ecr', `repository/${name}`);
  const files = (id: string) => arn('elasticfilesystem', `file-system/${id}`);
  const fileSystem = { OwnerId: accountId, CreationTime: AT, LifeCycleState: 'available' } as const;
  const more = { NumberOfMountTargets: 0, PerformanceMode: 'generalPurpose' } as const;
  const snapshot = (name: string) => arn('rds', `snapshot:${name}`);
  const cluster = arn('rds', 'cluster-snapshot:nightly');
  const point = (name: string) => arn('s3', `accesspoint/${name}`);
  const bucket = {
    Bucket: `${accountId}-${region}-full`,
    BucketAccountId: accountId,
    NetworkOrigin: 'Internet',
  } as const;
  const described = { ...bucket, PublicAccessBlockConfiguration: block, CreationDate: AT };
  return {
    'AWS::SecretsManager::Secret': {
      [secret('db')]: {
        ARN: secret('db'),
        Name: 'db',
        Tags: [{ Key: 'team', Value: 'blue' }],
        VersionIdsToStages: { one: ['AWSCURRENT'] },
        ResourcePolicy: '{}',
      },
      [secret('bare')]: { ARN: secret('bare'), Name: 'bare', ResourcePolicy: null },
    },
    'AWS::DynamoDB::Table': {
      [bare]: { TableName: 'bare', TableArn: bare, ResourcePolicy: null, StreamResourcePolicy: null },
      [table]: {
        TableName: 'orders',
        TableArn: table,
        LatestStreamArn: stream,
        CreationDateTime: AT,
        ResourcePolicy: '{"a":1}',
        StreamResourcePolicy: '{}',
      },
    },
    'AWS::ECR::Repository': {
      [repository('app')]: { repositoryArn: repository('app'), repositoryName: 'app', createdAt: AT, Policy: '{}' },
      [repository('bare')]: { repositoryArn: repository('bare'), repositoryName: 'bare', Policy: null },
    },
    'AWS::EFS::FileSystem': {
      [files('fs-11111111')]: {
        FileSystemId: 'fs-11111111',
        FileSystemArn: files('fs-11111111'),
        CreationToken: '1',
        ...fileSystem,
        ...more,
        Tags: [],
        FileSystemPolicy: '{}',
      },
      [files('fs-22222222')]: {
        FileSystemId: 'fs-22222222',
        FileSystemArn: files('fs-22222222'),
        CreationToken: '2',
        ...fileSystem,
        ...more,
        Tags: [],
        FileSystemPolicy: null,
      },
    },
    'AWS::RDS::DBSnapshot': {
      [snapshot('shared')]: {
        DBSnapshotIdentifier: 'shared',
        DBSnapshotArn: snapshot('shared'),
        SnapshotType: 'manual',
        DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: ['all'] }],
      },
      [snapshot('rds:nightly')]: {
        DBSnapshotIdentifier: 'rds:nightly',
        DBSnapshotArn: snapshot('rds:nightly'),
        SnapshotType: 'automated',
      },
    },
    'AWS::RDS::DBClusterSnapshot': {
      [cluster]: {
        DBClusterSnapshotIdentifier: 'nightly',
        DBClusterSnapshotArn: cluster,
        SnapshotType: 'manual',
        DBClusterSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: [] }],
      },
    },
    'AWS::S3::AccessPoint': {
      [point('reports')]: { Name: 'reports', AccessPointArn: point('reports'), ...described, Policy: '{}' },
      [point('bare')]: { Name: 'bare', AccessPointArn: point('bare'), ...described, Policy: null },
    },
  } satisfies Partial<Configurations>;
}

function people({ partition }: Place, accountId: string) {
  const arn = (rest: string) => `arn:${partition}:iam::${accountId}:${rest}`;
  const nothing = { UserPolicyList: [], AttachedManagedPolicies: [], GroupList: [] };
  const alice = { UserName: 'alice', UserId: 'AIDA1', Path: '/', Arn: arn('user/alice'), CreateDate: AT };
  const robot = { UserName: 'robot', UserId: 'AIDA2', Path: '/ci/', Arn: arn('user/ci/robot'), CreateDate: AT };
  return {
    'AWS::IAM::User': {
      [alice.Arn]: {
        ...alice,
        PasswordLastUsed: AT,
        Tags: [{ Key: 'team', Value: 'blue' }],
        PermissionsBoundary: {
          PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
          PermissionsBoundaryArn: arn('policy/bound'),
        },
        LoginProfile: { UserName: 'alice', CreateDate: AT, PasswordResetRequired: false },
        AccessKeys: [],
        MFADevices: [{ UserName: 'alice', SerialNumber: arn('mfa/alice'), EnableDate: AT }],
        UserPolicyList: [{ PolicyName: 'inline', PolicyDocument: DOCUMENT }],
        AttachedManagedPolicies: [{ PolicyName: 'bound', PolicyArn: arn('policy/bound') }],
        GroupList: ['people'],
      },
      [robot.Arn]: {
        ...robot,
        LoginProfile: null,
        AccessKeys: [
          {
            UserName: 'robot',
            AccessKeyId: `AKIA${accountId}AAAA`,
            Status: 'Active',
            CreateDate: AT,
            LastUsed: { LastUsedDate: AT, ServiceName: 's3', Region: 'us-east-1' },
          },
        ],
        MFADevices: [],
        ...nothing,
      },
    },
    'AWS::IAM::Group': {
      [arn('group/people')]: {
        Path: '/',
        GroupName: 'people',
        GroupId: 'AGPA1',
        Arn: arn('group/people'),
        CreateDate: AT,
        GroupPolicyList: [],
        AttachedManagedPolicies: [],
      },
    },
    'AWS::IAM::Role': {
      [arn('role/config')]: {
        Path: '/',
        RoleName: 'config',
        RoleId: 'AROA1',
        Arn: arn('role/config'),
        CreateDate: AT,
        AssumeRolePolicyDocument: DOCUMENT,
        InstanceProfileList: [],
        RolePolicyList: [],
        AttachedManagedPolicies: [],
        Tags: [],
      },
    },
    'AWS::IAM::ManagedPolicy': {
      [arn('policy/bound')]: {
        PolicyName: 'bound',
        PolicyId: 'ANPA1',
        Arn: arn('policy/bound'),
        Path: '/',
        DefaultVersionId: 'v1',
        PolicyVersionList: [{ Document: DOCUMENT, VersionId: 'v1', IsDefaultVersion: true, CreateDate: AT }],
      },
    },
    'Hikeshi::IAM::AwsManagedPolicy': {
      'arn:aws:iam::aws:policy/AWSSupportAccess': {
        PolicyName: 'AWSSupportAccess',
        Arn: 'arn:aws:iam::aws:policy/AWSSupportAccess',
        Path: '/',
        DefaultVersionId: 'v1',
        Document: DOCUMENT,
      },
    },
    'Hikeshi::IAM::AccountPasswordPolicy': {
      [arn('account-password-policy')]: {
        PasswordPolicy: accountId === MANAGEMENT ? { MinimumPasswordLength: 14, RequireSymbols: true } : null,
      },
    },
    'Hikeshi::S3::AccountPublicAccessBlock': {
      [`arn:${partition}:s3::${accountId}:account-public-access-block`]: {
        PublicAccessBlockConfiguration: accountId === MANAGEMENT ? block : null,
      },
    },
    'AWS::::Account': { [`AWS::::Account:${accountId}`]: { AccountId: accountId, Name: `account ${accountId}` } },
  } satisfies Partial<Configurations>;
}

function organization({ partition }: Place) {
  const arn = (rest: string) => `arn:${partition}:organizations::${MANAGEMENT}:${rest}`;
  const account = (id: string, ParentId: string) => ({
    [arn(`account/o-exampleorg1/${id}`)]: {
      Id: id,
      Arn: arn(`account/o-exampleorg1/${id}`),
      Name: `account ${id}`,
      ParentId,
    },
  });
  const unit = (Id: string, Name: string, ParentId: string) => ({
    [arn(`ou/o-exampleorg1/${Id}`)]: { Id, Arn: arn(`ou/o-exampleorg1/${Id}`), Name, ParentId },
  });
  const policy = {
    Id: 'p-11111111',
    Arn: arn('policy/o-exampleorg1/service_control_policy/p-11111111'),
    Name: 'guard',
  };
  return {
    'AWS::Organizations::Organization': {
      [arn('organization/o-exampleorg1')]: {
        Id: 'o-exampleorg1',
        Arn: arn('organization/o-exampleorg1'),
        MasterAccountId: MANAGEMENT,
      },
    },
    'AWS::Organizations::Root': {
      [arn('root/o-exampleorg1/r-abcd')]: { Id: 'r-abcd', Arn: arn('root/o-exampleorg1/r-abcd'), Name: 'Root' },
    },
    'AWS::Organizations::OrganizationalUnit': {
      ...unit('ou-abcd-11111111', 'workloads', 'r-abcd'),
      ...unit('ou-abcd-22222222', 'production', 'ou-abcd-11111111'),
    },
    'AWS::Organizations::Account': { ...account(MANAGEMENT, 'r-abcd'), ...account(MEMBER, 'ou-abcd-22222222') },
    'AWS::Organizations::Policy': {
      [policy.Arn]: {
        PolicySummary: { ...policy, Type: 'SERVICE_CONTROL_POLICY', AwsManaged: false },
        Content: '{"Version":"2012-10-17","Statement":[]}',
        TargetIds: ['ou-abcd-11111111', MEMBER],
      },
    },
  } satisfies Partial<Configurations>;
}

/** A small organization with every type that is read, in two accounts and two regions, written by hand. */
export function everyTypeEstate(place: Place): MemoryEstate {
  const { partition } = place;
  const [home, second] = place.regions;
  const regions = [home, second];
  const accounts: AccountInfo[] = [MANAGEMENT, MEMBER].map((accountId) => ({
    accountId,
    name: `account ${accountId}`,
    path: accountId === MEMBER ? ['workloads', 'production'] : [],
    regions,
  }));
  const resources: Resource[] = [];
  const put = (accountId: string, region: string, made: Partial<Configurations>) => {
    for (const [type, byArn] of Object.entries(made)) {
      for (const [arn, configuration] of Object.entries(byArn)) {
        resources.push({ arn, type: type as TypeName, accountId, region, configuration });
      }
    }
  };
  for (const { accountId } of accounts) {
    put(accountId, GLOBAL, people(place, accountId));
    for (const region of regions) {
      const arn = (kind: string, id: string) => `arn:${partition}:ec2:${region}:${accountId}:${kind}/${id}`;
      put(accountId, region, { ...network(arn, accountId), ...compute(arn), ...buckets(place, region, accountId) });
      put(accountId, region, { ...watching(place, region, accountId), ...messaging(place, region, accountId) });
      put(accountId, region, data(place, region, accountId));
      const { 'AWS::CloudTrail::Trail': trails, ...keys } = keysAndTrails(place, region, accountId);
      put(accountId, region, { ...keys, ...managed(place, region, accountId) });
      // Trails are shown in every region and kept once: at home, or in the first region where that is not read.
      if (region === home) put(accountId, region, { 'AWS::CloudTrail::Trail': trails });
    }
  }
  put(MANAGEMENT, GLOBAL, organization(place));
  const header: EstateHeader = {
    partition,
    organizationId: 'o-exampleorg1',
    managementAccountId: MANAGEMENT,
    collectedAt: '2026-03-01T00:00:00.000Z',
    accounts,
    types: [...new Set(resources.map(({ type }) => type))],
  };
  return new MemoryEstate(header, resources);
}

/** Every type that is read. The compiler refuses a list that lacks one. */
const all: { readonly [Type in Exclude<TypeName, Happenings>]: true } = {
  'AWS::::Account': true,
  'AWS::AccessAnalyzer::Analyzer': true,
  'AWS::CloudTrail::Trail': true,
  'AWS::CloudWatch::Alarm': true,
  'AWS::Config::ConfigurationRecorder': true,
  'AWS::Config::DeliveryChannel': true,
  'AWS::DynamoDB::Table': true,
  'AWS::EC2::FlowLog': true,
  'AWS::EC2::Image': true,
  'AWS::EC2::Instance': true,
  'AWS::EC2::InternetGateway': true,
  'AWS::EC2::NatGateway': true,
  'AWS::EC2::NetworkAcl': true,
  'AWS::EC2::NetworkInterface': true,
  'AWS::EC2::RouteTable': true,
  'AWS::EC2::SecurityGroup': true,
  'AWS::EC2::Snapshot': true,
  'AWS::EC2::Subnet': true,
  'AWS::EC2::VPC': true,
  'AWS::EC2::VPCEndpoint': true,
  'AWS::EC2::Volume': true,
  'AWS::ECR::Repository': true,
  'AWS::EFS::FileSystem': true,
  'AWS::Events::EventBus': true,
  'AWS::Events::Rule': true,
  'AWS::IAM::Group': true,
  'AWS::IAM::ManagedPolicy': true,
  'AWS::IAM::Role': true,
  'AWS::IAM::User': true,
  'AWS::KMS::Alias': true,
  'AWS::KMS::Key': true,
  'AWS::Lambda::Function': true,
  'AWS::Lambda::LayerVersion': true,
  'AWS::Logs::LogGroup': true,
  'AWS::Logs::MetricFilter': true,
  'AWS::Organizations::Account': true,
  'AWS::Organizations::Organization': true,
  'AWS::Organizations::OrganizationalUnit': true,
  'AWS::Organizations::Policy': true,
  'AWS::Organizations::Root': true,
  'AWS::RDS::DBClusterSnapshot': true,
  'AWS::RDS::DBSnapshot': true,
  'AWS::S3::AccessPoint': true,
  'AWS::S3::Bucket': true,
  'AWS::SNS::Subscription': true,
  'AWS::SNS::Topic': true,
  'AWS::SQS::Queue': true,
  'AWS::SSM::Document': true,
  'AWS::SSM::ManagedInstanceInventory': true,
  'AWS::SSM::PatchCompliance': true,
  'AWS::SecretsManager::Secret': true,
  'AWS::SecurityHub::ActionTarget': true,
  'AWS::SecurityHub::Hub': true,
  'Hikeshi::EC2::RegionalSettings': true,
  'Hikeshi::IAM::AccountPasswordPolicy': true,
  'Hikeshi::IAM::AwsManagedPolicy': true,
  'Hikeshi::S3::AccountPublicAccessBlock': true,
};

export const everyType = Object.keys(all) as TypeName[];
