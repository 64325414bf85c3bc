import { defineCollector, resourceAt } from './collector.js';

const NOT_IN_USE = ['AWSOrganizationsNotInUseException'];

const organization = defineCollector({
  service: 'organizations',
  types: [
    'AWS::Organizations::Organization',
    'AWS::Organizations::Root',
    'AWS::Organizations::OrganizationalUnit',
    'AWS::Organizations::Account',
  ],
  reads: ['DescribeOrganization', 'ListRoots', 'ListOrganizationalUnitsForParent', 'ListAccountsForParent'],
  scope: 'organization',
  async *collect(read, target) {
    const described = await read.one('DescribeOrganization', {}, NOT_IN_USE);
    if (!described?.Organization) return;
    yield resourceAt(target, 'AWS::Organizations::Organization', described.Organization.Arn ?? '', described.Organization);
    const roots = await read.list('ListRoots', {}, (page) => page.Roots);
    for (const root of roots) yield resourceAt(target, 'AWS::Organizations::Root', root.Arn ?? '', root);
    for (let parents = roots.flatMap(({ Id }) => Id ?? []); parents.length > 0; ) {
      const children: string[] = [];
      for (const ParentId of parents) {
        for (const item of await read.list('ListAccountsForParent', { ParentId }, (page) => page.Accounts)) {
          yield resourceAt(target, 'AWS::Organizations::Account', item.Arn ?? '', { ...item, ParentId });
        }
        for (const item of await read.list('ListOrganizationalUnitsForParent', { ParentId }, (page) => page.OrganizationalUnits)) {
          yield resourceAt(target, 'AWS::Organizations::OrganizationalUnit', item.Arn ?? '', { ...item, ParentId });
          if (item.Id !== undefined) children.push(item.Id);
        }
      }
      parents = children;
    }
  },
});

const policies = defineCollector({
  service: 'organizations',
  types: ['AWS::Organizations::Policy'],
  reads: ['ListPolicies', 'DescribePolicy', 'ListTargetsForPolicy'],
  scope: 'organization',
  async *collect(read, target) {
    for (const Filter of ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'] as const) {
      for (const { Id: PolicyId = '', Arn = '' } of await read.list('ListPolicies', { Filter }, (page) => page.Policies)) {
        const described = await read.detail('DescribePolicy', { PolicyId }, Arn);
        const targets = await read.details('ListTargetsForPolicy', { PolicyId }, (page) => page.Targets, Arn);
        if (!described?.Policy || targets === undefined) continue;
        const TargetIds = targets.flatMap(({ TargetId }) => TargetId ?? []);
        yield resourceAt(target, 'AWS::Organizations::Policy', Arn, { ...described.Policy, TargetIds });
      }
    }
  },
});

export const organizations = [organization, policies] as const;
