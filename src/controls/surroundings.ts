import type { Estate, Gap, Resource } from '../estate/estate.js';
import { GLOBAL } from '../estate/estate.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';

/**
 * What a control may look at besides the resource itself: the other resources of the same account, and what of them
 * could not be read. One instance serves a whole account, so its indexes are built once: every look-up is O(1).
 */
export interface Surroundings {
  /** The instant that ages are measured from: when the estate was read. */
  readonly now: Date;
  readonly accountId: string;
  readonly partition: string;
  /** The account's regions that were meant to be read. */
  readonly regions: readonly string[];

  /** The account's resources of a type, in one region or in all. */
  list<Type extends TypeName>(type: Type, region?: string): readonly Resource<Type>[];

  /**
   * The account's resources of a type whose `keyOf` is `key`. The index is kept per `keyOf` function: pass a constant.
   */
  find<Type extends TypeName>(
    type: Type,
    keyOf: (configuration: ResourceTypes[Type]) => string | undefined,
    key: string,
  ): readonly Resource<Type>[];

  /** A resource anywhere in the estate by its ARN: for what other accounts own (a trail's bucket). */
  elsewhere<Type extends TypeName>(type: Type, arn: string): Resource<Type> | undefined;

  /**
   * A sentence on what of this type could not be read, if anything. **A control must ask before it concludes from
   * absence**, and answer `notAvailable` with this sentence.
   */
  unread(type: TypeName, region?: string): string | undefined;
}

/** The surroundings that an account has in an estate. */
export function surroundingsOf(estate: Estate, accountId: string, now: Date): Surroundings {
  const lists = new Map<string, readonly Resource[]>();
  const indexes = new Map<TypeName, Map<unknown, Map<string, Resource[]>>>();
  const unread = new Map<string, string | undefined>();
  const list = <Type extends TypeName>(type: Type, region?: string): readonly Resource<Type>[] => {
    const key = `${type} ${region ?? '*'}`;
    const found = lists.get(key) ?? [
      ...estate.list(type, region === undefined ? { accountId } : { accountId, region }),
    ];
    lists.set(key, found);
    return found as readonly Resource<Type>[];
  };
  return {
    now,
    accountId,
    partition: estate.header.partition,
    regions: estate.header.accounts.find((account) => account.accountId === accountId)?.regions ?? [],
    list,
    find: (type, keyOf, key) => {
      const ofType = indexes.get(type) ?? new Map<unknown, Map<string, Resource[]>>();
      indexes.set(type, ofType);
      const index = ofType.get(keyOf) ?? indexBy(list(type), keyOf);
      ofType.set(keyOf, index);
      return (index.get(key) ?? []) as never;
    },
    elsewhere: (type, arn) => estate.get(type, arn),
    unread: (type, region) => {
      const key = `${type} ${region ?? '*'}`;
      if (!unread.has(key)) unread.set(key, unreadSentence(estate, accountId, type, region));
      return unread.get(key);
    },
  };
}

function indexBy<Type extends TypeName>(
  resources: readonly Resource<Type>[],
  keyOf: (configuration: ResourceTypes[Type]) => string | undefined,
): Map<string, Resource[]> {
  const index = new Map<string, Resource[]>();
  for (const resource of resources) {
    const key = keyOf(resource.configuration);
    if (key === undefined) continue;
    const bucket = index.get(key);
    if (bucket === undefined) index.set(key, [resource]);
    else bucket.push(resource);
  }
  return index;
}

function unreadSentence(estate: Estate, accountId: string, type: TypeName, region?: string): string | undefined {
  if (!estate.header.types.includes(type)) return `${type} was not collected`;
  const gap = estate.gaps.find((candidate) => hides(candidate, accountId, type, region));
  return gap === undefined ? undefined : describeGap(gap);
}

/**
 * Whether a gap can hide whole resources of a type; a gap about one resource's detail hides none. A gap over all types
 * of the account as a whole (its role could not be assumed) hides those of every region.
 */
export function hides(gap: Gap, accountId: string, type: TypeName, region?: string): boolean {
  if (gap.accountId !== accountId || gap.resourceArn !== undefined) return false;
  if (gap.types.length > 0 && !gap.types.includes(type)) return false;
  const everywhere = gap.region === '*' || (gap.region === GLOBAL && gap.types.length === 0);
  return region === undefined || gap.region === region || everywhere;
}

/** A gap as a sentence. */
export function describeGap(gap: Gap): string {
  return `${gap.service}:${gap.operation} failed in ${gap.accountId} ${gap.region}: ${gap.error.code} (${gap.error.message})`;
}
