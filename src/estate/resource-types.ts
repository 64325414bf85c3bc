import type {
  AccessPreview,
  AccessPreviewFinding,
  AnalyzerSummary,
  ArchiveRuleSummary,
  FindingStatusUpdate,
} from '@aws-sdk/client-accessanalyzer';
import type { DecidedAccess } from './decided-access.js';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { LogGroup, MetricFilter } from '@aws-sdk/client-cloudwatch-logs';
import type { AdvancedEventSelector, EventSelector, GetTrailStatusResponse, Trail } from '@aws-sdk/client-cloudtrail';
import type {
  ConfigurationRecorder,
  ConfigurationRecorderStatus,
  DeliveryChannel,
} from '@aws-sdk/client-config-service';
import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type {
  CreateVolumePermission,
  FlowLog,
  Image,
  Instance,
  InstanceMetadataDefaultsResponse,
  InternetGateway,
  LaunchPermission,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Snapshot,
  Subnet,
  Volume,
  Vpc,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { Repository } from '@aws-sdk/client-ecr';
import type { FileSystemDescription } from '@aws-sdk/client-efs';
import type { EventBus, Rule, Target } from '@aws-sdk/client-eventbridge';
import type {
  AccessKeyLastUsed,
  AccessKeyMetadata,
  GroupDetail,
  LoginProfile,
  ManagedPolicyDetail,
  MFADevice,
  PasswordPolicy,
  RoleDetail,
  User,
  UserDetail,
} from '@aws-sdk/client-iam';
import type {
  AliasListEntry,
  GrantListEntry,
  KeyMetadata,
  RotationsListEntry,
  Tag as KmsTag,
} from '@aws-sdk/client-kms';
import type { FunctionConfiguration, LayerVersionsListItem } from '@aws-sdk/client-lambda';
import type { Account, Organization, OrganizationalUnit, Policy, Root } from '@aws-sdk/client-organizations';
import type {
  DBClusterSnapshot,
  DBClusterSnapshotAttribute,
  DBSnapshot,
  DBSnapshotAttribute,
} from '@aws-sdk/client-rds';
import type {
  BucketLoggingStatus,
  GetBucketAclOutput,
  GetBucketVersioningOutput,
  LifecycleRule,
  OwnershipControls,
  PolicyStatus,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
  Tag,
} from '@aws-sdk/client-s3';
import type { GetAccessPointResult } from '@aws-sdk/client-s3-control';
import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import type {
  ActionTarget,
  AutomationRulesConfig,
  AwsSecurityFinding,
  DescribeHubResponse,
  FindingHistoryRecord,
  Insight,
} from '@aws-sdk/client-securityhub';
import type {
  AutomationExecution,
  Command,
  CommandInvocation,
  DocumentDescription,
  InstanceInformation,
  InstancePatchState,
} from '@aws-sdk/client-ssm';
import type { Stored } from '../base/json.js';

/**
 * What the estate keeps of each resource type: AWS's own API shape. Where one resource takes several calls to read,
 * the answers are members of one configuration.
 *
 * A member that is `undefined` **was not read** (a gap says why); `null` means AWS answered that there is none. A
 * control must not confuse the two.
 *
 * Names are CloudFormation's; what CloudFormation has no name for takes AWS Config's, and failing that `Hikeshi::`.
 */
export interface ResourceTypes {
  /** The account itself, as the subject of account-wide controls. One per account, in region `global`. */
  'AWS::::Account': { AccountId: string; Name?: string };

  'AWS::Organizations::Organization': Stored<Organization>;
  'AWS::Organizations::Root': Stored<Root>;
  'AWS::Organizations::OrganizationalUnit': Stored<OrganizationalUnit> & { ParentId: string };
  'AWS::Organizations::Account': Stored<Account> & { ParentId: string };
  'AWS::Organizations::Policy': Stored<Policy> & { TargetIds: string[] };

  'AWS::IAM::User': IamUser;
  'AWS::IAM::Group': Stored<GroupDetail>;
  /** `AssumeRolePolicyDocument` and policy documents are URL-encoded, as the API gives them. */
  'AWS::IAM::Role': Stored<RoleDetail>;
  'AWS::IAM::ManagedPolicy': Stored<ManagedPolicyDetail>;
  /** One per account. `null`: the account has no policy and AWS's default applies. */
  /**
   * A policy of AWS's own that this account has attached: its default version. Not what it is attached to: that is told by
   * who has it.
   */
  'Hikeshi::IAM::AwsManagedPolicy': {
    PolicyName: string;
    Arn: string;
    Path: string;
    DefaultVersionId: string;
    /** URL-encoded, as the API gives it. */
    Document?: string;
  };
  'Hikeshi::IAM::AccountPasswordPolicy': { PasswordPolicy: Stored<PasswordPolicy> | null };

  'AWS::EC2::Instance': Stored<Instance>;
  'AWS::EC2::Volume': Stored<Volume>;
  'AWS::EC2::Snapshot': Stored<Snapshot> & { CreateVolumePermissions?: Stored<CreateVolumePermission>[] };
  /** Of the account's own images. `LaunchPermissions`: whom it is shared with. */
  'AWS::EC2::Image': Stored<Image> & { LaunchPermissions?: Stored<LaunchPermission>[] };
  'AWS::EC2::SecurityGroup': Stored<SecurityGroup>;
  'AWS::EC2::VPC': Stored<Vpc>;
  'AWS::EC2::Subnet': Stored<Subnet>;
  'AWS::EC2::NetworkAcl': Stored<NetworkAcl>;
  'AWS::EC2::RouteTable': Stored<RouteTable>;
  'AWS::EC2::InternetGateway': Stored<InternetGateway>;
  'AWS::EC2::NatGateway': Stored<NatGateway>;
  'AWS::EC2::NetworkInterface': Stored<NetworkInterface>;
  'AWS::EC2::FlowLog': Stored<FlowLog>;
  'AWS::EC2::VPCEndpoint': Stored<VpcEndpoint>;
  /** EC2's settings for a whole account and region. One per account and region. */
  'Hikeshi::EC2::RegionalSettings': {
    EbsEncryptionByDefault?: boolean;
    EbsDefaultKmsKeyId?: string;
    InstanceMetadataDefaults?: Stored<InstanceMetadataDefaultsResponse> | null;
  };

  'AWS::S3::Bucket': Bucket;
  /** One per account. */
  'Hikeshi::S3::AccountPublicAccessBlock': {
    PublicAccessBlockConfiguration: Stored<PublicAccessBlockConfiguration> | null;
  };

  'AWS::S3::AccessPoint': Stored<Omit<GetAccessPointResult, '$metadata'>> & { Policy?: string | null };

  'AWS::DynamoDB::Table': Stored<TableDescription> & {
    ResourcePolicy?: string | null;
    /** The policy of the table's latest stream; `null` too where it has no stream. */
    StreamResourcePolicy?: string | null;
  };
  'AWS::ECR::Repository': Stored<Repository> & { Policy?: string | null };
  'AWS::EFS::FileSystem': Stored<Omit<FileSystemDescription, 'SizeInBytes'>> & { FileSystemPolicy?: string | null };
  /** `DBSnapshotAttributes` is read of manual snapshots: no other can be shared. */
  'AWS::RDS::DBSnapshot': Stored<DBSnapshot> & { DBSnapshotAttributes?: Stored<DBSnapshotAttribute>[] };
  'AWS::RDS::DBClusterSnapshot': Stored<DBClusterSnapshot> & {
    DBClusterSnapshotAttributes?: Stored<DBClusterSnapshotAttribute>[];
  };
  /** What it is, never what it holds: no call that answers a secret's value is ever made. */
  'AWS::SecretsManager::Secret': Stored<Omit<DescribeSecretResponse, '$metadata'>> & { ResourcePolicy?: string | null };

  'AWS::KMS::Key': Stored<KeyMetadata> & {
    /** Absent where rotation does not apply (asymmetric, HMAC, imported, another account's). */
    KeyRotationEnabled?: boolean;
    RotationPeriodInDays?: number;
    /** When KMS rotates next by itself; where absent, a whole number of periods after the key was made. */
    NextRotationDate?: string;
    /** Every material the key has had, oldest first. Absent: the one it was made with. */
    Rotations?: Stored<RotationsListEntry>[];
    /** The default key policy document. */
    Policy?: string;
    /** Who was granted use of it, beside the policy. */
    Grants?: Stored<GrantListEntry>[];
    Tags?: Stored<KmsTag>[];
  };
  'AWS::KMS::Alias': Stored<AliasListEntry>;

  /**
   * An organization trail appears in every member account too, under the same ARN: that is what the member's own
   * DescribeTrails answers. The owner is the account in the ARN.
   */
  'AWS::CloudTrail::Trail': Stored<Trail> & {
    Status?: Stored<Omit<GetTrailStatusResponse, '$metadata'>>;
    EventSelectors?: Stored<EventSelector>[];
    AdvancedEventSelectors?: Stored<AdvancedEventSelector>[];
    Tags?: { Key: string; Value?: string }[];
  };

  /** A trail as the last scan saw it: what a response to tampering restores. Made from an estate, never read. */
  'Hikeshi::CloudTrail::TrailBaseline': ResourceTypes['AWS::CloudTrail::Trail'];

  'AWS::Config::ConfigurationRecorder': Stored<ConfigurationRecorder> & {
    Status?: Stored<ConfigurationRecorderStatus>;
  };
  'AWS::Config::DeliveryChannel': Stored<DeliveryChannel>;

  'AWS::CloudWatch::Alarm': Stored<MetricAlarm>;
  'AWS::Logs::LogGroup': Stored<LogGroup> & { Tags?: Record<string, string> };
  'AWS::Logs::MetricFilter': Stored<MetricFilter>;

  'AWS::SNS::Topic': { TopicArn: string; Attributes: Record<string, string>; Tags?: { Key: string; Value: string }[] };
  'AWS::SNS::Subscription': { SubscriptionArn: string; Attributes: Record<string, string> };
  'AWS::SQS::Queue': { QueueName: string; Attributes: Record<string, string>; Tags?: Record<string, string> };
  /** A message in a queue of a twin. */
  'Hikeshi::SQS::Message': {
    QueueArn: string;
    MessageId: string;
    Body: string;
    SenderId: string;
    SentTimestamp: string;
    /** When it may be received (again). ISO 8601. */
    VisibleAt: string;
    ReceiveCount: number;
    FirstReceivedAt?: string;
    /** The handle of its last receipt; deleting by an older one does nothing. */
    ReceiptHandle?: string;
  };

  'AWS::SSM::ManagedInstanceInventory': Stored<InstanceInformation>;
  'AWS::SSM::PatchCompliance': Stored<InstancePatchState>;
  'AWS::SSM::Document': Stored<DocumentDescription> & { Content: string };
  'Hikeshi::SSM::AutomationExecution': Stored<AutomationExecution>;
  'Hikeshi::SSM::Command': Stored<Command> & { Invocations: Stored<CommandInvocation>[] };

  'AWS::SecurityHub::Hub': Stored<Omit<DescribeHubResponse, '$metadata'>>;
  'AWS::SecurityHub::ActionTarget': Stored<ActionTarget>;
  'Hikeshi::SecurityHub::Finding': Stored<AwsSecurityFinding>;
  /** What happened to a finding, oldest first. */
  'Hikeshi::SecurityHub::FindingHistory': { Records: Stored<FindingHistoryRecord>[] };
  'AWS::SecurityHub::Insight': Stored<Insight>;
  'AWS::SecurityHub::AutomationRule': Stored<AutomationRulesConfig>;

  'AWS::AccessAnalyzer::Analyzer': Stored<AnalyzerSummary> & {
    /** A reason, an owner and an expiry (ISO 8601) are Hikeshi's own: AWS keeps none. */
    ArchiveRules?: (Stored<ArchiveRuleSummary> & { reason?: string; owner?: string; expiresAt?: string })[];
    /** What a person decided of findings, by their id. AWS shows it on the findings alone, so no scan reads it. */
    FindingStatuses?: Record<string, { status: FindingStatusUpdate; updatedAt: string; about?: DecidedAccess }>;
  };
  'Hikeshi::AccessAnalyzer::AccessPreview': Stored<AccessPreview> & { Findings: Stored<AccessPreviewFinding>[] };

  'AWS::Events::EventBus': Stored<EventBus>;
  'AWS::Events::Rule': Stored<Rule> & { Targets: Stored<Target>[] };

  'AWS::Lambda::Function': Stored<FunctionConfiguration> & { Policy?: string | null; Tags?: Record<string, string> };
  'AWS::Lambda::LayerVersion': Stored<LayerVersionsListItem> & {
    LayerName: string;
    LayerArn: string;
    Policy?: string | null;
  };
}

export type TypeName = keyof ResourceTypes;

/** An IAM user with what its own list calls answer. Policy documents are URL-encoded, as the API gives them. */
export interface IamUser extends Stored<User> {
  /** `null`: no console password. */
  LoginProfile?: Stored<LoginProfile> | null;
  AccessKeys?: (Stored<AccessKeyMetadata> & { LastUsed?: Stored<AccessKeyLastUsed> })[];
  MFADevices?: Stored<MFADevice>[];
  UserPolicyList?: Stored<UserDetail>['UserPolicyList'];
  AttachedManagedPolicies?: Stored<UserDetail>['AttachedManagedPolicies'];
  GroupList?: string[];
}

/** An S3 bucket with what its own sub-resource calls answer. */
export interface Bucket {
  Name: string;
  CreationDate?: string;
  BucketRegion: string;
  PublicAccessBlockConfiguration?: Stored<PublicAccessBlockConfiguration> | null;
  Policy?: string | null;
  PolicyStatus?: Stored<PolicyStatus> | null;
  Acl?: Stored<GetBucketAclOutput>;
  LoggingEnabled?: Stored<NonNullable<BucketLoggingStatus>['LoggingEnabled']> | null;
  ServerSideEncryptionConfiguration?: Stored<ServerSideEncryptionConfiguration> | null;
  Versioning?: Stored<GetBucketVersioningOutput>;
  OwnershipControls?: Stored<OwnershipControls> | null;
  LifecycleRules?: Stored<LifecycleRule>[] | null;
  Tags?: Stored<Tag>[];
}
