import { parseArn } from '../base/arn.js';
import type { Estate, EstateHeader, Gap, Resource, Scope } from './estate.js';
import type { TypeName } from './resource-types.js';

/** What a fork holds of one resource: its new state, or `null` once it is removed. */
type Edit = Resource | null;

/** One account, region and type, with the edits made there. */
interface EditedPartition {
  readonly accountId: string;
  readonly region: string;
  readonly edits: Map<string, Edit>;
}

/**
 * A copy-on-write copy of an estate: reads fall through to the base, changes stay here, the base never changes.
 * Forking costs O(edits so far), so thousands of forks of a large estate cost milliseconds. The road not taken,
 * `structuredClone`, costs the whole estate each time.
 */
export class Fork implements Estate {
  /** The unchanging estate underneath every fork of a fork. */
  readonly base: Estate;
  private readonly edited = new Map<TypeName, Map<string, EditedPartition>>();

  constructor(from: Estate) {
    this.base = from instanceof Fork ? from.base : from;
    if (!(from instanceof Fork)) return;
    for (const [type, partitions] of from.edited) {
      const copies = new Map<string, EditedPartition>();
      for (const [key, partition] of partitions) copies.set(key, { ...partition, edits: new Map(partition.edits) });
      this.edited.set(type, copies);
    }
  }

  get header(): EstateHeader {
    return this.base.header;
  }

  get gaps(): readonly Gap[] {
    return this.base.gaps;
  }

  /** Adds a resource, or replaces the one of the same account, region, type and ARN. */
  put(resource: Resource): void {
    this.partition(resource).edits.set(resource.arn, resource);
  }

  /** Removes a resource; removing one that is not there changes nothing. */
  remove(resource: Pick<Resource, 'type' | 'accountId' | 'region' | 'arn'>): void {
    this.partition(resource).edits.set(resource.arn, null);
  }

  /** Every edit since the base: `[type, account, region, arn, new state or null]`. For `diff`. */
  *edits(): Iterable<{ type: TypeName; accountId: string; region: string; arn: string; after: Resource | undefined }> {
    for (const [type, partitions] of this.edited) {
      for (const { accountId, region, edits } of partitions.values()) {
        for (const [arn, edit] of edits) yield { type, accountId, region, arn, after: edit ?? undefined };
      }
    }
  }

  *list<Type extends TypeName>(type: Type, scope: Scope = {}): Iterable<Resource<Type>> {
    const partitions = this.edited.get(type);
    if (partitions === undefined) {
      yield* this.base.list(type, scope);
      return;
    }
    const seen = new Set<Edit>();
    for (const resource of this.base.list(type, scope)) {
      const edit = partitions.get(key(resource))?.edits.get(resource.arn);
      if (edit === undefined) yield resource;
      else if (edit !== null) {
        seen.add(edit);
        yield edit as Resource<Type>;
      }
    }
    for (const { accountId, region, edits } of partitions.values()) {
      if (scope.accountId !== undefined && scope.accountId !== accountId) continue;
      if (scope.region !== undefined && scope.region !== region) continue;
      for (const edit of edits.values()) if (edit !== null && !seen.has(edit)) yield edit as Resource<Type>;
    }
  }

  get<Type extends TypeName>(type: Type, arn: string, accountId?: string): Resource<Type> | undefined {
    const found = this.base.get(type, arn, accountId);
    const partitions = this.edited.get(type);
    if (partitions === undefined) return found;
    const owner = accountId ?? parseArn(arn)?.accountId;
    let other: Resource | undefined;
    for (const partition of partitions.values()) {
      if (accountId !== undefined && partition.accountId !== accountId) continue;
      const edit = partition.edits.get(arn);
      if (edit === undefined) continue;
      if (found !== undefined && found.accountId === partition.accountId && found.region === partition.region) {
        return (edit ?? undefined) as Resource<Type> | undefined;
      }
      if (edit !== null && (other === undefined || partition.accountId === owner)) other = edit;
    }
    return found ?? (other as Resource<Type> | undefined);
  }

  *all(scope: Scope = {}): Iterable<Resource> {
    const seen = new Set<Edit>();
    for (const resource of this.base.all(scope)) {
      const edit = this.edited.get(resource.type)?.get(key(resource))?.edits.get(resource.arn);
      if (edit === undefined) yield resource;
      else if (edit !== null) {
        seen.add(edit);
        yield edit;
      }
    }
    for (const { after, accountId, region } of this.edits()) {
      if (scope.accountId !== undefined && scope.accountId !== accountId) continue;
      if (scope.region !== undefined && scope.region !== region) continue;
      if (after !== undefined && !seen.has(after)) yield after;
    }
  }

  private partition(resource: Pick<Resource, 'type' | 'accountId' | 'region'>): EditedPartition {
    const partitions = this.edited.get(resource.type) ?? new Map<string, EditedPartition>();
    this.edited.set(resource.type, partitions);
    const found = partitions.get(key(resource));
    if (found !== undefined) return found;
    const made = { accountId: resource.accountId, region: resource.region, edits: new Map<string, Edit>() };
    partitions.set(key(resource), made);
    return made;
  }
}

function key(resource: Pick<Resource, 'accountId' | 'region'>): string {
  return `${resource.accountId}/${resource.region}`;
}
