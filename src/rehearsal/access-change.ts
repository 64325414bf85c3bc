import type { Change } from '../estate/diff.js';
import type { Estate, Resource } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Policy } from '../policy/document/policy.js';
import type { IdentitySide } from '../policy/evaluate/access-path.js';
import type { AccessRequest } from '../policy/evaluate/access-request.js';
import { principalName, type Principal } from '../policy/evaluate/principal.js';
import { AccessGatherer } from '../policy/gather/access-gatherer.js';
import { PolicyLibrary } from '../policy/gather/policy-library.js';
import { resourcePolicies, sharedTypes } from '../policy/gather/resource-policies.js';
import { checkNoNewAccess } from '../policy/questions/checks.js';
import { difference } from '../policy/questions/difference.js';
import { externalAccess } from '../policy/questions/external-access.js';
import { principalsOf } from '../policy/questions/who-can.js';
import { zoneOf } from '../policy/questions/zone-of-trust.js';
import { AccessMatrix, type MatrixPrincipal } from '../policy/reason/access-matrix.js';
import { notableActions } from '../reference/notable-actions.js';

/** Somebody who gains or loses access, with a request that shows it. */
export interface AccessShift {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** Who gains and who loses what by a run. */
export interface AccessChange {
  /** `unchanged` is proven over all requests; `open` means part of the question could not be decided. */
  readonly status: 'unchanged' | 'changed' | 'open';
  readonly gained: readonly AccessShift[];
  readonly lost: readonly AccessShift[];
  /** What could not be decided, and why. */
  readonly open: readonly string[];
}

const IDENTITY_TYPES: ReadonlySet<TypeName> = new Set([
  'AWS::IAM::User',
  'AWS::IAM::Role',
  'AWS::IAM::Group',
  'AWS::IAM::ManagedPolicy',
]);
const CONTROL_TYPES: ReadonlySet<TypeName> = new Set([
  'AWS::Organizations::Policy',
  'AWS::Organizations::Account',
  'AWS::Organizations::OrganizationalUnit',
  'AWS::Organizations::Root',
]);

/**
 * Which access a run changes: for the principals that exist, and for the world outside. A run that changes nothing that
 * policies are made of is proven to change no access; where policies change, both are compared over all requests.
 *
 * Cost: nothing for other changes; for a changed policy two proofs and, when they differ, one matrix of the estate's
 * principals by that resource's notable actions, before and after.
 */
export function accessChange(before: Estate, after: Estate, changes: readonly Change[]): AccessChange {
  const shifts = new Shifts();
  const library = new PolicyLibrary();
  const old = new AccessGatherer(before, library);
  const now = new AccessGatherer(after, library);
  if (changes.some(({ type }) => CONTROL_TYPES.has(type))) {
    shifts.open.push('control policies or the organization changed: ask `hikeshi access who-can` afterwards');
  }
  for (const pair of changedResources(before, after, changes))
    compareResource(pair, { before, after, old, now, shifts });
  const accounts = new Set(changes.filter(({ type }) => IDENTITY_TYPES.has(type)).map(({ accountId }) => accountId));
  for (const accountId of accounts) compareIdentities(accountId, { before, after, old, now, shifts });
  return shifts.result();
}

class Shifts {
  readonly gained: AccessShift[] = [];
  readonly lost: AccessShift[] = [];
  readonly open: string[] = [];

  result(): AccessChange {
    const { gained, lost, open } = this;
    const changed = gained.length + lost.length > 0;
    return { status: open.length > 0 ? 'open' : changed ? 'changed' : 'unchanged', gained, lost, open };
  }
}

interface Sides {
  readonly before: Estate;
  readonly after: Estate;
  readonly old: AccessGatherer;
  readonly now: AccessGatherer;
  readonly shifts: Shifts;
}

interface ChangedResource {
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

/** The shared resources whose own side may have changed: themselves, and buckets whose account's block changed. */
function* changedResources(before: Estate, after: Estate, changes: readonly Change[]): Iterable<ChangedResource> {
  const isShared = new Set<TypeName>(sharedTypes);
  for (const change of changes) {
    if (isShared.has(change.type)) yield { before: change.before, after: change.after };
    if (change.type !== 'Hikeshi::S3::AccountPublicAccessBlock') continue;
    for (const bucket of after.list('AWS::S3::Bucket', { accountId: change.accountId })) {
      yield { before: before.get('AWS::S3::Bucket', bucket.arn, bucket.accountId), after: bucket };
    }
  }
}

function compareResource(pair: ChangedResource, sides: Sides): void {
  const { before, after, old, now, shifts } = sides;
  const of = (estate: Estate, gatherer: AccessGatherer, resource: Resource | undefined) => {
    const found = resource === undefined ? undefined : resourcePolicies(resource, gatherer.library, estate);
    return { found, policies: found?.policies ?? [], restricted: found?.restrictedToOwner ?? false };
  };
  const was = of(before, old, pair.before);
  const is = of(after, now, pair.after);
  const resource = pair.after ?? pair.before;
  if (resource === undefined || samePolicies(was.policies, is.policies, was.restricted === is.restricted)) return;
  const zone = zoneOf(after, now.organization);
  const outside = (gatherer: AccessGatherer, one: Resource | undefined, found: typeof was.found) => {
    if (one === undefined || found === undefined) return [];
    const side = gatherer.sideOf(one, one.accountId, actionsOf(one)[0] ?? 's3:GetObject');
    const analysis = externalAccess({ resource: one, side, scope: found.scope, facts: new Map() }, zone);
    shifts.open.push(...analysis.undetermined.map(({ statement, reason }) => `${statement}: ${reason}`));
    return analysis.findings;
  };
  const left = outside(old, pair.before, was.found);
  const right = outside(now, pair.after, is.found);
  const shift = ({ principal, witness }: (typeof left)[number]): AccessShift => ({
    principal: principal.value === '*' ? 'everyone outside' : principal.value,
    action: witness.action,
    resource: witness.resource,
  });
  shifts.lost.push(...left.filter(({ id }) => !right.some((one) => one.id === id)).map(shift));
  shifts.gained.push(...right.filter(({ id }) => !left.some((one) => one.id === id)).map(shift));
  // Of a resource that is new or gone, whoever may act on all of its kind is no news.
  if (pair.before !== undefined && pair.after !== undefined) compareInsiders(pair, sides);
}

/** Who of the estate gains or loses a notable action on a resource. */
function compareInsiders(
  { before: left, after: right }: ChangedResource,
  { before, after, old, now, shifts }: Sides,
): void {
  const reach = (
    estate: Estate,
    gatherer: AccessGatherer,
    resource: Resource | undefined,
  ): Map<string, AccessShift> => {
    const reached = new Map<string, AccessShift>();
    const found = resource === undefined ? undefined : resourcePolicies(resource, gatherer.library, estate);
    if (resource === undefined || found === undefined) return reached;
    const { known } = principalsOf(estate, gatherer);
    const targets = actionsOf(resource).map((action) => ({
      actions: [action],
      resources: found.scope,
      side: gatherer.sideOf(resource, resource.accountId, action),
    }));
    const matrix = new AccessMatrix(known, targets, { partition: estate.header.partition });
    known.forEach(({ principal }: MatrixPrincipal, index) => {
      targets.forEach(({ actions: [action = ''] }, target) => {
        if (matrix.ask(index, target).kind !== 'yes') return;
        const name = principalName(principal);
        reached.set(`${name} ${action}`, { principal: name, action, resource: resource.arn });
      });
    });
    return reached;
  };
  const was = reach(before, old, left);
  const is = reach(after, now, right);
  for (const [key, shift] of was) if (!is.has(key)) shifts.lost.push(shift);
  for (const [key, shift] of is) if (!was.has(key)) shifts.gained.push(shift);
}

function compareIdentities(accountId: string, { before, after, old, now, shifts }: Sides): void {
  const principals = new Map<string, Principal>();
  for (const estate of [before, after]) {
    for (const { arn } of estate.list('AWS::IAM::User', { accountId }))
      principals.set(arn, { kind: 'user', arn, accountId });
    for (const { arn } of estate.list('AWS::IAM::Role', { accountId })) {
      principals.set(arn, { kind: 'session', roleArn: arn, sessionName: 'session', accountId });
    }
  }
  for (const principal of principals.values()) {
    const was = old.identity(principal);
    const is = now.identity(principal);
    if (sameList(policiesOf(was?.side), policiesOf(is?.side))) continue;
    const unread = [...(was?.unread ?? []), ...(is?.unread ?? [])];
    if (unread.length > 0) shifts.open.push(`${principalName(principal)}: not read: ${unread.join(', ')}`);
    const gained = difference(was?.side.policies ?? [], is?.side.policies ?? []);
    const lost = difference(is?.side.policies ?? [], was?.side.policies ?? []);
    const shift = ({ witness }: { witness: AccessRequest }): AccessShift => ({
      principal: principalName(principal),
      action: witness.action,
      resource: witness.resource,
    });
    shifts.gained.push(...gained.cases.map(shift));
    shifts.lost.push(...lost.cases.map(shift));
    for (const reason of [...gained.reasons, ...lost.reasons])
      shifts.open.push(`${principalName(principal)}: ${reason}`);
  }
}

function policiesOf(side: IdentitySide | undefined): readonly Policy[] {
  return [...(side?.policies ?? []), ...(side?.boundary === undefined ? [] : [side.boundary])];
}

function sameList(left: readonly Policy[], right: readonly Policy[]): boolean {
  return left.length === right.length && left.every((policy, index) => policy === right[index]);
}

function samePolicies(before: readonly Policy[], after: readonly Policy[], sameRestriction: boolean): boolean {
  if (!sameRestriction) return false;
  if (sameList(before, after)) return true;
  return checkNoNewAccess(before, after).result === 'PASS' && checkNoNewAccess(after, before).result === 'PASS';
}

/** The notable actions on a resource. */
function actionsOf({ arn, type }: Resource): readonly string[] {
  const prefix = type === 'AWS::IAM::Role' ? 'sts' : (arn.split(':')[2] ?? '');
  return notableActions.filter((action) => action.startsWith(`${prefix}:`));
}
