import type { ResourceTypes } from '../resource-types.js';
import { role, trustOf } from './identity.js';
import type { Network } from './network.js';
import type { Site } from './site.js';
import { bucket, publicAccess } from './storage.js';

function logGroup(site: Site, region: string, logGroupName: string): string {
  const arn = site.arn('logs', region, `log-group:${logGroupName}`);
  site.put('AWS::Logs::LogGroup', region, arn, {
    logGroupName,
    creationTime: site.nowMs - (50 + site.random.below(500)) * 86_400_000,
    ...(site.random.chance(0.6) ? { retentionInDays: 365 } : {}),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
  });
  return arn;
}

/** Flow logs, AWS Config, log groups, alarms and filters of one region. */
export function regionalLogging(site: Site, region: string, { allVpcIds }: Network, flowLogRole: string): void {
  for (const ResourceId of allVpcIds) if (site.good()) flowLog(site, region, ResourceId, flowLogRole);
  for (let index = 0; index < site.count(10); index++) logGroup(site, region, `/edoya/${site.name}/app-${index}`);
  for (let index = 0; index < site.count(4); index++) alarm(site, region, `${site.name}-cpu-${index}`);
  configRecorder(site, region);
  site.put('Hikeshi::EC2::RegionalSettings', region, site.arn('ec2', region, 'regional-settings'), {
    EbsEncryptionByDefault: site.good(),
    InstanceMetadataDefaults: site.good() ? { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } : {},
  });
  const HubArn = site.arn('securityhub', region, 'hub/default');
  site.put('AWS::SecurityHub::Hub', region, HubArn, {
    HubArn,
    SubscribedAt: site.daysAgo(500),
    AutoEnableControls: true,
    ControlFindingGenerator: 'SECURITY_CONTROL',
  });
}

function flowLog(site: Site, region: string, ResourceId: string, role: string): void {
  const FlowLogId = site.id('fl');
  const LogGroupName = `/edoya/flow-logs/${ResourceId}`;
  logGroup(site, region, LogGroupName);
  site.put('AWS::EC2::FlowLog', region, site.arn('ec2', region, `vpc-flow-log/${FlowLogId}`), {
    FlowLogId,
    CreationTime: site.daysAgo(300),
    FlowLogStatus: 'ACTIVE',
    ResourceId,
    TrafficType: site.random.chance(0.8) ? 'ALL' : 'REJECT',
    LogDestinationType: 'cloud-watch-logs',
    LogGroupName,
    DeliverLogsPermissionArn: role,
    DeliverLogsStatus: 'SUCCESS',
    LogFormat: '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${action}',
    MaxAggregationInterval: 600,
    Tags: [],
  });
}

function alarm(site: Site, region: string, AlarmName: string): void {
  const AlarmArn = site.arn('cloudwatch', region, `alarm:${AlarmName}`);
  site.put('AWS::CloudWatch::Alarm', region, AlarmArn, {
    AlarmName,
    AlarmArn,
    AlarmConfigurationUpdatedTimestamp: site.daysAgo(200),
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [site.arn('sns', region, 'alerts')],
    InsufficientDataActions: [],
    MetricName: 'CPUUtilization',
    Namespace: 'AWS/EC2',
    Statistic: 'Average',
    Dimensions: [],
    Period: 300,
    EvaluationPeriods: 2,
    Threshold: 80,
    ComparisonOperator: 'GreaterThanThreshold',
  });
}

function configRecorder(site: Site, region: string): void {
  if (!site.good()) return;
  const home = region === site.regions[0];
  const name = 'default';
  site.put('AWS::Config::ConfigurationRecorder', region, site.arn('config', region, `config-recorder/${name}`), {
    name,
    roleARN: site.arn('iam', '', 'role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig'),
    recordingGroup: { allSupported: true, includeGlobalResourceTypes: home, resourceTypes: [] },
    Status: { name, recording: true, lastStatus: 'Success' },
  });
  site.put('AWS::Config::DeliveryChannel', region, site.arn('config', region, `delivery-channel/${name}`), {
    name,
    s3BucketName: `edoya-${site.name}-config-${site.accountId.slice(-5)}`,
  });
}

/** The role that flow logs are delivered with. */
export function flowLogRole(site: Site): string {
  const actions = [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
  ];
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
  return role(site, 'flow-logs', trustOf({ Service: 'vpc-flow-logs.amazonaws.com' }), [{ name: 'deliver', document }]);
}

type Trail = ResourceTypes['AWS::CloudTrail::Trail'];

function trailBucketPolicy(Name: string, accountId: string): string {
  const Service = 'cloudtrail.amazonaws.com';
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AWSCloudTrailAclCheck',
        Effect: 'Allow',
        Principal: { Service },
        Action: 's3:GetBucketAcl',
        Resource: `arn:aws:s3:::${Name}`,
      },
      {
        Sid: 'AWSCloudTrailWrite',
        Effect: 'Allow',
        Principal: { Service },
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${Name}/AWSLogs/${accountId}/*`,
        Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
      },
    ],
  });
}

/** The account's own trail: with its bucket, its key and its log group, each as good as the environment is. */
export function accountTrail(site: Site, region: string, dataKeyArn: string): void {
  bucket(site, region, 'config');
  if (site.environment === 'sandbox' && site.random.chance(0.5)) return;
  const suffix = 'trail';
  const Name = `edoya-${site.name}-${suffix}-${site.accountId.slice(-5)}`;
  const logs = bucket(site, region, 'access-logs');
  const open = site.good() ? {} : publicAccess(site, Name);
  bucket(site, region, suffix, {
    Policy: trailBucketPolicy(Name, site.accountId),
    PolicyStatus: { IsPublic: false },
    LoggingEnabled: site.good() ? { TargetBucket: logs, TargetPrefix: 'trail/' } : null,
    ...open,
  });
  const delivered = site.good();
  const group = delivered ? logGroup(site, region, `/edoya/trail/${site.name}`) : undefined;
  const deliver = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }],
  };
  const roleArn = role(site, 'trail-to-logs', trustOf({ Service: 'cloudtrail.amazonaws.com' }), [
    { name: 'deliver', document: deliver },
  ]);
  const trailName = `${site.name}-trail`;
  const TrailARN = site.arn('cloudtrail', region, `trail/${trailName}`);
  const multi = site.good();
  const trail: Trail = {
    Name: trailName,
    S3BucketName: Name,
    IncludeGlobalServiceEvents: multi,
    IsMultiRegionTrail: multi,
    HomeRegion: region,
    TrailARN,
    LogFileValidationEnabled: site.good(),
    ...(group === undefined ? {} : { CloudWatchLogsLogGroupArn: `${group}:*`, CloudWatchLogsRoleArn: roleArn }),
    ...(site.good() ? { KmsKeyId: dataKeyArn } : {}),
    HasCustomEventSelectors: true,
    HasInsightSelectors: false,
    IsOrganizationTrail: false,
    Status: {
      IsLogging: site.random.chance(0.95),
      ...(group === undefined ? {} : { LatestCloudWatchLogsDeliveryTime: site.daysAgo(0.01) }),
      LatestDeliveryTime: site.daysAgo(0.01),
    },
    EventSelectors: [
      { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ],
    Tags: [],
  };
  site.put('AWS::CloudTrail::Trail', region, TrailARN, trail);
}

/** The organization's trail, made long ago for one region only: it protects nobody fully. Every account sees it. */
export function organizationTrail(site: Site, owner: Site): void {
  const region = owner.regions[0] ?? 'us-east-1';
  const TrailARN = owner.arn('cloudtrail', region, 'trail/edoya-organization');
  site.put('AWS::CloudTrail::Trail', region, TrailARN, {
    Name: 'edoya-organization',
    S3BucketName: `edoya-${owner.name}-org-trail-${owner.accountId.slice(-5)}`,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: false,
    HomeRegion: region,
    TrailARN,
    LogFileValidationEnabled: true,
    HasCustomEventSelectors: false,
    HasInsightSelectors: false,
    IsOrganizationTrail: true,
    Status: { IsLogging: true, LatestDeliveryTime: owner.daysAgo(0.01) },
    EventSelectors: [
      { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ],
    ...(site === owner ? { Tags: [] } : {}),
  });
  if (site !== owner) return;
  const Name = `edoya-${owner.name}-org-trail-${owner.accountId.slice(-5)}`;
  bucket(owner, region, 'org-trail', { Policy: trailBucketPolicy(Name, '*'), PolicyStatus: { IsPublic: false } });
}
