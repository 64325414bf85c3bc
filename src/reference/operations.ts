import type { ServiceModules, ServiceName } from './services.js';

type Instance<Class> = Class extends abstract new (...args: never[]) => infer Made ? Made : never;

/** The `XCommand` classes of a client package, keyed by operation name. */
type Commands<Module> = {
  [Key in keyof Module as Key extends `${infer Operation}Command` ? Operation : never]: Module[Key];
};

/** The operation names of a service: `Operation<'kms'>` is `'CreateKey' | 'Sign' | …`. */
export type OperationName<Name extends ServiceName> = keyof Commands<ServiceModules[Name]> & string;

/** The SDK's input type of an operation. */
export type Input<Name extends ServiceName, Operation extends OperationName<Name>> =
  Instance<Commands<ServiceModules[Name]>[Operation]> extends { input: infer Given } ? Given : never;

/** The SDK's output type of an operation, without `$metadata`. */
export type Output<Name extends ServiceName, Operation extends OperationName<Name>> =
  Instance<Commands<ServiceModules[Name]>[Operation]> extends {
    resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Got }>;
  }
    ? Omit<Got, '$metadata'>
    : never;
