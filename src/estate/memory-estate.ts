import { parseArn } from '../base/arn.js';
import type { Estate, EstateHeader, Gap, Resource, Scope } from './estate.js';
import type { TypeName } from './resource-types.js';

type Partition = Map<string, Resource>;
type Regions = Map<string, Partition>;

/**
 * An estate held in memory, indexed by account, type and region, and by ARN.
 * Building is O(resources); `list` costs its answer; `get` is O(1).
 */
export class MemoryEstate implements Estate {
  readonly header: EstateHeader;
  readonly gaps: readonly Gap[];
  private readonly accounts = new Map<string, Map<TypeName, Regions>>();
  private readonly owners = new Map<TypeName, Map<string, Resource>>();

  /** @param resources in any order; a later one replaces an earlier one of the same account, region, type and ARN. */
  constructor(header: EstateHeader, resources: Iterable<Resource>, gaps: readonly Gap[] = []) {
    this.header = header;
    this.gaps = gaps;
    for (const resource of resources) this.add(resource);
  }

  private add(resource: Resource): void {
    const types = entry(this.accounts, resource.accountId, () => new Map<TypeName, Regions>());
    const regions = entry(types, resource.type, () => new Map<string, Partition>());
    entry(regions, resource.region, () => new Map<string, Resource>()).set(resource.arn, resource);
    const owned = entry(this.owners, resource.type, () => new Map<string, Resource>());
    const had = owned.get(resource.arn);
    if (had === undefined || replaces(resource, had)) owned.set(resource.arn, resource);
  }

  *list<Type extends TypeName>(type: Type, scope: Scope = {}): Iterable<Resource<Type>> {
    for (const types of this.within(scope)) {
      const regions = types.get(type);
      if (regions === undefined) continue;
      for (const partition of inRegion(regions, scope)) yield* partition.values() as Iterable<Resource<Type>>;
    }
  }

  get<Type extends TypeName>(type: Type, arn: string, accountId?: string): Resource<Type> | undefined {
    if (accountId === undefined) return this.owners.get(type)?.get(arn) as Resource<Type> | undefined;
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

  private within(scope: Scope): Iterable<Map<TypeName, Regions>> {
    if (scope.accountId === undefined) return this.accounts.values();
    const types = this.accounts.get(scope.accountId);
    return types === undefined ? [] : [types];
  }
}

/** Whether a look-up by ARN answers `resource` from now on: a newer state of the same one, or the owner's own view. */
function replaces(resource: Resource, had: Resource): boolean {
  if (had.accountId === resource.accountId) return had.region === resource.region;
  return parseArn(resource.arn)?.accountId === resource.accountId;
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
