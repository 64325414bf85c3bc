import type { Input, OperationName, Output } from '../reference/operations.js';
import type { ServiceName } from '../reference/services.js';
import type { Context } from './context.js';

/** Required members lose `| undefined`: the twin has already refused requests without them. */
type Validated<T> = { [K in keyof T]: object extends Pick<T, K> ? T[K] : Exclude<T[K], undefined> };

/**
 * What a handler may answer: the SDK's output with timestamps also as ISO text and blobs also as base64 text, which
 * is how the estate keeps them, so that a configuration can be answered as it stands.
 */
export type Answer<T> = T extends Date
  ? Date | string
  : T extends Uint8Array
    ? Uint8Array | string
    : T extends readonly (infer Item)[]
      ? readonly Answer<Item>[]
      : T extends object
        ? { readonly [K in keyof T]: Answer<T[K]> }
        : T;

/** Operations without output members answer nothing. */
type Reply<T> = keyof T extends never ? void | Record<string, never> : Answer<T>;

export type Handler<Given, Got> = (input: Given, context: Context) => Got | Promise<Got>;

/** The operations of a service, each typed by the SDK's own input and output. */
export type Handlers<Name extends ServiceName> = {
  readonly [Operation in OperationName<Name>]?: Handler<
    Validated<Input<Name, Operation>>,
    Reply<Output<Name, Operation>>
  >;
};

/** A service of the twin as dispatch sees it: operation name → handler. */
export interface Implementation {
  readonly service: ServiceName;
  readonly handlers: Readonly<Record<string, Handler<never, unknown>>>;
}

/**
 * Part of a service: gives handlers their types. A wrong operation name, input or output member does not compile.
 *
 * @example export const aliases = handlers('kms', { ListAliases: (input, context) => ({ Aliases: [] }) });
 */
export function handlers<Name extends ServiceName>(_service: Name, part: Handlers<NoInfer<Name>>): Handlers<Name> {
  return part;
}

/** A service made of its parts. Every service folder's `service.ts` exports one of these as `service`. */
export function implement<Name extends ServiceName>(
  service: Name,
  ...parts: readonly Handlers<NoInfer<Name>>[]
): Implementation {
  return { service, handlers: Object.assign({}, ...parts) as Implementation['handlers'] };
}
