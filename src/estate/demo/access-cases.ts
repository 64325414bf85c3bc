/** Who is outside: an account that is no part of the demo organization. */
export const PARTNER_ACCOUNT = '888800001111';

/** What an access review must say of a planted resource. */
type Verdict =
  /** Anyone may use it, without an AWS account or with any. */
  | 'public'
  /** A known principal outside the organization may use it. */
  | 'external'
  /** A service may be made to use it on a stranger's behalf. */
  | 'confused-deputy'
  /** It looks shared, and nobody outside the organization may use it. */
  | 'internal';

/** What is true of a resource, and why. */
export interface Truth {
  readonly verdict: Verdict;
  readonly reason: string;
  /** What of the resource is shared, where that is not the whole of it: a table's stream. */
  readonly partArn?: string;
}

/** One way of sharing a resource, good or bad, whatever the resource is. */
export interface AccessCase extends Truth {
  /** What resources of this case are called, so that a reader sees which is which. */
  readonly name: string;
  /** The statements that share it. `resource` is left out where the policy itself says what it is about. */
  readonly statements: (actions: readonly string[], resource: string | readonly string[] | undefined) => object[];
}

/** What the cases refer to. */
export interface Sharers {
  readonly organizationId: string;
  /** Another account of the organization. */
  readonly ownAccountId: string;
  /** A VPC endpoint of the organization. */
  readonly vpcEndpointId: string;
}

const rootOf = (accountId: string) => ({ AWS: `arn:aws:iam::${accountId}:root` });

function statement(
  Sid: string,
  Effect: 'Allow' | 'Deny',
  Principal: unknown,
  Action: readonly string[],
  Resource: string | readonly string[] | undefined,
  Condition?: object,
): object {
  const what = Resource === undefined ? {} : { Resource };
  return { Sid, Effect, Principal, Action, ...what, ...(Condition === undefined ? {} : { Condition }) };
}

/** The cases that a policy document of any service can express. */
export function policyCases({ organizationId, ownAccountId, vpcEndpointId }: Sharers): readonly AccessCase[] {
  const inside = { StringEquals: { 'aws:PrincipalOrgID': organizationId } };
  return [
    {
      name: 'shared-with-partner',
      verdict: 'external',
      reason: `the policy allows account ${PARTNER_ACCOUNT}, which is not of the organization`,
      statements: (actions, resource) => [statement('Partner', 'Allow', rootOf(PARTNER_ACCOUNT), actions, resource)],
    },
    {
      name: 'public',
      verdict: 'public',
      reason: 'the policy allows everyone and has no condition',
      statements: (actions, resource) => [statement('Everyone', 'Allow', '*', actions, resource)],
    },
    {
      name: 'org-only',
      verdict: 'internal',
      reason: 'everyone is allowed on condition of aws:PrincipalOrgID',
      statements: (actions, resource) => [statement('Organization', 'Allow', '*', actions, resource, inside)],
    },
    {
      name: 'own-account',
      verdict: 'internal',
      reason: 'the one account allowed is of the organization',
      statements: (actions, resource) => [statement('Own', 'Allow', rootOf(ownAccountId), actions, resource)],
    },
    {
      name: 'deny-guard',
      verdict: 'internal',
      reason: 'everyone is allowed, and all outside the organization are denied',
      statements: (actions, resource) => [
        statement('Everyone', 'Allow', '*', actions, resource),
        statement('Outside', 'Deny', '*', actions, resource, {
          StringNotEquals: { 'aws:PrincipalOrgID': organizationId },
        }),
      ],
    },
    {
      name: 'vpce-only',
      verdict: 'internal',
      reason: 'everyone is allowed on condition of aws:SourceVpce, an endpoint of the organization',
      statements: (actions, resource) => [
        statement('Endpoint', 'Allow', '*', actions, resource, { StringEquals: { 'aws:SourceVpce': vpcEndpointId } }),
      ],
    },
  ];
}

/** The cases of a policy that lets an AWS service in: with and without saying on whose behalf. */
export function serviceCases(principal: string, accountId: string): readonly AccessCase[] {
  const allow = (actions: readonly string[], resource: string | readonly string[] | undefined, condition?: object) => [
    statement('Service', 'Allow', { Service: principal }, actions, resource, condition),
  ];
  return [
    {
      name: 'deputy-unguarded',
      verdict: 'confused-deputy',
      reason: `${principal} is allowed without aws:SourceArn, aws:SourceAccount or aws:SourceOrgID`,
      statements: (actions, resource) => allow(actions, resource),
    },
    {
      name: 'deputy-guarded',
      verdict: 'internal',
      reason: `${principal} is allowed on condition of aws:SourceAccount`,
      statements: (actions, resource) => allow(actions, resource, { StringEquals: { 'aws:SourceAccount': accountId } }),
    },
  ];
}

/** One way of sharing what is shared by a list of accounts. */
export interface ListCase extends Truth {
  readonly name: string;
  /** Account ids, or `all`. */
  readonly restorers: readonly string[];
}

/** The cases of what is shared by a list of accounts: such a list has no conditions. */
export function listCases(ownAccountId: string): readonly ListCase[] {
  return [
    {
      name: 'shared-with-partner',
      verdict: 'external',
      reason: `it is shared with account ${PARTNER_ACCOUNT}, which is not of the organization`,
      restorers: [PARTNER_ACCOUNT],
    },
    { name: 'public', verdict: 'public', reason: 'it is shared with everyone', restorers: ['all'] },
    {
      name: 'own-account',
      verdict: 'internal',
      reason: 'the one account that it is shared with is of the organization',
      restorers: [ownAccountId],
    },
    { name: 'not-shared', verdict: 'internal', reason: 'it is shared with nobody', restorers: [] },
  ];
}

/** A policy document as text. */
export function policyText(Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
