import { parseArn } from '../base/arn.js';
import type { Estate, EstateHeader, Gap, Resource, Scope } from './estate.js';
import type { TypeName } from './resource-types.js';

type Partition = Map<string, Resource>;
type Regions = Map<string, Partition>;

/**
 * An estate held in memory, indexed by account, type and region, and by ARN.
 * Building is O(resources); `list` costs its answer; `get` is O(1), after O(resources of its type) the first time.
 */
export class MemoryEstate implements Estate {
  readonly header: EstateHeader;
  readonly gaps: readonly Gap[];
  private readonly accounts = new Map<string, Map<TypeName, Regions>>();
  /** Each type's resources by ARN, as their owners see them: made when a type is first asked for. */
  private readonly owners = new Map<TypeName, Partition>();

  /** @param resources in any order; a later one replaces an earlier one of the same account, region, type and ARN. */
  constructor(header: EstateHeader, resources: Iterable<Resource>, gaps: readonly Gap[] = []) {
    this.header = header;
    this.gaps = gaps;
    let before: Resource | undefined;
    let partition: Partition = new Map();
    for (const resource of resources) {
      // Resources mostly come in runs of one account, type and region.
      if (before === undefined || !isBeside(resource, before)) partition = this.partitionOf(resource);
      partition.set(resource.arn, resource);
      before = resource;
    }
  }

  private partitionOf({ accountId, type, region }: Resource): Partition {
    const types = entry(this.accounts, accountId, () => new Map<TypeName, Regions>());
    const regions = entry(types, type, () => new Map<string, Partition>());
    return entry(regions, region, () => new Map<string, Resource>());
  }

  *list<Type extends TypeName>(type: Type, scope: Scope = {}): Iterable<Resource<Type>> {
    for (const types of this.within(scope)) {
      const regions = types.get(type);
      if (regions === undefined) continue;
      for (const partition of inRegion(regions, scope)) yield* partition.values() as Iterable<Resource<Type>>;
    }
  }

  get<Type extends TypeName>(type: Type, arn: string, accountId?: string): Resource<Type> | undefined {
    if (accountId === undefined) {
      return entry(this.owners, type, () => this.ownedOf(type)).get(arn) as Resource<Type> | undefined;
    }
    for (const partition of this.accounts.get(accountId)?.get(type)?.values() ?? []) {
      const found = partition.get(arn);
      if (found !== undefined) return found as Resource<Type>;
    }
    return undefined;
  }

  *all(scope: Scope = {}): Iterable<Resource> {
    for (const types of this.within(scope)) {
      for (const regions of types.values()) {
        for (const partition of inRegion(regions, scope)) yield* partition.values();
      }
    }
  }

  private ownedOf(type: TypeName): Partition {
    const owned: Partition = new Map();
    for (const resource of this.list(type)) {
      const had = owned.get(resource.arn);
      // Several accounts may see one resource; its owner knows it best.
      if (had === undefined || isOwners(resource, had)) owned.set(resource.arn, resource);
    }
    return owned;
  }

  private within(scope: Scope): Iterable<Map<TypeName, Regions>> {
    if (scope.accountId === undefined) return this.accounts.values();
    const types = this.accounts.get(scope.accountId);
    return types === undefined ? [] : [types];
  }
}

function isBeside(resource: Resource, other: Resource): boolean {
  return resource.type === other.type && resource.region === other.region && resource.accountId === other.accountId;
}

function isOwners(view: Resource, other: Resource): boolean {
  return view.accountId !== other.accountId && parseArn(view.arn)?.accountId === view.accountId;
}

function inRegion(regions: Regions, scope: Scope): Iterable<Partition> {
  if (scope.region === undefined) return regions.values();
  const partition = regions.get(scope.region);
  return partition === undefined ? [] : [partition];
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
