import type { ServiceName } from '../reference/services.js';
import type { Resource } from '../estate/estate.js';
import type { Fork } from '../estate/fork.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';
import type { Caller, Credential } from './caller.js';
import type { ServiceEvent } from './service-event.js';
import type { TwinKeys } from './twin-keys.js';

/** The resources of one type in the called account and region: what a handler reads and changes. */
export interface Table<Type extends TypeName> {
  /** All of them, in order of creation. */
  all(): Resource<Type>[];
  get(arn: string): Resource<Type> | undefined;
  find(matches: (configuration: ResourceTypes[Type]) => boolean): Resource<Type> | undefined;
  /** Adds or replaces; the twin keeps the given value: do not change it afterwards. */
  put(arn: string, configuration: ResourceTypes[Type]): Resource<Type>;
  /** Changes a private copy of the configuration and stores it. Throws when there is no such resource: look first. */
  edit(arn: string, change: (configuration: ResourceTypes[Type]) => void): Resource<Type>;
  /** Removes; removing what is not there does nothing. */
  remove(arn: string): void;
}

/** One page of a listing, and the token of the next. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** What a handler may know and do, besides its input. */
export interface Context {
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: Caller;
  /** The account called: the caller's. */
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly requestId: string;
  /** The twin's clock; a rehearsal can move it. */
  readonly now: Date;
  /** The scheme and host the client called (`http://127.0.0.1:4566`), for answers that contain URLs; undefined in process. */
  readonly endpoint: string | undefined;
  /** The whole estate, for what crosses accounts. Use `table` for the rest. */
  readonly estate: Fork;
  /** The private material of the estate's keys, which is nowhere else. */
  readonly keys: TwinKeys;

  /**
   * Asks the authorizer whether the caller may do this; throws the service's own AccessDenied when not. Every handler
   * must ask at least once before it answers: the twin turns an answer without a question into an InternalFailure.
   *
   * @param resource the ARN acted on, or `*`.
   * @param options.action the IAM action where it is not `<prefix>:<operation>` (see reference/iam-actions).
   * @param options.context condition keys that the handler knows, or what makes them where they are needed.
   * @param options.byGrant where a grant decides: whether it does so for the caller.
   */
  authorize(
    resource?: string,
    options?: {
      action?: string;
      resourceAccountId?: string;
      context?: Record<string, unknown> | (() => Readonly<Record<string, unknown>>);
      byGrant?: boolean;
    },
  ): void;

  /** Whether the caller, or its account's root, could do something if the estate were this one. Nothing is recorded. */
  could(action: string, resource: string, estate: Fork): boolean;

  /** The resources of a type in the called account; `scope` chooses another region or account. */
  table<Type extends TypeName>(type: Type, scope?: { accountId?: string; region?: string }): Table<Type>;

  /** An ARN of this service in the called account and region; `region: ''` for global resources. */
  arn(resource: string, parts?: { service?: string; region?: string; accountId?: string }): string;

  /** A new id such as `sg-0123456789abcdef0`: the prefix and `digits` hexadecimal digits (17 unless told). */
  id(prefix: string, digits?: number): string;
  uuid(): string;

  /**
   * Cuts a page out of a listing. Tokens are opaque and bound to the operation; a forged or foreign one is refused
   * with the service's own error.
   *
   * @param limit the page size asked for, up to `max` (which is also the default).
   */
  page<Item>(all: readonly Item[], token: string | undefined, limit: number | undefined, max?: number): Page<Item>;

  /** Tells what the service did by itself; the call's service is filled in. */
  happened(event: Omit<ServiceEvent, 'service'>): void;

  /** Makes an access key work (a new session or key) or stop working. */
  readonly credentials: { add(credential: Credential): void; remove(accessKeyId: string): void };
}

/** The region `table` uses for resources that belong to the account as a whole. */
export { GLOBAL } from '../estate/estate.js';
