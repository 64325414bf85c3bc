import type { Input, OperationName } from './operations.js';
import type { ServiceName } from './services.js';

/** Where a call goes: the account and the region whose resources it touches (`global` for account-wide services). */
export interface Target {
  readonly accountId: string;
  readonly region: string;
}

/** One API call as data: it can be shown, hashed, stored, sent to a twin or sent to AWS. The input is plain JSON. */
export interface ApiCall extends Target {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Stands in an input for a value that an earlier step of the same plan will answer. */
export interface OutputReference {
  readonly $output: { readonly step: string; readonly path: string };
}

/** An operation's input in which any value may be an `OutputReference`. */
export type Given<T> =
  | OutputReference
  | (T extends Date | Uint8Array
      ? T
      : T extends readonly (infer Item)[]
        ? readonly Given<Item>[]
        : T extends object
          ? { readonly [K in keyof T]: Given<T[K]> }
          : T);

/** The value that step `step` answered at `path` (`FlowLogIds.0`). */
export function outputOf(step: string, path: string): OutputReference {
  return { $output: { step, path } };
}

/**
 * A call, checked against the SDK's own input type.
 *
 * @example apiCall('kms', 'EnableKeyRotation', { accountId, region }, { KeyId: key.arn })
 */
export function apiCall<Name extends ServiceName, Operation extends OperationName<Name>>(
  service: Name,
  operation: Operation,
  target: Target,
  input: { readonly [K in keyof Input<Name, Operation>]: Given<Input<Name, Operation>[K]> },
): ApiCall {
  return { service, operation, accountId: target.accountId, region: target.region, input };
}

/** `service:Operation`, the name of an API for people and for lists of permissions. */
export type ApiName = { [Name in ServiceName]: `${Name}:${OperationName<Name>}` }[ServiceName];

/**
 * The way to any AWS: real, an endpoint, or a twin. Answers the SDK's output in stored form (plain JSON).
 *
 * `onAnswer` is told the request id of a call that succeeded, where the service gives one: what AWS knows the call by.
 */
export type Send = (call: ApiCall, onAnswer?: (requestId: string) => void) => Promise<Record<string, unknown>>;
