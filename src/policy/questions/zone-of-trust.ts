import type { Estate } from '../../estate/estate.js';
import { keyValues, type AccessRequest } from '../evaluate/access-request.js';
import type { Organization } from '../gather/organization.js';
import { literal, many, type TokenPattern } from '../pattern/token-pattern.js';
import { and, not, or, type Formula } from '../reason/formula.js';
import { accountPattern, PRINCIPAL } from '../reason/principal-dimension.js';
import { isOneOf, type Space } from '../reason/space.js';

/** Whom an organization or an account trusts: everyone in it, and what comes through its own networks. */
export interface ZoneOfTrust {
  readonly accountIds: ReadonlySet<string>;
  readonly organizationId?: string;
  /** The canonical user ids of its accounts, as ACLs name them. */
  readonly canonicalIds: ReadonlySet<string>;
  /** Its VPCs and VPC endpoints. */
  readonly networkIds: ReadonlySet<string>;
  /** The unique ids of its users and roles. */
  readonly uniqueIds: ReadonlySet<string>;
}

/**
 * The zone of an estate: its organization, or one account of it.
 *
 * Source: IAM user guide, "IAM Access Analyzer findings", zone of trust.
 */
export function zoneOf(estate: Estate, organization: Organization, accountId?: string): ZoneOfTrust {
  const scope = accountId === undefined ? {} : { accountId };
  const canonicalIds = new Set<string>();
  for (const { configuration } of estate.list('AWS::S3::Bucket', scope)) {
    if (configuration.Acl?.Owner?.ID !== undefined) canonicalIds.add(configuration.Acl.Owner.ID);
  }
  const networkIds = new Set<string>();
  for (const { configuration } of estate.list('AWS::EC2::VPC', scope)) networkIds.add(configuration.VpcId ?? '');
  for (const { configuration } of estate.list('AWS::EC2::VPCEndpoint', scope)) {
    networkIds.add(configuration.VpcEndpointId ?? '');
  }
  const uniqueIds = new Set<string>();
  for (const { configuration } of estate.list('AWS::IAM::Role', scope)) uniqueIds.add(configuration.RoleId ?? '');
  for (const { configuration } of estate.list('AWS::IAM::User', scope)) uniqueIds.add(configuration.UserId ?? '');
  const whole = accountId === undefined && organization.id !== undefined;
  return {
    accountIds: accountId === undefined ? organization.accountIds : new Set([accountId]),
    ...(whole && organization.id !== undefined ? { organizationId: organization.id } : {}),
    canonicalIds,
    networkIds,
    uniqueIds,
  };
}

/**
 * What a text could mention of any zone: accounts, networks, unique and canonical ids. A zone may have tens of thousands
 * of these; a policy names a few, so questions are made from the policy's side. O(text).
 */
export function mentionedIn(text: string): string[] {
  return [...new Set(text.match(/[0-9a-f]{64}|\d{12}|vpce?-[0-9a-f]+|A[A-Z]{3}[A-Z0-9]{12,}/g))];
}

/** Keys that hold an account which answers for the request. */
const ACCOUNT_KEYS = ['aws:sourceowner', 's3:dataaccesspointaccount'];
const NETWORK_KEYS = ['aws:sourcevpc', 'aws:sourcevpce'];
/** The key of a principal's organization. */
export const ORGANIZATION = 'aws:principalorgid';
const ORGANIZATION_PATHS = 'aws:principalorgpaths';

/**
 * The requests from inside a zone. Only dimensions that the question already has are looked at, so this comes after the
 * policies' formulas; of the zone only what they mention is written out.
 */
export function insideFormula(space: Space, zone: ZoneOfTrust, mentioned: readonly string[]): Formula {
  const accounts = mentioned.filter((id) => zone.accountIds.has(id));
  const canonical = mentioned.filter((id) => zone.canonicalIds.has(id));
  const parts: Formula[] = [
    isOneOf(
      space,
      PRINCIPAL,
      [...accounts.map(accountPattern), ...canonical.map((id) => literal(`CanonicalUser:${id}`))],
      false,
    ),
  ];
  const among = (key: string, patterns: readonly TokenPattern[]): void => {
    if (space.dimensions.has(key) && patterns.length > 0) parts.push(isOneOf(space, key, patterns));
  };
  const { organizationId } = zone;
  if (organizationId !== undefined) {
    among(ORGANIZATION, [literal(organizationId)]);
    if (space.dimensions.has(ORGANIZATION_PATHS)) {
      const below = [...literal(`${organizationId}/`), many()];
      parts.push(space.elements(ORGANIZATION_PATHS, [{ kind: 'text', pattern: below }], { quantifier: 'some' }));
    }
  }
  for (const key of ACCOUNT_KEYS)
    among(
      key,
      accounts.map((id) => literal(id)),
    );
  among(
    's3:dataaccesspointarn',
    accounts.map((id) => [...literal('arn:aws:s3:'), many(), ...literal(`:${id}:`), many()]),
  );
  for (const key of NETWORK_KEYS)
    among(
      key,
      mentioned.filter((id) => zone.networkIds.has(id)).map((id) => literal(id)),
    );
  const ids = mentioned.filter((id) => zone.uniqueIds.has(id));
  among(
    'aws:userid',
    ids.flatMap((id) => [literal(id), [...literal(`${id}:`), many()]]),
  );
  return or(parts);
}

/** The requests from outside a zone: the opposite of `insideFormula`. */
export function outsideFormula(space: Space, zone: ZoneOfTrust, mentioned: readonly string[]): Formula {
  return not(insideFormula(space, zone, mentioned));
}

/**
 * What is true of every request by an account that is mentioned: it carries the zone's organization when it is of the zone,
 * and only then. Comes after the policies' formulas.
 */
export function membershipFormula(
  space: Space,
  { accountIds, organizationId }: ZoneOfTrust,
  mentioned: readonly string[],
): Formula {
  if (organizationId === undefined || !space.dimensions.has(ORGANIZATION)) return and([]);
  const accounts = mentioned.filter((id) => /^\d{12}$/.test(id));
  const among = (ids: readonly string[]): Formula => isOneOf(space, PRINCIPAL, ids.map(accountPattern), false);
  const ours = isOneOf(space, ORGANIZATION, [literal(organizationId)]);
  return and([
    or([not(among(accounts.filter((id) => accountIds.has(id)))), ours]),
    or([not(among(accounts.filter((id) => !accountIds.has(id)))), not(ours)]),
  ]);
}

/**
 * The requests of strangers: of everyone who is no principal of the zone, wherever the request comes from. A stranger
 * never carries the zone's organization. As `insideFormula`, this comes after the policies' formulas.
 */
export function strangersFormula(space: Space, zone: ZoneOfTrust, mentioned: readonly string[]): Formula {
  const accounts = mentioned.filter((id) => zone.accountIds.has(id)).map(accountPattern);
  const canonical = mentioned.filter((id) => zone.canonicalIds.has(id)).map((id) => literal(`CanonicalUser:${id}`));
  const parts: Formula[] = [isOneOf(space, PRINCIPAL, [...accounts, ...canonical], false)];
  const { organizationId } = zone;
  if (organizationId !== undefined) {
    if (space.dimensions.has(ORGANIZATION)) parts.push(isOneOf(space, ORGANIZATION, [literal(organizationId)]));
    if (space.dimensions.has(ORGANIZATION_PATHS)) {
      const below = [...literal(`${organizationId}/`), many()];
      parts.push(space.elements(ORGANIZATION_PATHS, [{ kind: 'text', pattern: below }], { quantifier: 'some' }));
    }
  }
  return not(or(parts));
}

/** Whether one request comes from inside a zone: what `insideFormula` says, of one request. */
export function isInside(request: AccessRequest, zone: ZoneOfTrust): boolean {
  const { principal } = request;
  if ('accountId' in principal && zone.accountIds.has(principal.accountId)) return true;
  if (principal.kind === 'canonicalUser' && zone.canonicalIds.has(principal.id)) return true;
  const some = (key: string, test: (value: string) => boolean): boolean => keyValues(request, key).some(test);
  const { organizationId } = zone;
  if (organizationId !== undefined) {
    if (some('aws:principalorgid', (value) => value === organizationId)) return true;
    if (some(ORGANIZATION_PATHS, (value) => value.startsWith(`${organizationId}/`))) return true;
  }
  return (
    ACCOUNT_KEYS.some((key) => some(key, (value) => zone.accountIds.has(value))) ||
    NETWORK_KEYS.some((key) => some(key, (value) => zone.networkIds.has(value))) ||
    some('s3:dataaccesspointarn', (value) => zone.accountIds.has(value.split(':')[4] ?? '')) ||
    some('aws:userid', (value) => zone.uniqueIds.has(value.split(':')[0] ?? ''))
  );
}
