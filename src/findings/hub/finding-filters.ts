import type {
  DateFilter,
  IpFilter,
  KeywordFilter,
  MapFilter,
  NumberFilter,
  StringFilter,
} from '@aws-sdk/client-securityhub';
import { isIP } from 'node:net';
import type { Stored } from '../../base/json.js';
import { attributes, isAttribute, valuesAt, type Attribute, type AttributeKind } from './finding-attributes.js';
import type { AsffFinding, FindingFilters } from './finding-hub.js';

/** What is wrong with filters, in the words of an InvalidInputException. */
export interface FilterMistake {
  readonly field: string;
  readonly message: string;
}

export type FindingPredicate = (finding: AsffFinding) => boolean;

/** Source: Security Hub API reference, GetFindings: "up to 10 attributes", "up to 20 values" of each. */
const ATTRIBUTES_MAX = 10;
const VALUES_MAX = 20;
const DAY_MS = 86_400_000;

export interface FilterLimits {
  readonly attributesMax?: number;
  readonly valuesMax?: number;
  /** CONTAINS is for automation rules alone. */
  readonly contains?: boolean;
}

/**
 * Filters made ready: AND between attributes; within one, comparisons that include are OR-ed and those that exclude are
 * AND-ed. Case counts, but for keywords.
 *
 * Source: Security Hub API reference, StringFilter, MapFilter, NumberFilter, DateFilter, IpFilter, KeywordFilter.
 *
 * @param now what `DateRange` counts back from.
 */
export function compileFilters(
  filters: FindingFilters | undefined,
  now: Date,
  limits: FilterLimits = {},
): { readonly matches: FindingPredicate } | { readonly mistake: FilterMistake } {
  const given = Object.entries(filters ?? {}).filter(([, filter]) => filter !== undefined);
  const { attributesMax = ATTRIBUTES_MAX, valuesMax = VALUES_MAX } = limits;
  if (given.length > attributesMax) {
    return mistake('Filters', `at most ${attributesMax} attributes can be filtered by; there are ${given.length}`);
  }
  const tests: FindingPredicate[] = [];
  for (const [name, list] of given) {
    if (!isAttribute(name)) return mistake(`Filters.${name}`, 'there is no such filter');
    if (!Array.isArray(list)) return mistake(`Filters.${name}`, 'it must be a list');
    if (list.length > valuesMax)
      return mistake(`Filters.${name}`, `at most ${valuesMax} values can be given; there are ${list.length}`);
    if (list.length === 0) continue;
    const attribute = attributes[name];
    const wrong = mistakeIn(attribute.kind, list, limits.contains === true);
    if (wrong !== undefined) return mistake(`Filters.${name}`, wrong);
    const holds = tester(attribute, list, now);
    tests.push(holds);
  }
  return { matches: (finding) => tests.every((test) => test(finding)) };
}

function mistake(field: string, message: string): { readonly mistake: FilterMistake } {
  return { mistake: { field, message } };
}

/** What AWS refuses of a filter's values: one that says nothing would let everything through. */
function mistakeIn(kind: AttributeKind, list: readonly unknown[], contains: boolean): string | undefined {
  for (const each of list) {
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return 'each of its values must be an object';
    const wrong = valueMistakes[kind](each as never);
    if (wrong !== undefined) return wrong;
  }
  return kind === 'text' || kind === 'map'
    ? comparisonMistake(kind, list as readonly StringFilter[], contains)
    : undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

/** By kind: what is wrong with one value, if anything. */
const valueMistakes: {
  readonly [Kind in AttributeKind]: (value: Readonly<Record<string, unknown>>) => string | undefined;
} = {
  text: ({ Value }) => (isText(Value) ? undefined : '`Value` must be a text'),
  map: ({ Key, Value }) => (isText(Key) && isText(Value) ? undefined : '`Key` and `Value` must be texts'),
  keyword: ({ Value }) => (isText(Value) ? undefined : '`Value` must be a text'),
  boolean: ({ Value }) => (typeof Value === 'boolean' ? undefined : '`Value` must be true or false'),
  address: ({ Cidr }) => (isNetwork(Cidr) ? undefined : '`Cidr` must be an address or a network, as 10.0.0.0/8'),
  number: (value) => {
    const bounds = ['Eq', 'Gt', 'Gte', 'Lt', 'Lte'].filter((name) => value[name] !== undefined);
    const isGood = bounds.length > 0 && bounds.every((name) => Number.isFinite(value[name]));
    return isGood ? undefined : 'it must have a number as `Eq`, `Gt`, `Gte`, `Lt` or `Lte`';
  },
  date: ({ Start, End, DateRange }) => {
    if (DateRange !== undefined) {
      const { Value, Unit } = (DateRange ?? {}) as { Value?: unknown; Unit?: unknown };
      const isGood = Number.isInteger(Value) && Number(Value) >= 0 && (Unit === undefined || Unit === 'DAYS');
      return isGood ? undefined : '`DateRange` must have a whole `Value` and the `Unit` DAYS';
    }
    const given = [Start, End].filter((time) => time !== undefined);
    return given.length > 0 && given.every(isTime) ? undefined : 'it must have `Start`, `End` or `DateRange`';
  },
};

/** An address, or one with the length of its network. */
function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [network = '', length, ...rest] = value.split('/');
  const most = isIP(network) === 4 ? 32 : 128;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= most);
  return isIP(network) !== 0 && isLength && rest.length === 0;
}

/** Combinations that AWS refuses. CONTAINS_WORD is for V2 only. */
function comparisonMistake(kind: 'text' | 'map', list: readonly StringFilter[], contains: boolean): string | undefined {
  const used = new Set(list.map(({ Comparison }) => Comparison));
  const known =
    kind === 'text'
      ? ['EQUALS', 'PREFIX', 'NOT_EQUALS', 'PREFIX_NOT_EQUALS', 'CONTAINS', 'NOT_CONTAINS']
      : ['EQUALS', 'NOT_EQUALS', 'CONTAINS', 'NOT_CONTAINS'];
  for (const comparison of used) {
    if (comparison === undefined || !known.includes(comparison))
      return `\`${String(comparison)}\` is not one of ${known.join(', ')}`;
  }
  if (!contains && (used.has('CONTAINS') || used.has('NOT_CONTAINS'))) {
    return 'CONTAINS and NOT_CONTAINS are for automation rules only';
  }
  for (const [one, other] of [
    ['EQUALS', 'NOT_EQUALS'],
    ['CONTAINS', 'NOT_CONTAINS'],
    ['EQUALS', 'NOT_CONTAINS'],
    ['CONTAINS', 'NOT_EQUALS'],
  ] as const) {
    if (used.has(one) && used.has(other)) return `${one} and ${other} cannot be used together`;
  }
  return undefined;
}

function tester(attribute: Attribute, list: readonly unknown[], now: Date): FindingPredicate {
  switch (attribute.kind) {
    case 'text':
      return textTester(attribute.path, list as readonly StringFilter[]);
    case 'map':
      return mapTester(attribute.path, list as readonly MapFilter[]);
    case 'number':
      return any(attribute.path, list as readonly NumberFilter[], (value, filter) => fitsNumber(Number(value), filter));
    case 'date':
      return any(attribute.path, list as readonly Stored<DateFilter>[], (value, filter) =>
        fitsDate(Date.parse(String(value)), filter, now.getTime()),
      );
    case 'address':
      return any(attribute.path, list as readonly IpFilter[], (value, { Cidr = '' }) =>
        fitsAddress(String(value), Cidr),
      );
    case 'boolean':
      return any(attribute.path, list as readonly { Value?: boolean }[], (value, { Value }) => value === Value);
    case 'keyword':
      return keywordTester(list as readonly KeywordFilter[]);
  }
}

function any<Filter>(
  path: string,
  list: readonly Filter[],
  fits: (value: unknown, filter: Filter) => boolean,
): FindingPredicate {
  return (finding) => valuesAt(finding, path).some((value) => list.some((filter) => fits(value, filter)));
}

function textTester(path: string, list: readonly StringFilter[]): FindingPredicate {
  const excludes = list.filter(({ Comparison = '' }) => Comparison.includes('NOT'));
  const includes = list.filter(({ Comparison = '' }) => !Comparison.includes('NOT'));
  return (finding) => {
    const values = valuesAt(finding, path).filter((value): value is string => typeof value === 'string');
    const holds = (filter: StringFilter) => values.some((value) => fitsText(value, filter));
    return (includes.length === 0 || includes.some(holds)) && excludes.every((filter) => !holds(filter));
  };
}

/** What the comparison says without its NOT. */
function fitsText(value: string, { Comparison = 'EQUALS', Value = '' }: StringFilter): boolean {
  if (Comparison.startsWith('PREFIX')) return value.startsWith(Value);
  return Comparison.includes('CONTAINS') ? value.includes(Value) : value === Value;
}

function mapTester(path: string, list: readonly MapFilter[]): FindingPredicate {
  const excludes = list.filter(({ Comparison = '' }) => Comparison.includes('NOT'));
  const includes = list.filter(({ Comparison = '' }) => !Comparison.includes('NOT'));
  return (finding) => {
    const maps = valuesAt(finding, path) as Readonly<Record<string, unknown>>[];
    const holds = ({ Key = '', Value = '', Comparison = 'EQUALS' }: MapFilter) =>
      maps.some((map) => {
        const value = Object.hasOwn(map, Key) ? map[Key] : undefined;
        if (typeof value !== 'string') return false;
        return Comparison.includes('CONTAINS') ? value.includes(Value) : value === Value;
      });
    return (includes.length === 0 || includes.some(holds)) && excludes.every((filter) => !holds(filter));
  };
}

function fitsNumber(value: number, { Eq, Gt, Gte, Lt, Lte }: NumberFilter): boolean {
  if (Number.isNaN(value)) return false;
  return (
    (Eq === undefined || value === Eq) &&
    (Gt === undefined || value > Gt) &&
    (Gte === undefined || value >= Gte) &&
    (Lt === undefined || value < Lt) &&
    (Lte === undefined || value <= Lte)
  );
}

function fitsDate(value: number, { Start, End, DateRange }: Stored<DateFilter>, now: number): boolean {
  if (Number.isNaN(value)) return false;
  if (DateRange?.Value !== undefined) {
    const since = now - DateRange.Value * DAY_MS;
    return DateRange.Comparison === 'OLDER_THAN' ? value < since : value >= since && value <= now;
  }
  return (Start === undefined || value >= Date.parse(Start)) && (End === undefined || value <= Date.parse(End));
}

/** Whether an address is in a network; a network without a length is one address. */
function fitsAddress(value: string, cidr: string): boolean {
  const [network = '', length] = cidr.split('/');
  if (isIP(value) === 0 || isIP(value) !== isIP(network)) return false;
  const bits = length === undefined ? (isIP(network) === 4 ? 32 : 128) : Number(length);
  return prefixOf(value, bits) === prefixOf(network, bits);
}

function prefixOf(address: string, bits: number): string {
  return binary(address).slice(0, bits);
}

function binary(address: string): string {
  if (isIP(address) === 4)
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

/** A keyword is looked for in every text of a finding, in any case. */
function keywordTester(list: readonly KeywordFilter[]): FindingPredicate {
  const wanted = list.map(({ Value = '' }) => Value.toLowerCase());
  return (finding) => {
    const whole = JSON.stringify(finding).toLowerCase();
    return wanted.some((word) => whole.includes(word));
  };
}
