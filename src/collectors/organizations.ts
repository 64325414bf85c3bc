import type { Resource } from '../estate/estate.js';
import { defineCollector, resourceAt, type CollectTarget, type Reader } from './collector.js';

/** The account is in no organization. */
const NOT_IN_USE = ['AWSOrganizationsNotInUseException'];

/** Deleted since it was listed. */
const GONE = ['PolicyNotFoundException'];

type TreeReader = Reader<'organizations', 'ListOrganizationalUnitsForParent' | 'ListAccountsForParent'>;

/** The organization, its roots and units, and every account in it, closed ones too, each with where it hangs. */
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
    const { Organization } = (await read.one('DescribeOrganization', {}, NOT_IN_USE)) ?? {};
    if (Organization === undefined) return;
    yield resourceAt(target, 'AWS::Organizations::Organization', Organization.Arn ?? '', Organization);
    for (const root of await read.list('ListRoots', {}, (page) => page.Roots)) {
      yield resourceAt(target, 'AWS::Organizations::Root', root.Arn ?? '', root);
      yield* below(read, target, root.Id ?? '');
    }
  },
});

/** What hangs below a root or unit, all the way down. Organizations allows few calls a second: one at a time. */
async function* below(read: TreeReader, target: CollectTarget, ParentId: string): AsyncIterable<Resource> {
  for (const item of await read.list('ListAccountsForParent', { ParentId }, (page) => page.Accounts)) {
    yield resourceAt(target, 'AWS::Organizations::Account', item.Arn ?? '', { ...item, ParentId });
  }
  const units = await read.list('ListOrganizationalUnitsForParent', { ParentId }, (page) => page.OrganizationalUnits);
  for (const item of units) {
    yield resourceAt(target, 'AWS::Organizations::OrganizationalUnit', item.Arn ?? '', { ...item, ParentId });
    yield* below(read, target, item.Id ?? '');
  }
}

/** The policies that bound what accounts may do. One whose targets cannot be read is not kept: it would seem idle. */
const policies = defineCollector({
  service: 'organizations',
  types: ['AWS::Organizations::Policy'],
  reads: ['DescribeOrganization', 'ListPolicies', 'DescribePolicy', 'ListTargetsForPolicy'],
  scope: 'organization',
  async *collect(read, target) {
    if (!(await read.one('DescribeOrganization', {}, NOT_IN_USE))) return;
    for (const Filter of ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'] as const) {
      for (const { Id: PolicyId = '', Arn = '' } of await read.list(
        'ListPolicies',
        { Filter },
        (page) => page.Policies,
      )) {
        const described = await read.one('DescribePolicy', { PolicyId }, GONE);
        const targets = await read.details(
          'ListTargetsForPolicy',
          { PolicyId },
          (page) => page.Targets,
          undefined,
          GONE,
        );
        if (!described?.Policy || !targets) continue;
        const TargetIds = targets.flatMap(({ TargetId }) => TargetId ?? []);
        yield resourceAt(target, 'AWS::Organizations::Policy', Arn, { ...described.Policy, TargetIds });
      }
    }
  },
});

/** The collectors of Organizations. */
export const organizations = [organization, policies] as const;
