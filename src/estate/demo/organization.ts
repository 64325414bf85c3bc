import { accountIdOf, type AccountPlan } from './names.js';
import type { Site } from './site.js';

/** The organization itself, as its management account sees it. */
export function organization(site: Site, plans: readonly AccountPlan[], id: string): void {
  const arn = (resource: string) => `arn:aws:organizations::${site.accountId}:${resource}`;
  const rootId = 'r-edo1';
  const policyTypes = [{ Type: 'SERVICE_CONTROL_POLICY' as const, Status: 'ENABLED' as const }];
  site.putGlobal('AWS::Organizations::Organization', arn(`organization/${id}`), {
    Id: id,
    Arn: arn(`organization/${id}`),
    FeatureSet: 'ALL',
    MasterAccountArn: arn(`account/${id}/${site.accountId}`),
    MasterAccountId: site.accountId,
    MasterAccountEmail: 'aws+management@edoya.example',
    AvailablePolicyTypes: policyTypes,
  });
  site.putGlobal('AWS::Organizations::Root', arn(`root/${id}/${rootId}`), {
    Id: rootId,
    Arn: arn(`root/${id}/${rootId}`),
    Name: 'Root',
    PolicyTypes: policyTypes,
  });
  const unitIds = new Map<string, string>([['', rootId]]);
  for (const { path } of plans) {
    for (let depth = 1; depth <= path.length; depth++) {
      const key = path.slice(0, depth).join('/');
      if (unitIds.has(key)) continue;
      const Id = `ou-edo1-${site.random.hex(4)}`;
      unitIds.set(key, Id);
      const Arn = arn(`ou/${id}/${Id}`);
      const ParentId = unitIds.get(path.slice(0, depth - 1).join('/')) ?? rootId;
      site.putGlobal('AWS::Organizations::OrganizationalUnit', Arn, { Id, Arn, Name: path[depth - 1], ParentId });
    }
  }
  for (const [index, plan] of plans.entries()) {
    const Id = accountIdOf(index);
    const Arn = arn(`account/${id}/${Id}`);
    site.putGlobal('AWS::Organizations::Account', Arn, {
      Id,
      Arn,
      Email: `aws+${plan.name}@edoya.example`,
      Name: plan.name,
      Status: 'ACTIVE',
      JoinedMethod: index === 0 ? 'INVITED' : 'CREATED',
      JoinedTimestamp: site.daysAgo(1200 - Math.min(index, 1000)),
      ParentId: unitIds.get(plan.path.join('/')) ?? rootId,
    });
  }
  guardRails(site, id, unitIds.get('Workloads') ?? rootId);
}

/** The organization's service control policy: nobody in a workload account stops its trails. */
function guardRails(site: Site, id: string, targetId: string): void {
  const policyId = 'p-edoguard';
  const Arn = `arn:aws:organizations::${site.accountId}:policy/${id}/service_control_policy/${policyId}`;
  const Statement = [
    {
      Sid: 'KeepTrails',
      Effect: 'Deny',
      Action: ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail'],
      Resource: '*',
      Condition: {
        ArnNotLike: {
          'aws:PrincipalArn': ['arn:aws:iam::*:role/OrganizationAccountAccessRole', 'arn:aws:iam::*:root'],
        },
      },
    },
  ];
  site.putGlobal('AWS::Organizations::Policy', Arn, {
    PolicySummary: {
      Id: policyId,
      Arn,
      Name: 'guard-rails',
      Description: 'what nobody may do',
      Type: 'SERVICE_CONTROL_POLICY',
      AwsManaged: false,
    },
    Content: JSON.stringify({ Version: '2012-10-17', Statement }),
    TargetIds: [targetId],
  });
}
