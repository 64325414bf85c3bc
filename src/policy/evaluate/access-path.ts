import type { Policy } from '../document/policy.js';

/** Everything that decides whether a principal may act on a resource: what applies, gathered before it is judged. */
export interface AccessPath {
  /** Absent for callers without an identity in IAM: anonymous, services, federated users before they have a session. */
  readonly identity?: IdentitySide;
  readonly resource: ResourceSide;
  /** The policies of the VPC endpoints that requests may come through, by endpoint id. */
  readonly endpoints?: ReadonlyMap<string, Policy>;
}

/** What applies on the caller's side. */
export interface IdentitySide {
  readonly accountId: string;
  /** The account's root user: no policy of its own limits it. */
  readonly isRoot: boolean;
  readonly policies: readonly Policy[];
  readonly boundary?: Policy;
  /** Session policies given to AssumeRole; several intersect with the role's as one set. */
  readonly session?: readonly Policy[];
  /** Service control policies, the organization's root first, one list a level. Empty: none apply. */
  readonly controlLevels: readonly (readonly Policy[])[];
}

/** What applies on the resource's side. */
export interface ResourceSide {
  readonly accountId: string;
  /** The resource's own policy, and what grants like one: ACLs, KMS grants, shares of snapshots and images. */
  readonly policies: readonly Policy[];
  /** Roles and KMS keys: an identity policy alone is not enough, the resource's own policy must let the account in. */
  readonly policyRequired: boolean;
  /** Resource control policies, the organization's root first, one list a level. Empty: none apply. */
  readonly controlLevels: readonly (readonly Policy[])[];
  /**
   * S3 Block Public Access with RestrictPublicBuckets on a public policy: it grants only to the owner's account and to
   * AWS services.
   */
  readonly restrictedToOwner?: boolean;
}

/** A path on which only one policy of a resource speaks, for questions about a document alone. */
export function pathOfResource(accountId: string, policies: readonly Policy[], policyRequired = false): AccessPath {
  return { resource: { accountId, policies, policyRequired, controlLevels: [] } };
}
