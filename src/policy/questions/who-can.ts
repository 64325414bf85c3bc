import type { Estate } from '../../estate/estate.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { decide, type Decision } from '../evaluate/decide.js';
import { principalName, type Principal } from '../evaluate/principal.js';
import { AccessGatherer } from '../gather/access-gatherer.js';
import { AccessMatrix, type MatrixPrincipal, type MatrixTarget } from '../reason/access-matrix.js';
import { principalText } from '../reason/principal-dimension.js';
import { externalAccess, type ExternalAccess } from './external-access.js';
import { plausible } from './plausible.js';
import { roleChains, type RoleChain } from './role-chains.js';
import { resourcePolicies, ownerOf } from '../gather/resource-policies.js';
import { zoneOf } from './zone-of-trust.js';

/** A principal that can do what was asked. */
export interface CanDo {
  readonly principal: Principal;
  /** The roles it takes on to get there, first to last; empty when it can directly. */
  readonly through: readonly string[];
  /** The AssumeRole requests that get there. */
  readonly steps: readonly AccessRequest[];
  readonly witness: AccessRequest;
  readonly decision: Decision;
}

/** Everyone who can, and whom the question stayed open for. */
export interface WhoCan {
  readonly principals: readonly CanDo[];
  /** Ways in from outside the organization. */
  readonly outsiders: readonly ExternalAccess[];
  /** Ways from outside into a role that can, or that can become one that can. */
  readonly outsidersThrough: readonly { readonly through: readonly string[]; readonly entry: ExternalAccess }[];
  readonly undetermined: readonly { readonly principal: string; readonly reason: string }[];
}

/** The principals of an estate that policies speak for: users, roles, and each account's root user. */
export function principalsOf(
  estate: Estate,
  gatherer: AccessGatherer,
): { known: MatrixPrincipal[]; unread: Map<Principal, readonly string[]> } {
  const known: MatrixPrincipal[] = [];
  const unread = new Map<Principal, readonly string[]>();
  const add = (principal: Principal): void => {
    const found = gatherer.identity(principal);
    if (found === undefined) return;
    known.push({ principal, side: found.side, facts: found.facts });
    if (found.unread.length > 0) unread.set(principal, found.unread);
  };
  for (const { arn, accountId } of estate.list('AWS::IAM::User')) add({ kind: 'user', arn, accountId });
  for (const { arn, accountId } of estate.list('AWS::IAM::Role')) {
    add({ kind: 'session', roleArn: arn, sessionName: 'session', accountId });
  }
  for (const { accountId } of estate.header.accounts) {
    add({ kind: 'root', arn: `arn:${estate.header.partition}:iam::${accountId}:root`, accountId });
  }
  return { known, unread };
}

/**
 * Who can do an action on a resource: every user, role and root user of the estate over the whole path, directly or by
 * taking on roles, and the world outside.
 *
 * Cost: one matrix over the principals; one search each; role chains by breadth-first search over who can assume whom.
 */
export function whoCan(estate: Estate, action: string, resourceArn: string): WhoCan {
  const gatherer = new AccessGatherer(estate);
  const owner = resourceArn === '*' ? undefined : ownerOf(estate, resourceArn.replace(/\/\*$/, ''), undefined);
  const accountId = owner?.accountId ?? resourceArn.split(':')[4] ?? '';
  const { known, unread } = principalsOf(estate, gatherer);
  const target: MatrixTarget = {
    actions: [action],
    resources: [resourceArn],
    side: gatherer.sideOf(owner, accountId, action),
  };
  const matrix = new AccessMatrix(known, [target], { partition: estate.header.partition });
  const direct: CanDo[] = [];
  const undetermined: { principal: string; reason: string }[] = [];
  known.forEach(({ principal, side }, index) => {
    const missing = unread.get(principal);
    const answer = matrix.ask(index, 0);
    if (missing !== undefined) {
      undetermined.push({ principal: principalName(principal), reason: `not read: ${missing.join(', ')}` });
      return;
    }
    if (answer.kind === 'no') return;
    if (answer.kind === 'undetermined') {
      undetermined.push({ principal: principalName(principal), reason: answer.reason });
      return;
    }
    const preferred = plausible([resourceArn], [principalText(principal)]);
    const witness = matrix.witness(index, answer.box, preferred);
    const identity = side === undefined ? {} : { identity: side };
    const decision = decide(witness, { ...identity, resource: target.side, endpoints: gatherer.endpoints() });
    if (decision.outcome === 'allow') direct.push({ principal, through: [], steps: [], witness, decision });
    else {
      const reason = 'a policy variable, the policy of an endpoint or a key that AWS leaves open decides';
      undetermined.push({ principal: principalName(principal), reason });
    }
  });
  const chained = chains(estate, gatherer, known, direct);
  const there = new Set([...direct, ...chained.found].map(({ principal }) => principalName(principal)));
  undetermined.push(...chained.undetermined.filter(({ principal }) => !there.has(principal)));
  const ofIdentities = new Set([...unread.values()].flat());
  for (const { name } of gatherer.library.unreadable) {
    if (!ofIdentities.has(name))
      undetermined.push({ principal: 'everyone it binds', reason: `${name} cannot be read` });
  }
  return {
    principals: [...direct, ...chained.found],
    outsiders: outsidersOf(estate, gatherer, owner, action),
    outsidersThrough: strangersThrough(estate, gatherer, [...direct, ...chained.found]),
    undetermined: merged(undetermined),
  };
}

/** One entry for each principal and reason. */
function merged(entries: WhoCan['undetermined']): WhoCan['undetermined'] {
  return [...new Map(entries.map((one) => [`${one.principal} ${one.reason}`, one])).values()];
}

/** Those who get there by taking on a role that can, or a role that can take on such a role, to a fixpoint. */
function chains(
  estate: Estate,
  gatherer: AccessGatherer,
  known: readonly MatrixPrincipal[],
  direct: readonly CanDo[],
): { found: CanDo[]; undetermined: WhoCan['undetermined'] } {
  const byRole = new Map(
    direct.flatMap((one) => (one.principal.kind === 'session' ? [[one.principal.roleArn, one] as const] : [])),
  );
  const already = new Set(direct.map(({ principal }) => principalText(principal)));
  const { chains: all, undetermined } = roleChains(estate, gatherer, known, [...byRole.keys()]);
  const found = all.flatMap(({ principal, through, steps }: RoleChain) => {
    const last = byRole.get(through.at(-1) ?? '');
    if (last === undefined || already.has(principalText(principal))) return [];
    return [{ principal, through, steps, witness: last.witness, decision: last.decision }];
  });
  return { found, undetermined };
}

/** Whom the trust policies of roles that can let in from outside. */
function strangersThrough(
  estate: Estate,
  gatherer: AccessGatherer,
  found: readonly CanDo[],
): WhoCan['outsidersThrough'] {
  const zone = zoneOf(estate, gatherer.organization);
  return found.flatMap(({ principal, through }) => {
    if (principal.kind !== 'session') return [];
    const role = estate.get('AWS::IAM::Role', principal.roleArn, principal.accountId);
    if (role === undefined) return [];
    const side = gatherer.sideOf(role, role.accountId, 'sts:AssumeRole');
    const { findings } = externalAccess({ resource: role, side, scope: [role.arn], facts: new Map() }, zone);
    return findings.map((entry) => ({ through: [role.arn, ...through], entry }));
  });
}

function outsidersOf(
  estate: Estate,
  gatherer: AccessGatherer,
  owner: ReturnType<typeof ownerOf>,
  action: string,
): readonly ExternalAccess[] {
  if (owner === undefined) return [];
  const found = resourcePolicies(owner, gatherer.library, estate);
  if (found === undefined) return [];
  const side = gatherer.sideOf(owner, owner.accountId, action);
  const zone = zoneOf(estate, gatherer.organization);
  const analyzed = { resource: owner, side, scope: found.scope, facts: new Map(), actions: [action] };
  return externalAccess(analyzed, zone).findings;
}
