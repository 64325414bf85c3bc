import { SeededRandom } from '../../src/base/ports.js';
import type { Member, Shape } from '../../src/twin/protocols/shape.js';

/** Where a value travels: headers and labels carry less than a body. */
type Place = 'body' | 'header' | 'label' | 'query';

const TEXTS = [
  'alpha',
  'Beta-1',
  'x y',
  'a&b<c>"d\'',
  'é漢😀',
  'p/q?r=s#t',
  '100%',
  'line1\nline2',
  'tab\there',
  '+plus',
  ' lead',
  '{"j":1}',
  ']]>',
  '&amp;lt;',
  '__proto__',
];
const LABEL_TEXTS = TEXTS.filter((text) => !text.includes('\n'));
const HEADER_TEXTS = ['alpha', 'Beta-1', 'x y', 'a;b'];

/** How deep optional structures are filled in. */
const DEPTH_MAX = 5;

/** Makes random values of any shape: the same seed makes the same values. */
export class RandomValue {
  private readonly random: SeededRandom;
  /** Forms and XML cannot carry an empty structure: give it a member. */
  private readonly fillStructures: boolean;

  constructor(seed: number, fillStructures: boolean) {
    this.random = new SeededRandom(seed);
    this.fillStructures = fillStructures;
  }

  /** An input or output: its members where they are bound. */
  structure(shape: Shape): Record<string, unknown> {
    return shape.kind === 'unit' ? {} : (this.value(shape, 0, 'body') as Record<string, unknown>);
  }

  value(shape: Shape, depth: number, place: Place, member?: Member): unknown {
    const { random } = this;
    switch (shape.kind) {
      case 'string':
        if (member?.traits.mediaType !== undefined) return '{"a":1}';
        return random.pick(place === 'header' ? HEADER_TEXTS : place === 'label' ? LABEL_TEXTS : TEXTS);
      case 'number':
        return random.below(1000);
      case 'boolean':
        return random.chance(0.5);
      case 'timestamp':
        return this.time(shape, place);
      case 'blob':
        return new Uint8Array([1, 2, 250, random.below(256)]);
      case 'bigint':
        return BigInt(random.below(1_000_000_000));
      case 'document':
        return { a: [1, 'x', { b: true }] };
      case 'list':
        return Array.from({ length: 1 + random.below(2) }, () => this.value(shape.item.shape, depth + 1, place));
      case 'map':
        return this.map(shape, depth, place);
      case 'union': {
        const shallow = shape.members.filter((each) => !isTooDeep(each.shape, depth));
        const chosen = random.pick(shallow.length > 0 ? shallow : shape.members);
        return { [chosen.name]: this.value(chosen.shape, depth + 1, 'body', chosen) };
      }
      case 'struct':
        return this.members(shape, depth);
      case 'unit':
        return {};
    }
  }

  private time(shape: Shape, place: Place): Date {
    const whole = place === 'header' || shape.format === 'http-date' || !this.random.chance(0.3);
    return new Date(1_600_000_000_000 + this.random.below(100_000_000) * 1000 + (whole || place !== 'body' ? 0 : 123));
  }

  private map(shape: Shape, depth: number, place: Place): Record<string, unknown> {
    const entries = Array.from({ length: 2 }, (_, index) => {
      const key = place === 'header' ? `k${index}` : this.random.pick(['k1', 'key two', 'k&3']);
      return [key, this.value(shape.value.shape, depth + 1, place)] as const;
    });
    return Object.fromEntries(entries);
  }

  private members(shape: Shape, depth: number): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const member of shape.members) {
      const wanted =
        depth < DEPTH_MAX && this.random.chance(depth === 0 ? 0.8 : 0.5) && !isTooDeep(member.shape, depth);
      if (member.required || wanted) value[member.name] = this.value(member.shape, depth + 1, placeOf(member), member);
    }
    if (this.fillStructures && depth > 0 && Object.keys(value).length === 0) {
      const plain = shape.members.find(({ shape: { kind } }) => /^(string|number|boolean|timestamp)$/.test(kind));
      const member = plain ?? shape.members[0];
      if (member !== undefined) value[member.name] = this.value(member.shape, depth + 1, 'body', member);
    }
    return value;
  }
}

function placeOf({ traits }: Member): Place {
  if (traits.httpLabel) return 'label';
  if (traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined) return 'header';
  return traits.httpQuery !== undefined || traits.httpQueryParams ? 'query' : 'body';
}

function isTooDeep(shape: Shape, depth: number): boolean {
  if (depth < DEPTH_MAX) return false;
  return (
    shape.kind === 'struct' || shape.kind === 'union' || (shape.kind === 'list' && shape.item.shape.kind !== 'string')
  );
}
