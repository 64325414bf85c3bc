import type { Estate } from '../estate/estate.js';
import type { Fork } from '../estate/fork.js';
import type { TypeName } from '../estate/resource-types.js';
import type { PolicyKind } from '../policy/document/policy-kinds.js';
import type { Policy } from '../policy/document/policy.js';
import type { AccessRequest } from '../policy/evaluate/access-request.js';
import { decide, type Decision, type Layer } from '../policy/evaluate/decide.js';
import type { Principal } from '../policy/evaluate/principal.js';
import { AccessGatherer } from '../policy/gather/access-gatherer.js';
import { PolicyLibrary } from '../policy/gather/policy-library.js';
import type { AuthorizationDecision, AuthorizationRequest } from './authorizer.js';
import type { Caller } from './caller.js';
import { looksAtContext, RememberedDecisions } from './remembered-decisions.js';

/** What a gatherer keeps of an estate; when these change it is made anew. */
const KEPT: readonly TypeName[] = [
  'AWS::Organizations::Account',
  'AWS::Organizations::OrganizationalUnit',
  'AWS::Organizations::Policy',
  'AWS::Organizations::Root',
  'AWS::EC2::VPCEndpoint',
];

/** Gatherers of bases, which never change: of a fork that edits nothing of what they keep, it is the same. */
const ofBases = new WeakMap<Estate, AccessGatherer>();

function gathererOfBase(base: Estate): AccessGatherer {
  const made = ofBases.get(base) ?? new AccessGatherer(base);
  ofBases.set(base, made);
  return made;
}

/**
 * Decides every call of a twin by the policies of its estate, by AWS's evaluation logic: identity policies, boundary,
 * session policy, service and resource control policies, the resource's own policy.
 *
 * Cost: the statements that bear on the call, or a look-up where it was decided before and nothing it looks at has changed;
 * documents are read once, and the organization once for all forks of an estate.
 */
export class PolicyAuthorizer {
  private readonly library = new PolicyLibrary();
  private readonly remembered = new RememberedDecisions();
  private readonly gatherers = new WeakMap<Fork, { readonly edits: number; readonly gatherer: AccessGatherer }>();

  /** The authorizer port. */
  readonly authorize = (request: AuthorizationRequest): AuthorizationDecision => {
    if (request.caller.kind === 'service') return { allowed: true };
    return (request.byGrant === undefined ? this.remembered.get(request) : undefined) ?? this.decideAnew(request);
  };

  private decideAnew(request: AuthorizationRequest): AuthorizationDecision {
    const { decision, unread, again } = this.decision(request);
    const note = unread.length === 0 ? '' : ` (not in this estate: ${unread.join(', ')})`;
    const decided: AuthorizationDecision = isAllowed(decision, request.byGrant)
      ? { allowed: true }
      : { allowed: false, reason: reasonOf(decision, request.action) + note };
    if (again && request.byGrant === undefined) this.remembered.set(request, decided);
    return decided;
  }

  /** The decision, what of it is not known, and whether it will be the same again. */
  private decision(request: AuthorizationRequest): { decision: Decision; unread: readonly string[]; again: boolean } {
    const { caller, estate, resource, resourceAccountId } = request;
    const gatherer = this.gathererOf(estate);
    const principal = principalOf(caller);
    const identity = gatherer.identity(principal, this.sessionOf(caller));
    const facts = identity?.facts ?? new Map<string, readonly string[]>();
    const asked: AccessRequest = {
      principal,
      action: request.action,
      resource,
      context: contextOf(request, facts, gatherer.organization.id),
    };
    const path = gatherer.path(asked, resourceAccountId, identity?.side);
    return { decision: decide(asked, path), unread: identity?.unread ?? [], again: !looksAtContext(path, asked) };
  }

  private gathererOf(estate: Fork): AccessGatherer {
    const edits = estate.editsOf(KEPT);
    const known = this.gatherers.get(estate);
    if (known?.edits === edits) return known.gatherer;
    const like = estate.hasEdited(KEPT) ? undefined : gathererOfBase(estate.base);
    const gatherer = new AccessGatherer(estate, this.library, like);
    this.gatherers.set(estate, { edits, gatherer });
    return gatherer;
  }

  /** A session policy that cannot be read lets nothing through. */
  private sessionOf({ sessionPolicy }: Caller): Policy[] {
    if (sessionPolicy === undefined) return [];
    const kind: PolicyKind = 'session';
    const nothing = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] };
    return [
      this.library.get(sessionPolicy, kind, 'session policy') ??
        this.library.made(nothing, kind, 'unreadable session policy'),
    ];
  }
}

/** The layers that a grant stands in for. */
const GRANTING: ReadonlySet<Layer> = new Set<Layer>(['identity policy', 'resource policy']);

function isAllowed({ outcome, missing }: Decision, byGrant: boolean | undefined): boolean {
  if (byGrant === undefined) return outcome === 'allow';
  return byGrant && outcome !== 'explicitDeny' && missing.every((layer) => GRANTING.has(layer));
}

function principalOf(caller: Caller): Principal {
  const { arn, accountId } = caller;
  switch (caller.kind) {
    case 'root':
    case 'user':
      return { kind: caller.kind, arn, accountId };
    case 'role':
      return {
        kind: 'session',
        roleArn: caller.roleArn ?? arn,
        sessionName: arn.slice(arn.lastIndexOf('/') + 1),
        accountId,
      };
    case 'service':
      return { kind: 'service', name: arn };
    case 'anonymous':
      return { kind: 'anonymous' };
  }
}

/** Source: IAM user guide, "AWS global condition context keys". */
function contextOf(
  { context, caller, region, now, sourceIp, userAgent, resourceAccountId, action }: AuthorizationRequest,
  facts: ReadonlyMap<string, readonly string[]>,
  organizationId: string | undefined,
): Map<string, readonly string[]> {
  const result = new Map<string, readonly string[]>(facts);
  const set = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') result.set(key, [value]);
  };
  set('aws:currenttime', now.toISOString());
  set('aws:epochtime', String(Math.floor(now.getTime() / 1000)));
  set('aws:requestedregion', region);
  set('aws:securetransport', 'true');
  set('aws:sourceip', sourceIp);
  set('aws:useragent', userAgent);
  set('aws:viaawsservice', 'false');
  set('aws:resourceaccount', resourceAccountId);
  if (action.startsWith('s3:')) set('s3:resourceaccount', resourceAccountId);
  if (organizationId !== undefined && resourceAccountId !== '') set('aws:resourceorgid', organizationId);
  set('aws:userid', caller.userId);
  for (const [key, value] of Object.entries(context)) {
    if (Array.isArray(value)) result.set(key.toLowerCase(), value.map(String));
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      result.set(key.toLowerCase(), [String(value)]);
    }
  }
  return result;
}

/** How AWS's messages name the kinds of policies. Source: IAM user guide, "Troubleshoot access denied error messages". */
const kindNames: Readonly<Record<PolicyKind, string>> = {
  identity: 'an identity-based policy',
  boundary: 'a permissions boundary',
  session: 'a session policy',
  scp: 'a service control policy',
  rcp: 'a resource control policy',
  resource: 'a resource-based policy',
  trust: 'a resource-based policy',
  key: 'a resource-based policy',
  vpcEndpoint: 'a VPC endpoint policy',
};

const layerNames: Readonly<Record<Layer, string>> = {
  'identity policy': 'identity-based policy',
  'permissions boundary': 'permissions boundary',
  'session policy': 'session policy',
  'service control policy': 'service control policy',
  'resource control policy': 'resource control policy',
  'resource policy': 'resource-based policy',
  'VPC endpoint policy': 'VPC endpoint policy',
  'block public access': 'resource-based policy',
};

function reasonOf({ outcome, decidedBy, missing }: Decision, action: string): string {
  const [denied] = decidedBy;
  if (outcome === 'explicitDeny' && denied !== undefined)
    return `with an explicit deny in ${kindNames[denied.policy.kind]}`;
  return `because no ${layerNames[missing[0] ?? 'identity policy']} allows the ${action} action`;
}
