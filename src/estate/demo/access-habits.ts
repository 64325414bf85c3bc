import { SeededRandom } from '../../base/ports.js';
import { encoded } from './identity.js';
import type { Site } from './site.js';

/**
 * How people are given access in an account, well and badly: customer managed policies, inline policies, attached
 * policies, a support role, Access Analyzer. It has randomness of its own, so that the rest of the demo stays as it is.
 */
export function accessHabits(site: Site): void {
  const random = new SeededRandom(Number(site.accountId.slice(-8)) + 17);
  const wrong = (share: number): boolean => random.chance(share * SHARE[site.environment]);
  managedPolicies(site, wrong);
}

/** How often an environment goes wrong here, compared with the worst. */
const SHARE = { security: 0.2, production: 0.4, development: 0.7, sandbox: 1 } as const;

type Wrong = (share: number) => boolean;

const statement = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
});

function managedPolicies(site: Site, wrong: Wrong): void {
  managedPolicy(site, 'read-metrics', [statement(['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'])], 2);
  managedPolicy(site, 'break-glass', [
    wrong(0.6)
      ? { Sid: 'Everything', ...statement('*') }
      : statement(['iam:GetRole', 'iam:ListRoles', 'sts:GetCallerIdentity']),
  ]);
}

function managedPolicy(site: Site, PolicyName: string, Statement: readonly object[], AttachmentCount = 0): string {
  const Arn = site.arn('iam', '', `policy/${PolicyName}`);
  const CreateDate = site.daysAgo(400);
  const Document = encoded({ Version: '2012-10-17', Statement });
  site.putGlobal('AWS::IAM::ManagedPolicy', Arn, {
    PolicyName,
    PolicyId: `ANPA${site.accountId}${PolicyName.replaceAll(/[^a-z]/g, '').toUpperCase()}`.slice(0, 21),
    Arn,
    Path: '/',
    DefaultVersionId: 'v1',
    AttachmentCount,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate,
    UpdateDate: CreateDate,
    PolicyVersionList: [{ Document, VersionId: 'v1', IsDefaultVersion: true, CreateDate }],
  });
  return Arn;
}
