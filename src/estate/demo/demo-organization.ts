import type { AccountInfo, EstateHeader, Resource } from '../estate.js';
import { MemoryEstate } from '../memory-estate.js';
import type { TypeName } from '../resource-types.js';
import { accessHabits } from './access-habits.js';
import { compute } from './compute.js';
import { identity } from './identity.js';
import { keys } from './keys.js';
import { accountTrail, flowLogRole, organizationTrail, regionalLogging } from './logging.js';
import { messaging } from './messaging.js';
import { accountIdOf, accountPlans, type AccountPlan } from './names.js';
import { network } from './network.js';
import { organization } from './organization.js';
import type { PlantedAccess } from './plot.js';
import { sharing, sharingIndex } from './sharing.js';
import { Site } from './site.js';
import { storage } from './storage.js';

export interface DemoOptions {
  /** 40 unless told. */
  readonly accounts?: number;
  /** The same seed makes the same organization, on every machine. 1 unless told. */
  readonly seed?: number;
  readonly regions?: readonly string[];
  /** The instant it is "read": all ages are relative to it. */
  readonly now: Date;
  /** Multiplies what accounts have many of; 1 makes some 500 resources an account. */
  readonly scale?: number;
}

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-northeast-1'] as const;
const ORGANIZATION_ID = 'o-edoya00001';

/** The demo account by account, so that one of any size needs the memory of its largest account. */
export interface DemoAccounts {
  readonly header: EstateHeader;
  readonly accounts: () => Iterable<DemoAccount>;
}

/** One account of the demo, and what was planted in it for reviews of access to find or to leave alone. */
export interface DemoAccount {
  readonly accountId: string;
  readonly resources: readonly Resource[];
  readonly planted: readonly PlantedAccess[];
}

/**
 * A generated organization with realistic good and bad configurations for every control. Deterministic from the seed;
 * O(accounts × regions × scale).
 */
export function demoAccounts(options: DemoOptions): DemoAccounts {
  const regions = options.regions ?? REGIONS;
  const plans = accountPlans(options.accounts ?? 40);
  const managementAccountId = accountIdOf(0);
  const infos = plans.map(({ name, path }, index): AccountInfo => ({
    accountId: accountIdOf(index),
    name,
    path,
    regions,
  }));
  const siteOf = (plan: AccountPlan, index: number) =>
    new Site({
      accountId: accountIdOf(index),
      name: plan.name,
      environment: plan.environment,
      regions,
      managementAccountId,
      nowMs: options.now.getTime(),
      seed: ((options.seed ?? 1) * 1_000_003 + index * 7919) >>> 0,
      scale: options.scale ?? 1,
    });
  return {
    header: {
      partition: 'aws',
      organizationId: ORGANIZATION_ID,
      managementAccountId,
      collectedAt: options.now.toISOString(),
      accounts: infos,
      types: DEMO_TYPES,
    },
    accounts: function* () {
      for (const [index, plan] of plans.entries()) {
        const site = siteOf(plan, index);
        const first = plans[0] ?? plan;
        const planted = fill(site, index === 0 ? site : siteOf(first, 0), plans, index);
        yield { accountId: site.accountId, resources: site.resources, planted };
      }
    },
  };
}

/** The demo organization as one estate in memory. */
export function demoOrganization(options: DemoOptions): MemoryEstate {
  const { header, accounts } = demoAccounts(options);
  function* all(): Iterable<Resource> {
    for (const { resources } of accounts()) yield* resources;
  }
  return new MemoryEstate(header, all());
}

function fill(site: Site, owner: Site, plans: readonly AccountPlan[], index: number): readonly PlantedAccess[] {
  site.putGlobal('AWS::::Account', `AWS::::Account:${site.accountId}`, { AccountId: site.accountId, Name: site.name });
  if (index === 0) organization(site, plans, ORGANIZATION_ID);
  identity(site);
  storage(site);
  const flowLogs = flowLogRole(site);
  const [home = 'us-east-1'] = site.regions;
  let homeVpcId = '';
  for (const [order, region] of site.regions.entries()) {
    const own = network(site, region, (index * site.regions.length + order) % 250);
    compute(site, region, own);
    const { dataKeyArn } = keys(site, region);
    regionalLogging(site, region, own, flowLogs);
    messaging(site, region);
    if (region !== home) continue;
    accountTrail(site, region, dataKeyArn);
    homeVpcId = own.vpcId;
  }
  organizationTrail(site, owner);
  accessHabits(site);
  if (index !== sharingIndex(plans.length)) return [];
  return sharing(site, home, { organizationId: ORGANIZATION_ID, vpcId: homeVpcId });
}

/** Every type the demo has, which is every type that collectors read. */
export const DEMO_TYPES: readonly TypeName[] = [
  'AWS::::Account',
  'AWS::Organizations::Organization',
  'AWS::Organizations::Root',
  'AWS::Organizations::OrganizationalUnit',
  'AWS::Organizations::Account',
  'AWS::Organizations::Policy',
  'AWS::IAM::User',
  'AWS::IAM::Group',
  'AWS::IAM::Role',
  'AWS::IAM::ManagedPolicy',
  'Hikeshi::IAM::AccountPasswordPolicy',
  'Hikeshi::IAM::AwsManagedPolicy',
  'AWS::S3::Bucket',
  'Hikeshi::S3::AccountPublicAccessBlock',
  'AWS::S3::AccessPoint',
  'AWS::EC2::Instance',
  'AWS::EC2::Volume',
  'AWS::EC2::Snapshot',
  'AWS::EC2::Image',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::VPC',
  'AWS::EC2::Subnet',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::RouteTable',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::FlowLog',
  'AWS::EC2::VPCEndpoint',
  'Hikeshi::EC2::RegionalSettings',
  'AWS::KMS::Key',
  'AWS::KMS::Alias',
  'AWS::CloudTrail::Trail',
  'AWS::Config::ConfigurationRecorder',
  'AWS::Config::DeliveryChannel',
  'AWS::CloudWatch::Alarm',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::SNS::Topic',
  'AWS::SNS::Subscription',
  'AWS::SQS::Queue',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::SecretsManager::Secret',
  'AWS::DynamoDB::Table',
  'AWS::ECR::Repository',
  'AWS::EFS::FileSystem',
  'AWS::RDS::DBSnapshot',
  'AWS::RDS::DBClusterSnapshot',
  'AWS::SSM::ManagedInstanceInventory',
  'AWS::SSM::PatchCompliance',
  'AWS::SSM::Document',
  'AWS::SecurityHub::Hub',
  'AWS::SecurityHub::ActionTarget',
  'AWS::AccessAnalyzer::Analyzer',
];

/** One account with nothing in it: what `twin serve --empty` starts from. */
export function emptyAccount(options: {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly now: Date;
}): MemoryEstate {
  const { accountId, regions, now } = options;
  const header: EstateHeader = {
    partition: 'aws',
    collectedAt: now.toISOString(),
    accounts: [{ accountId, name: 'empty', path: [], regions }],
    types: DEMO_TYPES,
  };
  const account: Resource<'AWS::::Account'> = {
    arn: `AWS::::Account:${accountId}`,
    type: 'AWS::::Account',
    accountId,
    region: 'global',
    configuration: { AccountId: accountId, Name: 'empty' },
  };
  return new MemoryEstate(header, [account]);
}
