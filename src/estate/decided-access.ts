/** A policy as it was when something was decided about it. */
export interface DecidedPolicy {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/**
 * What a decision about a finding of external access was made on: the policies of the resource as they were. The decision
 * holds as long as they let the same principal do the same, however they are written.
 */
export interface DecidedAccess {
  readonly findingId: string;
  readonly resourceArn: string;
  readonly principal: { readonly type: 'AWS' | 'Federated' | 'CanonicalUser'; readonly value: string };
  /** Whether it was the principal's only finding there: then it is known again by another id. */
  readonly isOnly: boolean;
  readonly policies: readonly DecidedPolicy[];
  /** Resource control policies, one list a level. */
  readonly controlLevels: readonly (readonly DecidedPolicy[])[];
}
