import { SEPARATOR } from '../pattern/character-set.js';
import { ipText } from '../pattern/ip-range.js';
import type { TokenPattern } from '../pattern/token-pattern.js';
import type { Dimension, Domain, LazyDomain, Overlap } from './dimension.js';
import { PRINCIPAL } from './principal-dimension.js';
import type { Box } from './search.js';
import type { Predicate, Space } from './space.js';

/**
 * What the requests of a box have in common, by dimension, as a reader says it, and exactly: what it says is the box.
 * Dimensions left free are not named.
 *
 * @param own of each dimension, how many of its predicates stand in policies; the rest are facts about real requests, which
 * go without saying. All when not given.
 */
export function describeBox(
  space: Space,
  dimensions: readonly Dimension[],
  box: Box,
  own?: ReadonlyMap<string, number>,
): Record<string, string> {
  const description: Record<string, string> = {};
  dimensions.forEach((dimension, index) => {
    const domain = box[index];
    if (domain === undefined) return;
    if (dimension.element !== undefined) {
      const present = dimension.overlap(domain, dimension.mask([0], false, false));
      const { key, value } = dimension.element;
      const said = description[key] === undefined ? '' : `${description[key]}, `;
      if (present === 'all') description[key] = `${said}with one like \`${value}\``;
      else if (present === 'none') description[key] = `${said}none like \`${value}\``;
      return;
    }
    const predicates = space.dimensions.get(dimension.name)?.predicates ?? [];
    const known = own === undefined ? predicates.length : (own.get(dimension.name) ?? 0);
    const text = (index: number): string => (index < known ? predicateText(dimension.name, predicates[index]) : '');
    const said =
      domain instanceof Uint32Array
        ? new DomainText(dimension, predicates.length, known, text).of(domain)
        : lazyText(domain, text);
    if (said !== '') description[dimension.name] = said;
  });
  return description;
}

/** Of a dimension whose atoms are not known: the tests, as they are kept. */
function lazyText({ groups, none, absent }: LazyDomain, text: (index: number) => string): string {
  const parts = [
    ...groups.map((group) =>
      group
        .map(text)
        .filter((one) => one !== '')
        .join(' or '),
    ),
    ...none.map((one) => (text(one) === '' ? '' : `not ${text(one)}`)),
  ].filter((part) => part !== '');
  if (parts.length === 0) return absent ? '' : 'present';
  return `${parts.join(', ')}${absent ? ', or absent' : ''}`;
}

/** Says of a set of atoms which predicates hold in all of it and which in none; of a set that this is not, part by part. */
class DomainText {
  private readonly absence: Domain;
  private readonly indexes: readonly number[];

  constructor(
    private readonly dimension: Dimension,
    count: number,
    private readonly own: number,
    private readonly text: (index: number) => string,
  ) {
    this.absence = dimension.mask([], false, true);
    this.indexes = Array.from({ length: count }, (_, index) => index);
  }

  of(domain: Domain): string {
    const whole = this.conjunction(domain);
    if (whole !== undefined) return whole;
    const parts = this.parts(domain).map((part) => this.conjunction(part) ?? '');
    return [...new Set(parts)].filter((part) => part !== '').join('; or ');
  }

  /** The set cut into pieces that can be said exactly: whole predicates first, then what is left of others. */
  private parts(domain: Domain): Domain[] {
    const { dimension } = this;
    const masks = this.indexes.slice(0, this.own).map((index) => dimension.mask([index], false, false));
    const inside = masks.filter((mask) => dimension.overlap(mask, domain) === 'all');
    const widest = inside.filter(
      (one, place) =>
        !inside.some(
          (other, at) => at !== place && this.isWithin(one, other) && !(this.isWithin(other, one) && place < at),
        ),
    );
    const found: Domain[] = [...widest];
    let left: Domain | undefined = domain;
    for (const mask of widest) left = left === undefined ? undefined : dimension.meet(left, dimension.complement(mask));
    return left === undefined ? found : [...found, ...this.split(left)];
  }

  private split(domain: Domain): Domain[] {
    if (this.conjunction(domain) !== undefined) return [domain];
    const { dimension } = this;
    for (const mask of [this.absence, ...this.indexes.map((index) => dimension.mask([index], false, false))]) {
      if (dimension.overlap(domain, mask) !== 'some') continue;
      const pieces = [dimension.meet(domain, mask), dimension.meet(domain, dimension.complement(mask))];
      return pieces.flatMap((piece) => (piece === undefined ? [] : this.split(piece)));
    }
    return [domain];
  }

  /** The set as predicates that hold and others that do not; `undefined` when it is not just these. */
  private conjunction(domain: Domain): string | undefined {
    const { dimension } = this;
    const absent = dimension.overlap(domain, this.absence);
    if (absent === 'all') return 'absent';
    const isOptional = absent === 'some';
    const held: number[] = [];
    const refused: number[] = [];
    let said: Domain | undefined = isOptional
      ? dimension.full()
      : dimension.meet(dimension.full(), dimension.complement(this.absence));
    for (const index of this.indexes) {
      const mask = dimension.mask([index], false, isOptional);
      if (dimension.overlap(domain, mask) === 'all') held.push(index);
      else if (dimension.overlap(domain, dimension.mask([index], false, false)) === 'none') refused.push(index);
      else continue;
      const told = held.at(-1) === index ? mask : dimension.complement(dimension.mask([index], false, false));
      said = said === undefined ? undefined : dimension.meet(said, told);
    }
    if (said === undefined || dimension.overlap(said, domain) !== 'all') return undefined;
    return this.sentence(held, refused, absent);
  }

  private sentence(held: readonly number[], refused: readonly number[], absent: Overlap): string {
    const { dimension } = this;
    const mask = (index: number): Domain => dimension.mask([index], false, false);
    const least = held.filter(
      (one) => one < this.own && !this.isBeaten(one, held, (other) => this.isWithin(mask(other), mask(one))),
    );
    const there = refused.filter(
      (one) => one < this.own && least.every((other) => dimension.overlap(mask(one), mask(other)) !== 'none'),
    );
    const most = there.filter((one) => !this.isBeaten(one, there, (other) => this.isWithin(mask(one), mask(other))));
    const parts = [...least.map(this.text), ...most.map((one) => `not ${this.text(one)}`)].filter(
      (part) => part !== '*' && part !== '' && part !== 'not ',
    );
    if (parts.length === 0) return absent === 'none' && this.isOptional() && this.own > 0 ? 'present' : '';
    return `${parts.join(', ')}${absent === 'some' ? ', or absent' : ''}`;
  }

  /** Whether another of the list says more; of two that say the same the first stays. */
  private isBeaten(one: number, all: readonly number[], beats: (other: number) => boolean): boolean {
    const { dimension } = this;
    const mask = (index: number): Domain => dimension.mask([index], false, false);
    return all.some((other) => {
      if (other === one || other >= this.own || !beats(other)) return false;
      const isSame = this.isWithin(mask(one), mask(other)) && this.isWithin(mask(other), mask(one));
      return !isSame || other < one;
    });
  }

  private isWithin(inner: Domain, outer: Domain): boolean {
    return this.dimension.overlap(inner, outer) === 'all';
  }

  private isOptional(): boolean {
    return this.dimension.overlap(this.dimension.full(), this.absence) === 'some';
  }
}

/** A predicate as it could stand in a policy. */
export function predicateText(dimension: string, predicate: Predicate | undefined): string {
  if (predicate === undefined) return '';
  if (predicate.kind === 'text') return patternText(dimension, predicate.pattern);
  const { low, high, lowOpen, highOpen } = predicate.range;
  if (predicate.kind === 'address') {
    const { low: from, high: to } = predicate.range;
    return from === to ? ipText(from) : `${ipText(from)} to ${ipText(to)}`;
  }
  if (low === high) return String(low);
  const above = low === -Infinity ? '' : `${lowOpen ? '>' : '>='} ${low}`;
  const below = high === Infinity ? '' : `${highOpen ? '<' : '<='} ${high}`;
  return `${above} ${below}`.trim();
}

function patternText(dimension: string, pattern: TokenPattern): string {
  const text = pattern
    .map((token) => (token.kind === 'character' ? token.character : token.kind === 'one' ? '?' : '*'))
    .join('');
  if (dimension !== PRINCIPAL) return text;
  const [arn = '', session] = text.replace(/^AWS:/, '').split(SEPARATOR);
  const account = /^arn:\*:\*::(\d{12}):\*$/.exec(arn)?.[1];
  if (account !== undefined) return `account ${account}`;
  return session === undefined || session === '' || session === '*' ? arn : `${arn} (session ${session})`;
}
