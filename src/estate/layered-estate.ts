import type { Estate, EstateHeader, Gap, Resource, Scope } from './estate.js';
import type { MemoryEstate } from './memory-estate.js';
import type { TypeName } from './resource-types.js';

/** One account's estate on top of what all accounts share: listings are the account's own, look-ups reach both. */
export class LayeredEstate implements Estate {
  private readonly own: MemoryEstate;
  private readonly shared: MemoryEstate;

  constructor(own: MemoryEstate, shared: MemoryEstate) {
    this.own = own;
    this.shared = shared;
  }

  get header(): EstateHeader {
    return this.own.header;
  }

  get gaps(): readonly Gap[] {
    return this.own.gaps;
  }

  list<Type extends TypeName>(type: Type, scope?: Scope): Iterable<Resource<Type>> {
    return this.own.list(type, scope);
  }

  get<Type extends TypeName>(type: Type, arn: string, accountId?: string): Resource<Type> | undefined {
    return this.own.get(type, arn, accountId) ?? this.shared.get(type, arn, accountId);
  }

  all(scope?: Scope): Iterable<Resource> {
    return this.own.all(scope);
  }
}
