import { parseArn } from '../base/arn.js';
import type { Estate, EstateHeader, Gap, Resource, Scope } from './estate.js';
import type { TypeName } from './resource-types.js';

/** What a fork holds of one resource: where it is, and its new state; `undefined` once it is removed. */
interface Edit {
  readonly accountId: string;
  readonly region: string;
  readonly after: Resource | undefined;
}

/** The edits of one type. */
interface Edits {
  /** By ARN, then by place, because several accounts and regions may see one ARN. */
  readonly byArn: Map<string, Map<string, Edit>>;
  /** Which ARNs were edited in an account: listing one account does not walk through what was edited in all others. */
  readonly arnsOf: Map<string, Set<string>>;
}

/**
 * A copy-on-write copy of an estate: reads fall through to the base, changes stay here, the base never changes.
 * Forking costs O(edits so far), so thousands of forks of a large estate cost milliseconds. The road not taken,
 * `structuredClone`, costs the whole estate each time.
 */
export class Fork implements Estate {
  /** The unchanging estate underneath every fork of a fork. */
  readonly base: Estate;
  private readonly edited = new Map<TypeName, Edits>();
  private readonly counts = new Map<TypeName, number>();
  private total = 0;

  constructor(from: Estate) {
    this.base = from instanceof Fork ? from.base : from;
    if (!(from instanceof Fork)) return;
    for (const [type, { byArn, arnsOf }] of from.edited) {
      this.edited.set(type, {
        byArn: new Map([...byArn].map(([arn, places]) => [arn, new Map(places)])),
        arnsOf: new Map([...arnsOf].map(([accountId, arns]) => [accountId, new Set(arns)])),
      });
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
    this.edit(resource, resource);
  }

  /** Removes a resource; removing one that is not there changes nothing. */
  remove(resource: Pick<Resource, 'type' | 'accountId' | 'region' | 'arn'>): void {
    this.edit(resource, undefined);
  }

  /** How often resources of some types were edited here: what was derived from them is stale once it moves. */
  editsOf(types: readonly TypeName[]): number {
    return types.reduce((sum, type) => sum + (this.counts.get(type) ?? 0), 0);
  }

  /** Whether resources of some types may differ from the base's: where not, what follows from those is the base's. */
  hasEdited(types: readonly TypeName[]): boolean {
    return types.some((type) => this.edited.has(type));
  }

  /** How often anything was edited here. */
  get editCount(): number {
    return this.total;
  }

  /** Every edit since the base, with the new state; `undefined` where the resource was removed. For `diff`. */
  *edits(): Iterable<{ type: TypeName; accountId: string; region: string; arn: string; after: Resource | undefined }> {
    for (const [type, { byArn }] of this.edited) {
      for (const [arn, places] of byArn) for (const edit of places.values()) yield { type, arn, ...edit };
    }
  }

  *list<Type extends TypeName>(type: Type, scope: Scope = {}): Iterable<Resource<Type>> {
    const edits = this.edited.get(type);
    if (edits === undefined) {
      yield* this.base.list(type, scope);
      return;
    }
    const seen = new Set<Edit>();
    for (const resource of this.base.list(type, scope)) {
      const edit = edits.byArn.get(resource.arn)?.get(placeOf(resource));
      if (edit === undefined) yield resource;
      else if (edit.after !== undefined) {
        seen.add(edit);
        yield edit.after as Resource<Type>;
      }
    }
    for (const edit of added(edits, scope, seen)) yield edit as Resource<Type>;
  }

  /** O(1), except for an ARN whose copy was removed here: then O(resources of the type) to see whether it has another. */
  get<Type extends TypeName>(type: Type, arn: string, accountId?: string): Resource<Type> | undefined {
    const places = this.edited.get(type)?.byArn.get(arn);
    if (places === undefined) return this.base.get(type, arn, accountId);
    if (accountId !== undefined) return this.find(type, arn, places, accountId);
    const owner = parseArn(arn)?.accountId ?? '';
    const owned = owner === '' ? undefined : this.find(type, arn, places, owner);
    return owned ?? this.find(type, arn, places, undefined);
  }

  *all(scope: Scope = {}): Iterable<Resource> {
    const seen = new Set<Edit>();
    for (const resource of this.base.all(scope)) {
      const edit = this.edited.get(resource.type)?.byArn.get(resource.arn)?.get(placeOf(resource));
      if (edit === undefined) yield resource;
      else if (edit.after !== undefined) {
        seen.add(edit);
        yield edit.after;
      }
    }
    for (const edits of this.edited.values()) yield* added(edits, scope, seen);
  }

  /** A copy of an edited ARN: of one account, or of any. */
  private find<Type extends TypeName>(
    type: Type,
    arn: string,
    places: ReadonlyMap<string, Edit>,
    accountId: string | undefined,
  ): Resource<Type> | undefined {
    const found = this.base.get(type, arn, accountId);
    if (found !== undefined) {
      const edit = places.get(placeOf(found));
      if (edit === undefined) return found;
      if (edit.after !== undefined) return edit.after as Resource<Type>;
    }
    for (const edit of places.values()) {
      if (edit.after === undefined) continue;
      if (accountId === undefined || edit.accountId === accountId) return edit.after as Resource<Type>;
    }
    if (found === undefined) return undefined;
    for (const other of this.base.list(type, accountId === undefined ? {} : { accountId })) {
      if (other.arn === arn && !places.has(placeOf(other))) return other;
    }
    return undefined;
  }

  private edit(
    { type, accountId, region, arn }: Pick<Resource, 'type' | 'accountId' | 'region' | 'arn'>,
    after: Resource | undefined,
  ): void {
    const edits: Edits = this.edited.get(type) ?? { byArn: new Map(), arnsOf: new Map() };
    this.edited.set(type, edits);
    this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    this.total += 1;
    const places = edits.byArn.get(arn) ?? new Map<string, Edit>();
    edits.byArn.set(arn, places);
    places.set(placeOf({ accountId, region }), { accountId, region, after });
    const arns = edits.arnsOf.get(accountId) ?? new Set();
    edits.arnsOf.set(accountId, arns.add(arn));
  }
}

/** What edits put into a scope and the base did not have. */
function* added(edits: Edits, scope: Scope, seen: ReadonlySet<Edit>): Iterable<Resource> {
  const arns = scope.accountId === undefined ? edits.byArn.keys() : (edits.arnsOf.get(scope.accountId) ?? []);
  for (const arn of arns) {
    for (const edit of edits.byArn.get(arn)?.values() ?? []) {
      if (scope.accountId !== undefined && scope.accountId !== edit.accountId) continue;
      if (scope.region !== undefined && scope.region !== edit.region) continue;
      if (edit.after !== undefined && !seen.has(edit)) yield edit.after;
    }
  }
}

function placeOf(resource: Pick<Resource, 'accountId' | 'region'>): string {
  return `${resource.accountId}/${resource.region}`;
}
