import { SeededRandom } from '../../base/ports.js';
import { encoded, trustOf } from './identity.js';
import type { Environment, Site } from './site.js';

/** How often an environment goes wrong here, compared with the worst. */
const SHARE: Readonly<Record<Environment, number>> = { security: 0.2, production: 0.4, development: 0.7, sandbox: 1 };

/**
 * How people are given access in an account, well and badly: customer managed policies, inline policies, policies of
 * users and of groups, a support role, Access Analyzer. It has randomness of its own, so that the rest of the demo stays
 * as it is without it.
 */
export function accessHabits(site: Site): void {
  const habits = new Habits(site);
  managedPolicies(habits);
  people(habits);
  roles(habits);
  analyzers(habits);
}

class Habits {
  readonly site: Site;
  private readonly random: SeededRandom;

  constructor(site: Site) {
    this.site = site;
    this.random = new SeededRandom(Number(site.accountId.slice(-8)) + 17);
  }

  /** True as often as this environment gets this wrong. */
  wrong(share: number): boolean {
    return this.random.chance(share * SHARE[this.site.environment]);
  }

  uniqueId(prefix: string): string {
    return prefix + this.random.hex(9).slice(0, 17).toUpperCase();
  }
}

const awsPolicy = (PolicyName: string) => ({ PolicyName, PolicyArn: `arn:aws:iam::aws:policy/${PolicyName}` });

const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const document = (...Statement: readonly object[]): string => encoded({ Version: '2012-10-17', Statement });

function managedPolicies(habits: Habits): void {
  const { site } = habits;
  const ownKeys = site.arn('kms', '*', 'key/*');
  managedPolicy(habits, 'read-metrics', [allow(['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'])]);
  managedPolicy(habits, 'break-glass', [
    habits.wrong(0.6)
      ? { Sid: 'Everything', ...allow('*') }
      : allow(['iam:GetRole', 'iam:ListRoles', 'sts:GetCallerIdentity']),
  ]);
  managedPolicy(habits, 'queue-workers', [
    allow(habits.wrong(0.7) ? 'sqs:*' : ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], site.arn('sqs', '*', 'jobs-*')),
  ]);
  managedPolicy(habits, 'open-archives', [
    { Sid: 'Objects', ...allow(['s3:GetObject', 's3:ListBucket']) },
    { Sid: 'Keys', ...allow(['kms:Decrypt', 'kms:DescribeKey'], habits.wrong(0.7) ? '*' : ownKeys) },
  ]);
}

function managedPolicy(habits: Habits, PolicyName: string, Statement: readonly object[]): void {
  const { site } = habits;
  const Arn = site.arn('iam', '', `policy/${PolicyName}`);
  const CreateDate = site.daysAgo(400);
  site.putGlobal('AWS::IAM::ManagedPolicy', Arn, {
    PolicyName,
    PolicyId: habits.uniqueId('ANPA'),
    Arn,
    Path: '/',
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate,
    UpdateDate: CreateDate,
    PolicyVersionList: [{ Document: document(...Statement), VersionId: 'v1', IsDefaultVersion: true, CreateDate }],
  });
}

/** Two users without credentials of their own: one for reports, one that works in the shell. */
function people(habits: Habits): void {
  const { site } = habits;
  const GroupName = 'reporters';
  const Arn = site.arn('iam', '', `group/${GroupName}`);
  site.putGlobal('AWS::IAM::Group', Arn, {
    Path: '/',
    GroupName,
    GroupId: habits.uniqueId('AGPA'),
    Arn,
    CreateDate: site.daysAgo(500),
    GroupPolicyList: [],
    AttachedManagedPolicies: [
      awsPolicy('AmazonS3ReadOnlyAccess'),
      ...(habits.wrong(0.3) ? [awsPolicy('AWSCloudShellFullAccess')] : []),
    ],
  });
  const own = habits.wrong(0.6);
  const inline = own && habits.wrong(0.8);
  user(habits, 'reports', {
    GroupList: own ? [] : [GroupName],
    AttachedManagedPolicies: own ? [awsPolicy('AmazonS3ReadOnlyAccess')] : [],
    UserPolicyList: inline
      ? [
          {
            PolicyName: 'queries',
            PolicyDocument: document(allow('dynamodb:Query', site.arn('dynamodb', '*', 'table/*'))),
          },
        ]
      : [],
  });
  const shell = habits.wrong(0.4);
  user(habits, 'operator', {
    GroupList: [GroupName],
    AttachedManagedPolicies: shell ? [awsPolicy('AWSCloudShellFullAccess')] : [],
    UserPolicyList: [],
  });
}

function user(
  habits: Habits,
  UserName: string,
  access: {
    readonly GroupList: string[];
    readonly AttachedManagedPolicies: { PolicyName: string; PolicyArn: string }[];
    readonly UserPolicyList: { PolicyName: string; PolicyDocument: string }[];
  },
): void {
  const { site } = habits;
  const Arn = site.arn('iam', '', `user/${UserName}`);
  site.putGlobal('AWS::IAM::User', Arn, {
    Path: '/',
    UserName,
    UserId: habits.uniqueId('AIDA'),
    Arn,
    CreateDate: site.daysAgo(600),
    LoginProfile: null,
    AccessKeys: [],
    MFADevices: [],
    ...access,
  });
}

/** What AWS's own policies that are attached here say, as far as Hikeshi does not know it by itself. */
function policiesOfAws({ site }: Habits): void {
  for (const [PolicyName, action] of [
    ['AWSSupportAccess', 'support:*'],
    ['AWSCloudShellFullAccess', 'cloudshell:*'],
  ] as const) {
    const { PolicyArn: Arn } = awsPolicy(PolicyName);
    const Document = document(allow([action], '*'));
    site.putGlobal('Hikeshi::IAM::AwsManagedPolicy', Arn, {
      PolicyName,
      Arn,
      Path: '/',
      DefaultVersionId: 'v1',
      Document,
    });
  }
}

function roles(habits: Habits): void {
  const { site } = habits;
  policiesOfAws(habits);
  const ownKeys = site.arn('kms', '*', 'key/*');
  if (!habits.wrong(0.7)) role(habits, 'support', [awsPolicy('AWSSupportAccess')]);
  role(habits, 'shell-user', habits.wrong(0.5) ? [awsPolicy('AWSCloudShellFullAccess')] : []);
  const reading = allow(['kms:Decrypt', 'kms:DescribeKey'], habits.wrong(0.6) ? '*' : ownKeys);
  role(habits, 'archive-reader', [], [{ PolicyName: 'read', PolicyDocument: document(reading) }]);
}

function role(
  habits: Habits,
  RoleName: string,
  AttachedManagedPolicies: { PolicyName: string; PolicyArn: string }[],
  RolePolicyList: { PolicyName: string; PolicyDocument: string }[] = [],
): void {
  const { site } = habits;
  const Arn = site.arn('iam', '', `role/${RoleName}`);
  site.putGlobal('AWS::IAM::Role', Arn, {
    Path: '/',
    RoleName,
    RoleId: habits.uniqueId('AROA'),
    Arn,
    CreateDate: site.daysAgo(450),
    AssumeRolePolicyDocument: encoded(trustOf({ AWS: site.arn('iam', '', 'root') })),
    InstanceProfileList: [],
    RolePolicyList,
    AttachedManagedPolicies,
    Tags: [],
  });
}

function analyzers(habits: Habits): void {
  const { site } = habits;
  for (const region of site.regions) {
    if (habits.wrong(0.5)) continue;
    const name = 'external-access';
    const arn = site.arn('access-analyzer', region, `analyzer/${name}`);
    site.put('AWS::AccessAnalyzer::Analyzer', region, arn, {
      arn,
      name,
      type: 'ACCOUNT',
      status: 'ACTIVE',
      createdAt: site.daysAgo(300),
      tags: {},
      ArchiveRules: [],
    });
  }
}
