import type { ResourceTypes, TypeName } from './resource-types.js';

/** The region of resources that belong to an account as a whole. */
export const GLOBAL = 'global';

/** One resource as AWS's API shows it to one account in one region. Identity: account, region and ARN. */
export interface Resource<Type extends TypeName = TypeName> {
  readonly arn: string;
  readonly type: Type;
  readonly accountId: string;
  readonly region: string;
  readonly configuration: ResourceTypes[Type];
}

/** Something that could not be read, so that nobody mistakes "not seen" for "not there". */
export interface Gap {
  readonly accountId: string;
  readonly region: string;
  readonly service: string;
  /** The operation that failed; `*` when nothing of the account could be read. */
  readonly operation: string;
  /** The types that may be incomplete because of it; empty means all of the account's. */
  readonly types: readonly TypeName[];
  /** The resource whose detail is missing, when the failure concerns only one. */
  readonly resourceArn?: string;
  readonly error: { readonly code: string; readonly message: string };
}

/** An account that was meant to be read. */
export interface AccountInfo {
  readonly accountId: string;
  readonly name: string;
  /** The names of the organizational units above it, outermost first; empty under the root or outside one. */
  readonly path: readonly string[];
  /** The regions that were meant to be read. */
  readonly regions: readonly string[];
}

/** What an estate says about itself. */
export interface EstateHeader {
  readonly partition: string;
  readonly organizationId?: string;
  readonly managementAccountId?: string;
  /** When it was read (ISO 8601). Controls that measure age measure it from here. */
  readonly collectedAt: string;
  readonly accounts: readonly AccountInfo[];
  /** The types that were read. What is not listed was not looked for. */
  readonly types: readonly TypeName[];
}

/** Where to look: an account, and a region when only one is meant. */
export interface Scope {
  readonly accountId?: string;
  readonly region?: string;
}

/** The cloud as read. Immutable: changes are made on a `Fork`. */
export interface Estate {
  readonly header: EstateHeader;
  readonly gaps: readonly Gap[];
  /** The resources of one type in a scope, in the order they were read. O(answer), plus one step per account and region. */
  list<Type extends TypeName>(type: Type, scope?: Scope): Iterable<Resource<Type>>;
  /** The resource of an ARN as its owner sees it; as `accountId` sees it when given. O(1) on an estate, O(1) on a fork. */
  get<Type extends TypeName>(type: Type, arn: string, accountId?: string): Resource<Type> | undefined;
  /** Every resource in a scope. */
  all(scope?: Scope): Iterable<Resource>;
}
