import { matchTokens } from '../pattern/match-tokens.js';
import { ipText, parseIp } from '../pattern/ip-range.js';
import { parseNumber, within } from '../pattern/ordered-value.js';
import type { BitSet, Dimension, Domain, Overlap } from './dimension.js';
import type { Predicate } from './space.js';

/** One class of values that no predicate tells apart. */
export interface ValueClass {
  readonly accepted: readonly number[];
  readonly text: string;
}

/** A dimension whose atoms are known: every domain is a set of bits. The last bit is the absent value, if there is one. */
export class AtomDimension implements Dimension {
  readonly name: string;
  readonly element?: { readonly key: string; readonly value: string };
  private readonly classes: readonly ValueClass[];
  private readonly predicates: readonly Predicate[];
  private readonly optional: boolean;
  private readonly words: number;
  private readonly everything: BitSet;
  private readonly predicateBits: readonly BitSet[];
  private classBySignature: ReadonlyMap<string, number> | undefined;

  constructor(given: {
    name: string;
    classes: readonly ValueClass[];
    predicates: readonly Predicate[];
    optional: boolean;
    element?: { key: string; value: string };
  }) {
    this.name = given.name;
    this.classes = given.classes;
    this.predicates = given.predicates;
    this.optional = given.optional;
    if (given.element !== undefined) this.element = given.element;
    const count = given.classes.length + (given.optional ? 1 : 0);
    this.words = Math.max(1, (count + 31) >> 5);
    this.everything = new Uint32Array(this.words);
    for (let index = 0; index < count; index++) set(this.everything, index);
    this.predicateBits = given.predicates.map(() => new Uint32Array(this.words));
    given.classes.forEach(({ accepted }, index) => {
      for (const predicate of accepted) {
        const bits = this.predicateBits[predicate];
        if (bits !== undefined) set(bits, index);
      }
    });
  }

  /** How many values are told apart. */
  get size(): number {
    return this.classes.length + (this.optional ? 1 : 0);
  }

  full(): BitSet {
    return this.everything;
  }

  mask(predicates: readonly number[], negated: boolean, whenAbsent: boolean): BitSet {
    const bits = new Uint32Array(this.words);
    for (const predicate of predicates) {
      const own = this.predicateBits[predicate];
      if (own !== undefined) for (let word = 0; word < this.words; word++) bits[word] = at(bits, word) | at(own, word);
    }
    const result = negated ? this.complement(bits) : bits;
    if (this.optional) {
      const absent = this.classes.length;
      if (whenAbsent) set(result, absent);
      else result[absent >> 5] = at(result, absent >> 5) & ~(1 << (absent & 31));
    }
    return result;
  }

  complement(mask: Domain): BitSet {
    const bits = mask as BitSet;
    const result = new Uint32Array(this.words);
    for (let word = 0; word < this.words; word++) result[word] = ~at(bits, word) & at(this.everything, word);
    return result;
  }

  meet(domain: Domain, mask: Domain): BitSet | undefined {
    const overlap = this.overlap(domain, mask);
    if (overlap !== 'some') return overlap === 'none' ? undefined : (domain as BitSet);
    const a = domain as BitSet;
    const b = mask as BitSet;
    const result = new Uint32Array(this.words);
    for (let word = 0; word < this.words; word++) result[word] = at(a, word) & at(b, word);
    return result;
  }

  overlap(domain: Domain, mask: Domain): Overlap {
    const a = domain as BitSet;
    const b = mask as BitSet;
    let inside = 0;
    let outside = 0;
    for (let word = 0; word < this.words; word++) {
      inside |= at(a, word) & at(b, word);
      outside |= at(a, word) & ~at(b, word);
      if (inside !== 0 && outside !== 0) return 'some';
    }
    return inside === 0 ? 'none' : 'all';
  }

  pick(domain: Domain, preferred: readonly string[]): string | undefined {
    const bits = domain as BitSet;
    for (const text of preferred) {
      const index = this.classOf(text);
      if (index !== undefined && has(bits, index)) return text;
    }
    const index = this.classes.findIndex((_, at) => has(bits, at));
    return this.classes[index]?.text;
  }

  /** The class of a value; `undefined` for what is no value of this dimension. */
  private classOf(text: string): number | undefined {
    this.classBySignature ??= new Map(this.classes.map(({ accepted }, index) => [accepted.join(), index]));
    const accepted: number[] = [];
    for (const [index, predicate] of this.predicates.entries()) {
      const accepts = acceptsText(predicate, text);
      if (accepts === undefined) return undefined;
      if (accepts) accepted.push(index);
    }
    return this.classBySignature.get(accepted.join());
  }
}

function acceptsText(predicate: Predicate, text: string): boolean | undefined {
  switch (predicate.kind) {
    case 'text':
      return matchTokens(predicate.pattern, text);
    case 'number': {
      const value = parseNumber(text);
      return value === undefined ? undefined : within(value, predicate.range);
    }
    case 'address': {
      const value = parseIp(text);
      return value === undefined ? undefined : within(value, predicate.range);
    }
  }
}

/** The classes of numbers: the ends of the ranges, and a number between each two neighbours. */
export function numberClasses(predicates: readonly Predicate[]): ValueClass[] {
  const ranges = predicates.map((predicate) => (predicate.kind === 'number' ? predicate.range : undefined));
  const ends = new Set<number>();
  for (const range of ranges) {
    if (range !== undefined) for (const end of [range.low, range.high]) if (Number.isFinite(end)) ends.add(end);
  }
  const points = [...ends].sort((a, b) => a - b);
  const [first] = points;
  const samples = first === undefined ? [0] : [-above(-first)];
  points.forEach((point, index) => {
    const next = points[index + 1];
    samples.push(point, next === undefined ? above(point) : point / 2 + next / 2);
  });
  return samples.filter(Number.isFinite).map((sample) => ({
    accepted: ranges.flatMap((range, index) => (range !== undefined && within(sample, range) ? [index] : [])),
    text: String(sample),
  }));
}

/** A number above another: one more, where that makes a difference. */
function above(point: number): number {
  return point + 1 > point ? point + 1 : point + Math.abs(point);
}

/** The classes of addresses: one for the beginning of each stretch that the ranges cut the two families into. */
export function addressClasses(
  predicates: readonly Predicate[],
  families: readonly { low: bigint; high: bigint }[],
): ValueClass[] {
  const ranges = predicates.map((predicate) => (predicate.kind === 'address' ? predicate.range : undefined));
  const starts = new Set<bigint>();
  for (const family of families) {
    starts.add(family.low);
    for (const range of ranges) {
      if (range === undefined) continue;
      for (const start of [range.low, range.high + 1n])
        if (start >= family.low && start <= family.high) starts.add(start);
    }
  }
  return [...starts].map((sample) => ({
    accepted: ranges.flatMap((range, index) => (range !== undefined && within(sample, range) ? [index] : [])),
    text: ipText(sample),
  }));
}

function set(bits: BitSet, index: number): void {
  bits[index >> 5] = at(bits, index >> 5) | (1 << (index & 31));
}

function has(bits: BitSet, index: number): boolean {
  return ((at(bits, index >> 5) >>> (index & 31)) & 1) === 1;
}

/** A word of a bit set; every caller stays within its length. */
function at(bits: BitSet, word: number): number {
  return bits[word] as number;
}
