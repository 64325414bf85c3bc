import { GLOBAL, type Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';

/** The organization the caller is in, or AWS's error. */
function organization(context: Context): Resource<'AWS::Organizations::Organization'> {
  context.authorize();
  for (const found of context.estate.list('AWS::Organizations::Organization')) {
    const member = context.estate.header.accounts.some(({ accountId }) => accountId === context.accountId);
    if (member || found.accountId === context.accountId) return found;
  }
  throw new AwsError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
}

/** As `organization`, for what only its management account may call. */
function management(context: Context): Resource<'AWS::Organizations::Organization'> {
  const found = organization(context);
  if (found.accountId !== context.accountId) {
    throw new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");
  }
  return found;
}

const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });

const listing = <
  Type extends
    | 'AWS::Organizations::Root'
    | 'AWS::Organizations::OrganizationalUnit'
    | 'AWS::Organizations::Account'
    | 'AWS::Organizations::Policy',
>(
  context: Context,
  type: Type,
) =>
  context
    .table(type, { region: GLOBAL })
    .all()
    .map(({ configuration }) => configuration);

const account = ({ ParentId: _, ...shown }: Resource<'AWS::Organizations::Account'>['configuration']) => shown;
const unit = ({ ParentId: _, ...shown }: Resource<'AWS::Organizations::OrganizationalUnit'>['configuration']) => shown;

const reads = handlers('organizations', {
  DescribeOrganization: (_input, context) => ({ Organization: organization(context).configuration }),
  ListRoots(input, context) {
    management(context);
    const { items, next } = context.page(
      listing(context, 'AWS::Organizations::Root'),
      input.NextToken,
      input.MaxResults,
      20,
    );
    return { Roots: items, ...more(next) };
  },
  ListAccounts(input, context) {
    management(context);
    const { items, next } = context.page(
      listing(context, 'AWS::Organizations::Account'),
      input.NextToken,
      input.MaxResults,
      20,
    );
    return { Accounts: items.map(account), ...more(next) };
  },
  ListAccountsForParent(input, context) {
    management(context);
    const own = listing(context, 'AWS::Organizations::Account').filter(({ ParentId }) => ParentId === input.ParentId);
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 20);
    return { Accounts: items.map(account), ...more(next) };
  },
  ListOrganizationalUnitsForParent(input, context) {
    management(context);
    const own = listing(context, 'AWS::Organizations::OrganizationalUnit').filter(
      ({ ParentId }) => ParentId === input.ParentId,
    );
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 20);
    return { OrganizationalUnits: items.map(unit), ...more(next) };
  },
  DescribeAccount(input, context) {
    management(context);
    const found = listing(context, 'AWS::Organizations::Account').find(({ Id }) => Id === input.AccountId);
    if (found === undefined)
      throw new AwsError('AccountNotFoundException', "You specified an account that doesn't exist.");
    return { Account: account(found) };
  },
  DescribeOrganizationalUnit(input, context) {
    management(context);
    const found = listing(context, 'AWS::Organizations::OrganizationalUnit').find(
      ({ Id }) => Id === input.OrganizationalUnitId,
    );
    if (found === undefined) {
      throw new AwsError(
        'OrganizationalUnitNotFoundException',
        "You specified an organizational unit that doesn't exist.",
      );
    }
    return { OrganizationalUnit: unit(found) };
  },
  ListParents(input, context) {
    management(context);
    const child =
      listing(context, 'AWS::Organizations::Account').find(({ Id }) => Id === input.ChildId) ??
      listing(context, 'AWS::Organizations::OrganizationalUnit').find(({ Id }) => Id === input.ChildId);
    if (child === undefined)
      throw new AwsError(
        'ChildNotFoundException',
        "We can't find an organizational unit or account with the ChildId that you specified.",
      );
    const Type = child.ParentId.startsWith('r-') ? ('ROOT' as const) : ('ORGANIZATIONAL_UNIT' as const);
    return { Parents: [{ Id: child.ParentId, Type }] };
  },
  ListPolicies(input, context) {
    management(context);
    const own = listing(context, 'AWS::Organizations::Policy').filter(
      ({ PolicySummary }) => PolicySummary?.Type === input.Filter,
    );
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 20);
    return { Policies: items.flatMap(({ PolicySummary }) => PolicySummary ?? []), ...more(next) };
  },
  DescribePolicy(input, context) {
    management(context);
    const found = listing(context, 'AWS::Organizations::Policy').find(
      ({ PolicySummary }) => PolicySummary?.Id === input.PolicyId,
    );
    if (found === undefined)
      throw new AwsError('PolicyNotFoundException', "You specified a policy that doesn't exist.");
    const { TargetIds: _, ...Policy } = found;
    return { Policy };
  },
  ListTargetsForPolicy(input, context) {
    management(context);
    const found = listing(context, 'AWS::Organizations::Policy').find(
      ({ PolicySummary }) => PolicySummary?.Id === input.PolicyId,
    );
    if (found === undefined)
      throw new AwsError('PolicyNotFoundException', "You specified a policy that doesn't exist.");
    const { items, next } = context.page(found.TargetIds, input.NextToken, input.MaxResults, 20);
    return { Targets: items.map((TargetId) => ({ TargetId, Type: targetType(TargetId) })), ...more(next) };
  },
  ListPoliciesForTarget(input, context) {
    management(context);
    const own = listing(context, 'AWS::Organizations::Policy').filter(
      ({ PolicySummary, TargetIds }) => PolicySummary?.Type === input.Filter && TargetIds.includes(input.TargetId),
    );
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 20);
    return { Policies: items.flatMap(({ PolicySummary }) => PolicySummary ?? []), ...more(next) };
  },
});

function targetType(id: string): 'ACCOUNT' | 'ORGANIZATIONAL_UNIT' | 'ROOT' {
  return id.startsWith('r-') ? 'ROOT' : id.startsWith('ou-') ? 'ORGANIZATIONAL_UNIT' : 'ACCOUNT';
}

/** Organizations on the twin. */
export const service = implement('organizations', reads);
