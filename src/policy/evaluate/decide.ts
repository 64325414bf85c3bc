import { statementName, type Policy, type Statement } from '../document/policy.js';
import { keyValues, type AccessRequest } from './access-request.js';
import type { AccessPath, IdentitySide } from './access-path.js';
import { matchStatement } from './match-statement.js';
import type { PrincipalMatch } from './match-principal.js';

/** The layers of AWS's evaluation logic. */
export type Layer =
  | 'identity policy'
  | 'permissions boundary'
  | 'session policy'
  | 'service control policy'
  | 'resource control policy'
  | 'resource policy'
  | 'VPC endpoint policy'
  | 'block public access';

/** A verdict, and why. */
export interface Decision {
  readonly outcome: 'allow' | 'explicitDeny' | 'implicitDeny';
  /** The statements that decided: every deny that applied, or the allows that together let the request through. */
  readonly decidedBy: readonly Statement[];
  /** Of an implicit deny: the layers in which an allow was needed and none applied. */
  readonly missing: readonly Layer[];
}

/** The statements of some policies that apply to a request. */
interface Applied {
  readonly allows: readonly { readonly statement: Statement; readonly principal: PrincipalMatch }[];
  readonly denies: readonly Statement[];
}

type Apply = (policies: readonly Policy[]) => Applied;

/**
 * Decides one request by AWS's evaluation logic.
 *
 * An explicit deny anywhere wins. Then every level of control policies must allow, the VPC endpoint's policy too if the
 * request comes through one, and something must grant: within an account the identity side or the resource's own
 * policy, across accounts both.
 *
 * Source: IAM user guide, "Policy evaluation logic", "Cross-account policy evaluation logic"; Organizations user
 * guide, "SCP evaluation", "RCP evaluation". Cost: O(statements that apply to the path).
 */
export function decide(request: AccessRequest, path: AccessPath): Decision {
  const hasBoundary = path.identity?.boundary !== undefined;
  const seen = new Map<Policy, Applied>();
  const apply = (policies: readonly Policy[]): Applied => {
    const each = policies.map((policy) => {
      const known = seen.get(policy) ?? applied(policy, request, hasBoundary);
      seen.set(policy, known);
      return known;
    });
    return { allows: each.flatMap(({ allows }) => allows), denies: each.flatMap((one) => one.denies) };
  };
  const endpoint = endpointPolicies(request, path);
  const everything = [
    ...identityPolicies(path.identity),
    ...path.resource.policies,
    ...resourceLevels(path),
    ...endpoint,
  ];
  const denies = apply(everything).denies;
  if (denies.length > 0) return { outcome: 'explicitDeny', decidedBy: denies, missing: [] };
  const decidedBy: Statement[] = [];
  const missing: Layer[] = [];
  const need = (layer: Layer, policies: readonly Policy[]): void => {
    const first = apply(policies).allows[0];
    if (first === undefined) missing.push(layer);
    else decidedBy.push(first.statement);
  };
  for (const level of path.identity?.controlLevels ?? []) need('service control policy', level);
  for (const level of path.resource.controlLevels) need('resource control policy', level);
  if (endpoint.length > 0) need('VPC endpoint policy', endpoint);
  const grant = grantOf(path, apply, isShutOut(request, path));
  decidedBy.push(...grant.decidedBy);
  missing.push(...grant.missing);
  return missing.length === 0
    ? { outcome: 'allow', decidedBy: unique(decidedBy), missing: [] }
    : { outcome: 'implicitDeny', decidedBy: [], missing };
}

/** The decision in a line: `explicitDeny by scp/DenyRegions#0`. */
export function decisionText({ outcome, decidedBy, missing }: Decision): string {
  if (outcome === 'implicitDeny') return `implicitDeny: no allow in ${[...new Set(missing)].join(', ')}`;
  return `${outcome} by ${decidedBy.map(statementName).join(', ')}`;
}

/** The strongest allow of each kind that the resource's own policies give. */
interface ResourceGrant {
  readonly direct?: Statement;
  readonly role?: Statement;
  readonly account?: Statement;
  readonly missing: readonly Layer[];
}

interface Grant {
  readonly decidedBy: readonly Statement[];
  readonly missing: readonly Layer[];
}

function grantOf(path: AccessPath, apply: Apply, shutOut: boolean): Grant {
  const { identity, resource } = path;
  const own = identitySide(identity, apply);
  const granted: ResourceGrant = shutOut ? { missing: ['block public access'] } : resourceGrant(path, apply);
  const sameAccount = identity !== undefined && identity.accountId === resource.accountId;
  if (identity === undefined) {
    return granted.direct === undefined ? nothing(granted.missing) : { decidedBy: [granted.direct], missing: [] };
  }
  if (!sameAccount) {
    const any = granted.direct ?? granted.role ?? granted.account;
    if (any === undefined) return nothing([granted.missing[0] ?? 'resource policy', ...own.missing]);
    return own.missing.length > 0 ? own : { decidedBy: [...own.decidedBy, any], missing: [] };
  }
  if (granted.direct !== undefined) return { decidedBy: [granted.direct], missing: [] };
  if (granted.role !== undefined) {
    const limits = limitsOf(identity, apply);
    return limits.missing.length > 0 ? limits : { decidedBy: [granted.role, ...limits.decidedBy], missing: [] };
  }
  if (resource.policyRequired && granted.account === undefined) return nothing(['resource policy']);
  if (own.missing.length > 0) return own;
  const delegation = resource.policyRequired && granted.account !== undefined ? [granted.account] : [];
  return { decidedBy: [...own.decidedBy, ...delegation], missing: [] };
}

function nothing(missing: readonly Layer[]): Grant {
  return { decidedBy: [], missing };
}

function resourceGrant(path: AccessPath, apply: Apply): ResourceGrant {
  const result: { direct?: Statement; role?: Statement; account?: Statement } = {};
  for (const { statement, principal } of apply(path.resource.policies).allows) {
    if (principal !== 'none') result[principal] ??= statement;
  }
  return { ...result, missing: ['resource policy'] };
}

/** Whether Block Public Access keeps this caller out. */
function isShutOut({ principal }: AccessRequest, { identity, resource }: AccessPath): boolean {
  if (resource.restrictedToOwner !== true || principal.kind === 'service') return false;
  return identity?.accountId !== resource.accountId;
}

/** What the caller's own side grants: its policies, within its boundary and its session policies. */
function identitySide(identity: IdentitySide | undefined, apply: Apply): Grant {
  if (identity === undefined) return nothing(['identity policy']);
  if (identity.isRoot) return { decidedBy: [], missing: [] };
  const first = apply(identity.policies).allows[0];
  const limits = limitsOf(identity, apply);
  if (first === undefined) return nothing(['identity policy', ...limits.missing]);
  return { decidedBy: [first.statement, ...limits.decidedBy], missing: limits.missing };
}

/** The boundary and the session policies, each of which must allow where there is one. */
function limitsOf(identity: IdentitySide, apply: Apply): Grant {
  const decidedBy: Statement[] = [];
  const missing: Layer[] = [];
  const need = (layer: Layer, policies: readonly Policy[]): void => {
    const first = apply(policies).allows[0];
    if (first === undefined) missing.push(layer);
    else decidedBy.push(first.statement);
  };
  if (identity.boundary !== undefined) need('permissions boundary', [identity.boundary]);
  if (identity.session !== undefined && identity.session.length > 0) need('session policy', identity.session);
  return { decidedBy, missing };
}

function identityPolicies(identity: IdentitySide | undefined): Policy[] {
  if (identity === undefined) return [];
  const boundary = identity.boundary === undefined ? [] : [identity.boundary];
  return [...identity.controlLevels.flat(), ...identity.policies, ...boundary, ...(identity.session ?? [])];
}

function resourceLevels({ resource }: AccessPath): Policy[] {
  return resource.controlLevels.flat();
}

function endpointPolicies(request: AccessRequest, { endpoints }: AccessPath): Policy[] {
  const id = keyValues(request, 'aws:sourcevpce')[0];
  const policy = id === undefined ? undefined : endpoints?.get(id);
  return policy === undefined ? [] : [policy];
}

function applied(policy: Policy, request: AccessRequest, hasBoundary: boolean): Applied {
  const allows: { statement: Statement; principal: PrincipalMatch }[] = [];
  const denies: Statement[] = [];
  for (const statement of policy.statements) {
    const match = matchStatement(statement, request, hasBoundary);
    if (!match.applies) continue;
    if (statement.effect === 'Deny') denies.push(statement);
    else allows.push({ statement, principal: match.principal });
  }
  return { allows, denies };
}

function unique(statements: readonly Statement[]): Statement[] {
  return [...new Set(statements)];
}
