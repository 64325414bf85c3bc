import type { Stored } from '../base/json.js';
import type { Resource } from '../estate/estate.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';
import type { Input, OperationName, Output } from '../reference/operations.js';
import type { ServiceName } from '../reference/services.js';

/**
 * How a collector reads. Every call is throttled, retried, paged and remembered (the same call is never made twice in
 * one collection). A call that fails becomes a gap and the collection goes on. Answers are in stored form.
 */
export interface Reader<Name extends ServiceName, Operation extends OperationName<Name>> {
  /**
   * Reads all pages of a listing. Where a page fails, answers what came before it and records a gap over the
   * collector's types in this account and region.
   */
  list<O extends Operation, Item>(
    operation: O,
    input: Input<Name, O>,
    items: (page: Stored<Output<Name, O>>) => readonly Item[] | null | undefined,
  ): Promise<Item[]>;

  /**
   * Reads a detail of one resource. Answers `null` when AWS answers with one of the `absent` error codes, `undefined`
   * when the call fails otherwise (a gap about this one resource is recorded).
   *
   * Codes of a resource that is gone belong in `absent` of its first detail: what was deleted since it was listed is
   * not there, which is no gap.
   *
   * @param of the ARN the detail belongs to.
   */
  detail<O extends Operation>(
    operation: O,
    input: Input<Name, O>,
    of: string,
    absent?: readonly string[],
  ): Promise<Stored<Output<Name, O>> | null | undefined>;

  /**
   * As `detail`, for a listing that belongs to one resource: all its pages, or `undefined` when any fails. Without
   * `of`, for a resource that cannot be kept without it, a failure is a gap over the collector's types.
   */
  details<O extends Operation, Item>(
    operation: O,
    input: Input<Name, O>,
    items: (page: Stored<Output<Name, O>>) => readonly Item[] | null | undefined,
    of?: string,
    absent?: readonly string[],
  ): Promise<Item[] | null | undefined>;

  /**
   * Reads something of the whole account or region that is not a list, or without which a resource cannot be kept. As
   * `detail`, but a failure is a gap over the collector's types.
   */
  one<O extends Operation>(
    operation: O,
    input: Input<Name, O>,
    absent?: readonly string[],
  ): Promise<Stored<Output<Name, O>> | null | undefined>;

  /** The same reader, calling another region (or `global`); gaps stay those of the region being read. */
  in(region: string): Reader<Name, Operation>;

  /** Runs `work` on every item, a bounded number at a time, and answers in the items' order. */
  each<Item, Made>(items: readonly Item[], work: (item: Item) => Promise<Made>): Promise<Made[]>;
}

/** Where a collector is reading. For `scope: 'account'`, `region` is `global`. */
export interface CollectTarget {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  /** The regions being read of this account, the first of which stands for all where something must be read once. */
  readonly regions: readonly string[];
}

/**
 * Reads the resources of some types from one service. One file a service, one collector a listing; types are produced
 * by exactly one collector.
 */
export interface Collector<
  Name extends ServiceName = ServiceName,
  Operation extends OperationName<Name> = OperationName<Name>,
> {
  readonly service: Name;
  readonly types: readonly TypeName[];
  /** Every operation it may call: the source of the least-privilege scan policy. The compiler refuses any other. */
  readonly reads: readonly Operation[];
  /** `account`: once an account (region `global`). `region`: once in every region. `organization`: once, in the management account. */
  readonly scope: 'account' | 'region' | 'organization';
  readonly collect: (read: Reader<Name, Operation>, target: CollectTarget) => AsyncIterable<Resource>;
}

/** Gives a collector its types. */
export function defineCollector<Name extends ServiceName, const Operation extends OperationName<Name>>(
  collector: Collector<Name, Operation>,
): Collector<Name, Operation> {
  return collector;
}

/** Any collector, whatever its service. */
export interface AnyCollector {
  readonly service: ServiceName;
  readonly types: readonly TypeName[];
  readonly reads: readonly string[];
  readonly scope: 'account' | 'region' | 'organization';
  collect(read: never, target: CollectTarget): AsyncIterable<Resource>;
}

/** A resource in the collected account and region. */
export function resourceAt<Type extends TypeName>(
  target: CollectTarget,
  type: Type,
  arn: string,
  configuration: ResourceTypes[Type],
): Resource<Type> {
  return { arn, type, accountId: target.accountId, region: target.region, configuration };
}
