import { findText } from '../pattern/find-text.js';
import { matchTokens } from '../pattern/match-tokens.js';
import type { TokenPattern } from '../pattern/token-pattern.js';
import type { Dimension, Domain, LazyDomain, Overlap } from './dimension.js';

/** A test that has not been turned into atoms. */
interface LazyMask extends LazyDomain {
  readonly predicates: readonly number[];
  readonly negated: boolean;
}

/**
 * A dimension with too many atoms to list (patterns that begin and end in `*` double them each): domains are lists of
 * tests, and whether one is empty is decided when asked, by a search through only the patterns it names. Answers are
 * remembered.
 */
export class LazyDimension implements Dimension {
  readonly name: string;
  private readonly patterns: readonly TokenPattern[];
  private readonly optional: boolean;
  private readonly statesMax: number;
  private readonly texts = new Map<string, string | undefined>();

  constructor(given: { name: string; patterns: readonly TokenPattern[]; optional: boolean; statesMax: number }) {
    this.name = given.name;
    this.patterns = given.patterns;
    this.optional = given.optional;
    this.statesMax = given.statesMax;
  }

  full(): LazyDomain {
    return { key: '', groups: [], none: [], absent: this.optional };
  }

  mask(predicates: readonly number[], negated: boolean, whenAbsent: boolean): LazyMask {
    const sorted = [...predicates].sort((a, b) => a - b);
    const absent = whenAbsent && this.optional;
    const [groups, none] = negated ? [[], sorted] : [[sorted], []];
    return { ...domainOf(groups, none, absent), predicates: sorted, negated };
  }

  complement(mask: Domain): LazyMask {
    const { predicates, negated, absent } = mask as LazyMask;
    return this.mask(predicates, !negated, !absent);
  }

  meet(domain: Domain, mask: Domain): LazyDomain | undefined {
    const met = intersect(domain as LazyDomain, mask as LazyDomain);
    if (met.key === (domain as LazyDomain).key && met.absent === (domain as LazyDomain).absent)
      return domain as LazyDomain;
    return met.absent || this.textOf(met) !== undefined ? met : undefined;
  }

  overlap(domain: Domain, mask: Domain): Overlap {
    if (this.meet(domain, mask) === undefined) return 'none';
    return this.meet(domain, this.complement(mask)) === undefined ? 'all' : 'some';
  }

  pick(domain: Domain, preferred: readonly string[]): string | undefined {
    const wanted = domain as LazyDomain;
    const accepts = (index: number, text: string): boolean => matchTokens(this.patterns[index] ?? [], text);
    const found = preferred.find(
      (text) =>
        wanted.groups.every((group) => group.some((index) => accepts(index, text))) &&
        !wanted.none.some((index) => accepts(index, text)),
    );
    return found ?? this.textOf(wanted);
  }

  private textOf(domain: LazyDomain): string | undefined {
    if (!this.texts.has(domain.key)) this.texts.set(domain.key, findText(this.patterns, domain, this.statesMax));
    return this.texts.get(domain.key);
  }
}

function intersect(domain: LazyDomain, mask: LazyDomain): LazyDomain {
  const groups = new Map([...domain.groups, ...mask.groups].map((group) => [group.join(), group]));
  const none = new Set([...domain.none, ...mask.none]);
  return domainOf([...groups.values()], [...none], domain.absent && mask.absent);
}

/** The key names groups and exclusions apart, so that "no test" and "a test nothing passes" never meet. */
function domainOf(groups: readonly (readonly number[])[], none: readonly number[], absent: boolean): LazyDomain {
  const sortedGroups = [...groups].sort((a, b) => (a.join() < b.join() ? -1 : 1));
  const sortedNone = [...none].sort((a, b) => a - b);
  const key = `${sortedGroups.map((group) => `(${group.join()})`).join('')}!${sortedNone.join()}`;
  return { key, groups: sortedGroups, none: sortedNone, absent };
}
