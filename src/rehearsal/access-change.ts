import type { Change } from '../estate/diff.js';
import type { Estate, Resource } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Policy } from '../policy/document/policy.js';
import type { IdentitySide, ResourceSide } from '../policy/evaluate/access-path.js';
import { principalName } from '../policy/evaluate/principal.js';
import { AccessGatherer } from '../policy/gather/access-gatherer.js';
import { PolicyLibrary } from '../policy/gather/policy-library.js';
import { resourcePolicies, sharedTypes } from '../policy/gather/resource-policies.js';
import { resourceFacts } from '../policy/questions/estate-access.js';
import type { SharedState } from '../policy/questions/stranger-difference.js';
import { principalsOf } from '../policy/questions/who-can.js';
import { zoneOf } from '../policy/questions/zone-of-trust.js';
import { principalText } from '../policy/reason/principal-dimension.js';
import { notableActions } from '../reference/notable-actions.js';
import { hindranceShifts } from './hindrance-shifts.js';
import { openByFacts, openByNature } from './open-by-nature.js';
import { outsideShifts } from './outside-shifts.js';
import { principalShifts, type AccessShift, type ComparedPrincipal, type PrincipalShifts } from './principal-shifts.js';
import { exampleOf, notableOf, serviceOf } from './resource-actions.js';

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
  'Hikeshi::IAM::AwsManagedPolicy',
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
  const changedArns = new Set(changes.map(({ arn }) => arn));
  const sides = { before, after, old, now, changedArns, shifts };
  for (const pair of changedResources(before, after, changes)) compareResource(pair, sides);
  const accounts = new Set(changes.filter(({ type }) => IDENTITY_TYPES.has(type)).map(({ accountId }) => accountId));
  const isGoverned = changes.some(({ type }) => CONTROL_TYPES.has(type));
  if (accounts.size > 0 || isGoverned) compareIdentities(isGoverned ? 'all' : accounts, sides);
  if (isGoverned) resourceControlsOf(sides);
  shifts.open.push(...openByNature(before, after, changes));
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
  readonly changedArns: ReadonlySet<string>;
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
    for (const type of ['AWS::S3::Bucket', 'AWS::S3::AccessPoint'] as const) {
      for (const one of after.list(type, { accountId: change.accountId })) {
        yield { before: before.get(type, one.arn, one.accountId), after: one };
      }
    }
  }
}

/** A resource whose own side may have changed: itself, and the part of it that is shared by itself. */
function compareResource({ before: left, after: right }: ChangedResource, sides: Sides): void {
  const { before, after, old, now } = sides;
  const resource = right ?? left;
  if (resource === undefined) return;
  const was = sharedStates(left, before, old);
  const is = sharedStates(right, after, now);
  for (const arn of new Set([...was.keys(), ...is.keys()])) {
    const pair = { before: was.get(arn), after: is.get(arn) };
    if (!sameShared(pair.before, pair.after)) compareShared(arn, resource, pair, sides);
  }
}

/** What is shared by itself of a resource in one state, by ARN. */
function sharedStates(
  resource: Resource | undefined,
  estate: Estate,
  gatherer: AccessGatherer,
): Map<string, SharedState> {
  const found = resource === undefined ? undefined : resourcePolicies(resource, gatherer.library, estate);
  if (resource === undefined || found === undefined) return new Map();
  const { accountId } = resource;
  const side = gatherer.sideOf(resource, accountId, exampleOf(resource));
  const states = new Map([[resource.arn, { side, scope: found.scope }]]);
  if (found.part !== undefined) {
    const { arn, policies } = found.part;
    states.set(arn, { side: { accountId, policies, policyRequired: false, controlLevels: [] }, scope: [arn] });
  }
  return states;
}

function sameShared(left: SharedState | undefined, right: SharedState | undefined): boolean {
  const isRestricted = (one: SharedState | undefined) => one?.side.restrictedToOwner ?? false;
  return isRestricted(left) === isRestricted(right) && sameList(left?.side.policies ?? [], right?.side.policies ?? []);
}

/** Who gains or loses what on something whose own side changed: strangers, and the principals of the estate. */
function compareShared(
  arn: string,
  resource: Resource,
  pair: { readonly before: SharedState | undefined; readonly after: SharedState | undefined },
  sides: Sides,
): void {
  const { before, after, old, now, shifts } = sides;
  const { partition } = after.header;
  const zone = zoneOf(after, now.organization);
  const facts = resourceFacts(now, resource.accountId);
  shifts.add(outsideShifts(pair.before, pair.after, { zone, facts, arn, partition }));
  const { before: was, after: is } = pair;
  // Of a resource that is new or gone, whoever may act on all of its kind is no news.
  const isKept = before.get(resource.type, resource.arn, resource.accountId) !== undefined;
  if (!isKept || after.get(resource.type, resource.arn, resource.accountId) === undefined) return;
  const none = { accountId: resource.accountId, policies: [], policyRequired: false, controlLevels: [] };
  const target = {
    actions: [`${serviceOf(resource)}:*`],
    resources: is?.scope ?? was?.scope ?? [arn],
    before: was?.side ?? none,
    after: is?.side ?? none,
    told: arn,
  };
  shifts.add(principalShifts(pairsOf(before, after, old, now), target, notableOf(resource), partition));
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
  const pairs = pairsOf(before, after, old, now);
  shifts.open.push(...openByFacts(pairs, before, after));
  const changed = pairs.filter(({ principal, before: was, after: is }) => {
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
  shifts.add(hindranceShifts(changed, sides));
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
