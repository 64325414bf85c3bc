import type { Estate, Gap, Resource } from '../estate/estate.js';
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
  const indexes = new Map<unknown, Map<string, Resource[]>>();
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
      let index = indexes.get(keyOf);
      if (index === undefined) {
        index = new Map();
        for (const resource of list(type)) {
          const value = keyOf(resource.configuration);
          if (value === undefined) continue;
          const bucket = index.get(value);
          if (bucket === undefined) index.set(value, [resource]);
          else bucket.push(resource);
        }
        indexes.set(keyOf, index);
      }
      return (index.get(key) ?? []) as never;
    },
    elsewhere: (type, arn) => estate.get(type, arn),
    unread: (type, region) => {
      if (!estate.header.types.includes(type)) return `${type} was not collected`;
      const gap = estate.gaps.find((candidate) => hides(candidate, accountId, type, region));
      return gap === undefined ? undefined : describeGap(gap);
    },
  };
}

/** Whether a gap can hide whole resources of a type; a gap about one resource's detail hides none. */
export function hides(gap: Gap, accountId: string, type: TypeName, region?: string): boolean {
  return (
    gap.accountId === accountId &&
    gap.resourceArn === undefined &&
    (gap.types.length === 0 || gap.types.includes(type)) &&
    (region === undefined || gap.region === region || gap.region === '*')
  );
}

/** A gap as a sentence. */
export function describeGap(gap: Gap): string {
  return `${gap.service}:${gap.operation} failed in ${gap.accountId} ${gap.region}: ${gap.error.code} (${gap.error.message})`;
}
