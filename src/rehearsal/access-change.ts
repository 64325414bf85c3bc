import type { Change } from '../estate/diff.js';
import type { Estate, Resource } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Policy } from '../policy/document/policy.js';
import type { IdentitySide, ResourceSide } from '../policy/evaluate/access-path.js';
import { principalName } from '../policy/evaluate/principal.js';
import { AccessGatherer } from '../policy/gather/access-gatherer.js';
import { PolicyLibrary } from '../policy/gather/policy-library.js';
import { resourcePolicies, sharedTypes } from '../policy/gather/resource-policies.js';
import { externalAccess } from '../policy/questions/external-access.js';
import { principalsOf } from '../policy/questions/who-can.js';
import { zoneOf } from '../policy/questions/zone-of-trust.js';
import { principalText } from '../policy/reason/principal-dimension.js';
import { notableActions } from '../reference/notable-actions.js';
import { principalShifts, type AccessShift, type ComparedPrincipal, type PrincipalShifts } from './principal-shifts.js';

export type { AccessShift } from './principal-shifts.js';

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
 * Cost: nothing for other changes; for a changed policy of a resource two proofs and, when they differ, one matrix of the
 * estate's principals before and after; for a changed identity or control policy one matrix of those it is over.
 */
export function accessChange(before: Estate, after: Estate, changes: readonly Change[]): AccessChange {
  const shifts = new Shifts();
  const library = new PolicyLibrary();
  const old = new AccessGatherer(before, library);
  const now = new AccessGatherer(after, library);
  const sides = { before, after, old, now, shifts };
  for (const pair of changedResources(before, after, changes)) compareResource(pair, sides);
  const accounts = new Set(changes.filter(({ type }) => IDENTITY_TYPES.has(type)).map(({ accountId }) => accountId));
  const isGoverned = changes.some(({ type }) => CONTROL_TYPES.has(type));
  if (accounts.size > 0 || isGoverned) compareIdentities(isGoverned ? 'all' : accounts, sides);
  if (isGoverned) resourceControlsOf(sides);
  return shifts.result();
}

class Shifts {
  readonly gained: AccessShift[] = [];
  readonly lost: AccessShift[] = [];
  readonly open: string[] = [];

  add({ gained, lost, open }: PrincipalShifts): void {
    this.gained.push(...gained);
    this.lost.push(...lost);
    this.open.push(...open);
  }

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
  if (resource === undefined) return;
  if (was.restricted === is.restricted && sameList(was.policies, is.policies)) return;
  const zone = zoneOf(after, now.organization);
  const outside = (gatherer: AccessGatherer, one: Resource | undefined, found: typeof was.found) => {
    if (one === undefined || found === undefined) return [];
    const side = gatherer.sideOf(one, one.accountId, notableOf(one)[0] ?? 's3:GetObject');
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

/** Who of the estate gains or loses what on a resource whose own side changed. */
function compareInsiders({ before: left, after: right }: ChangedResource, sides: Sides): void {
  const { before, after, old, now, shifts } = sides;
  const resource = right ?? left;
  if (resource === undefined) return;
  const scope = resourcePolicies(resource, now.library, after)?.scope ?? [resource.arn];
  const notable = notableOf(resource);
  const service = serviceOf(resource);
  const example = notable[0] ?? `${service}:any`;
  shifts.add(
    principalShifts(
      pairsOf(before, after, old, now),
      {
        actions: [`${service}:*`],
        resources: scope,
        before: old.sideOf(left, resource.accountId, example),
        after: now.sideOf(right, resource.accountId, example),
        told: resource.arn,
      },
      notable,
      after.header.partition,
    ),
  );
}

/** The principals of both estates, each as it was and as it is. */
function pairsOf(before: Estate, after: Estate, old: AccessGatherer, now: AccessGatherer): ComparedPrincipal[] {
  const was = new Map(principalsOf(before, old).known.map((one) => [principalText(one.principal), one]));
  const is = new Map(principalsOf(after, now).known.map((one) => [principalText(one.principal), one]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((text): ComparedPrincipal[] => {
    const [left, right] = [was.get(text), is.get(text)];
    const principal = right?.principal ?? left?.principal;
    return principal === undefined ? [] : [{ principal, before: left, after: right }];
  });
}

/** Who gains or loses what by policies of its own, its boundary, or the control policies over its account. */
function compareIdentities(accountIds: ReadonlySet<string> | 'all', sides: Sides): void {
  const { before, after, old, now, shifts } = sides;
  const changed = pairsOf(before, after, old, now).filter(({ principal, before: was, after: is }) => {
    const accountId = 'accountId' in principal ? principal.accountId : '';
    return (accountIds === 'all' || accountIds.has(accountId)) && !sameSide(was?.side, is?.side);
  });
  for (const { principal } of changed) {
    const unread = [...new Set([old, now].flatMap((gatherer) => gatherer.identity(principal)?.unread ?? []))];
    if (unread.length > 0) shifts.open.push(`${principalName(principal)}: not read: ${unread.join(', ')}`);
  }
  const byAccount = new Map<string, ComparedPrincipal[]>();
  for (const one of changed) {
    const accountId = 'accountId' in one.principal ? one.principal.accountId : '';
    byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), one]);
  }
  for (const [accountId, principals] of byAccount) {
    // What an identity may do at all: on a resource of its own account that has no policy.
    const side: ResourceSide = { accountId, policies: [], policyRequired: false, controlLevels: [] };
    const anything = { actions: ['*'], resources: ['*'], before: side, after: side };
    shifts.add(principalShifts(principals, anything, notableActions, after.header.partition));
  }
}

/** Resource control policies reach every resource of an account: told, not compared. */
function resourceControlsOf(sides: Sides): void {
  const { before, after, old, now, shifts } = sides;
  const accounts = (estate: Estate) => new Set(estate.header.accounts.map(({ accountId }) => accountId));
  for (const accountId of new Set([...accounts(before), ...accounts(after)])) {
    const levels = (gatherer: AccessGatherer) => gatherer.sideOf(undefined, accountId, 's3:GetObject').controlLevels;
    if (sameList(levels(old).flat(), levels(now).flat())) continue;
    shifts.open.push(
      `resource control policies over account ${accountId} changed: ask \`hikeshi access who-can\` afterwards`,
    );
  }
}

function sameSide(left: IdentitySide | undefined, right: IdentitySide | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  const levels = ({ controlLevels }: IdentitySide) => controlLevels.length;
  return levels(left) === levels(right) && sameList(policiesOf(left), policiesOf(right));
}

function policiesOf({ policies, boundary, controlLevels }: IdentitySide): readonly Policy[] {
  return [...policies, ...(boundary === undefined ? [] : [boundary]), ...controlLevels.flat()];
}

function sameList(left: readonly Policy[], right: readonly Policy[]): boolean {
  return left.length === right.length && left.every((policy, index) => policy === right[index]);
}

/** The notable actions on a resource. */
function notableOf(resource: Resource): readonly string[] {
  return notableActions.filter((action) => action.startsWith(`${serviceOf(resource)}:`));
}

/** The service whose actions a resource's own policy speaks of. */
function serviceOf({ arn, type }: Resource): string {
  return type === 'AWS::IAM::Role' ? 'sts' : (arn.split(':')[2] ?? '');
}
