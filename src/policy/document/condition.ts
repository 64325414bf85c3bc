import type { Operator } from './operators.js';
import type { Template } from './template.js';

/** One operator on one key: the smallest part of a Condition element. All of a statement's must hold. */
export interface Condition {
  readonly operator: Operator;
  /** As written in the policy, for explanations: `ForAnyValue:StringLikeIfExists`. */
  readonly operatorName: string;
  readonly quantifier: 'ForAnyValue' | 'ForAllValues' | undefined;
  readonly ifExists: boolean;
  /** The context key in lower case. */
  readonly key: string;
  /** The key as written. */
  readonly keyName: string;
  readonly values: readonly Template[];
}
