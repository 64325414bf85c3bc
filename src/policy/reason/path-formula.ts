import type { Policy } from '../document/policy.js';
import type { AccessPath, IdentitySide, ResourceSide } from '../evaluate/access-path.js';
import type { PrincipalMatch } from '../evaluate/match-principal.js';

/**
 * What AWS's evaluation logic is written in: formulas for one question, or nodes over ready dimensions for many. One
 * text of the logic serves both.
 */
export interface Algebra<Term> {
  /** The requests that some statement of an effect applies to; `via`: only principals met in one of these ways. */
  readonly effect: (policies: readonly Policy[], effect: 'Allow' | 'Deny', via?: readonly PrincipalMatch[]) => Term;
  readonly and: (parts: readonly Term[]) => Term;
  readonly or: (parts: readonly Term[]) => Term;
  readonly not: (part: Term) => Term;
  /** The requests of AWS services. */
  readonly ofServices: Term;
  /** The requests that come through a VPC endpoint. */
  readonly through: (endpointId: string) => Term;
}

/** What the caller's side says, whatever the resource. */
export interface IdentityTerms<Term> {
  readonly accountId: string;
  /** Its policies grant it, within boundary and session policies. */
  readonly own: Term;
  /** Boundary and session policies allow it. */
  readonly limits: Term;
  /** Service control policies allow it and nothing on this side denies it. */
  readonly unhindered: Term;
}

/** What the resource's side says, whoever calls. */
export interface ResourceTerms<Term> {
  readonly accountId: string;
  readonly policyRequired: boolean;
  readonly restrictedToOwner: boolean;
  readonly direct: Term;
  readonly role: Term;
  readonly account: Term;
  readonly unhindered: Term;
}

/**
 * All requests on a path that AWS lets through: the counterpart of `decide`, over all requests at once.
 *
 * Source: as for `decide`.
 */
export function pathTerm<Term>(algebra: Algebra<Term>, path: AccessPath): Term {
  const { and, or, not } = algebra;
  const identity = path.identity === undefined ? undefined : identityTerms(algebra, path.identity);
  const endpoints = [...(path.endpoints ?? [])].map(([id, policy]) =>
    or([not(algebra.through(id)), and([algebra.effect([policy], 'Allow'), not(algebra.effect([policy], 'Deny'))])]),
  );
  return and([combine(algebra, identity, resourceTerms(algebra, path.resource)), ...endpoints]);
}

/** The caller's side. */
export function identityTerms<Term>(algebra: Algebra<Term>, identity: IdentitySide): IdentityTerms<Term> {
  const { and, not } = algebra;
  const boundary = identity.boundary === undefined ? [] : [identity.boundary];
  const session = identity.session ?? [];
  const limits = and([
    ...boundary.map((policy) => algebra.effect([policy], 'Allow')),
    ...(session.length === 0 ? [] : [algebra.effect(session, 'Allow')]),
  ]);
  const denies = [...identity.controlLevels.flat(), ...identity.policies, ...boundary, ...session];
  return {
    accountId: identity.accountId,
    own: identity.isRoot ? and([]) : and([algebra.effect(identity.policies, 'Allow'), limits]),
    limits,
    unhindered: and([
      ...identity.controlLevels.map((level) => algebra.effect(level, 'Allow')),
      not(algebra.effect(denies, 'Deny')),
    ]),
  };
}

/** The resource's side. */
export function resourceTerms<Term>(algebra: Algebra<Term>, resource: ResourceSide): ResourceTerms<Term> {
  const { accountId, policies, controlLevels, policyRequired } = resource;
  const granted = (via: PrincipalMatch): Term => algebra.effect(policies, 'Allow', [via]);
  return {
    accountId,
    policyRequired,
    restrictedToOwner: resource.restrictedToOwner ?? false,
    direct: granted('direct'),
    role: granted('role'),
    account: granted('account'),
    unhindered: algebra.and([
      ...controlLevels.map((level) => algebra.effect(level, 'Allow')),
      algebra.not(algebra.effect([...policies, ...controlLevels.flat()], 'Deny')),
    ]),
  };
}

/** Both sides together: within an account either grants, across accounts both must. */
export function combine<Term>(
  { and, or, ofServices }: Algebra<Term>,
  identity: IdentityTerms<Term> | undefined,
  resource: ResourceTerms<Term>,
): Term {
  const { direct, role, account, unhindered } = resource;
  const isOwner = identity?.accountId === resource.accountId;
  const shutOut = resource.restrictedToOwner && !isOwner;
  if (identity === undefined) return and([direct, ...(shutOut ? [ofServices] : []), unhindered]);
  const { own, limits } = identity;
  const both = [unhindered, identity.unhindered];
  if (!isOwner) return and([...both, shutOut ? or([]) : or([direct, role, account]), own]);
  const byIdentity = resource.policyRequired ? and([account, own]) : own;
  return and([...both, or([direct, and([role, limits]), byIdentity])]);
}
