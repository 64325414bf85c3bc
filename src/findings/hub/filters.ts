import { BlockList, isIP } from 'node:net';
import { Problem } from '../../base/problem.js';
import type { AsffFinding, FindingFilters } from './finding-hub.js';
import { filterFields, type FilterField } from './filter-fields.js';

/** GetFindings takes at most so many attributes, and so many values of each. */
export const ATTRIBUTES_MAX = 10;
export const VALUES_MAX = 20;

/** One comparison of any kind, as it came in: what its attribute's kind does not read is refused. */
interface Comparison {
  readonly Comparison?: string;
  readonly Value?: unknown;
  readonly Key?: string;
  readonly [member: string]: unknown;
}
type Test = (finding: AsffFinding) => boolean;
type FieldOf<Kind extends FilterField['kind']> = Extract<FilterField, { kind: Kind }>;
export type FindingPredicate = Test;

/**
 * Compiles GetFindings' filters once, to match many findings: AND between attributes; within one, positive comparisons
 * OR-ed and negative ones AND-ed. All case-sensitive.
 *
 * @param now what a DateRange counts its days back from.
 * @throws Problem `invalid-filter` for filters AWS refuses, by the name of their attribute.
 */
export function compileFilters(filters: FindingFilters | undefined, now: Date): FindingPredicate {
  const given = Object.entries(filters ?? {}).filter(([, values]) => values !== undefined);
  if (given.length > ATTRIBUTES_MAX)
    throw invalid('Filters', `has ${given.length} attributes, and at most ${ATTRIBUTES_MAX} are taken`);
  const tests = given.map(([name, values]) => compileAttribute(name, values as readonly Comparison[], now, VALUES_MAX));
  return (finding) => tests.every((test) => test(finding));
}

/** One attribute's comparisons, compiled. */
export function compileAttribute(name: string, given: readonly Comparison[], now: Date, valuesMax: number): Test {
  if (!Object.hasOwn(filterFields, name)) throw invalid(name, 'is no attribute of findings');
  if (!Array.isArray(given)) throw invalid(name, 'must be a list of comparisons');
  if (given.length > valuesMax) throw invalid(name, `has ${given.length} values, and at most ${valuesMax} are taken`);
  if (given.length === 0) return () => true;
  const field = filterFields[name as keyof FindingFilters];
  switch (field.kind) {
    case 'string':
      return compared(name, given, textComparisons, (holds) => (finding) => field.values(finding).some(holds));
    case 'map':
      return mapTest(name, field, given);
    case 'date':
      return anyOf(
        field.values,
        given.map((filter) => dateTest(name, filter, now)),
      );
    case 'number':
      return anyOf(
        field.values,
        given.map((filter) => numberTest(name, filter)),
      );
    case 'ip':
      return anyOf(
        field.values,
        given.map((filter) => ipTest(name, filter)),
      );
    case 'boolean':
      return anyOf(
        field.values,
        given.map(
          ({ Value }) =>
            (value: boolean) =>
              value === Value,
        ),
      );
    case 'keyword': {
      const words = given.map(({ Value }) => text(name, Value));
      return (finding) => words.some((word) => mentions(finding, word));
    }
  }
}

const textComparisons = ['EQUALS', 'PREFIX', 'CONTAINS', 'NOT_EQUALS', 'PREFIX_NOT_EQUALS', 'NOT_CONTAINS'];
const mapComparisons = ['EQUALS', 'CONTAINS', 'NOT_EQUALS', 'NOT_CONTAINS'];
/** AWS refuses these pairs on one attribute: they contradict each other. */
const CONTRADICTIONS = [
  ['EQUALS', 'NOT_EQUALS'],
  ['CONTAINS', 'NOT_CONTAINS'],
] as const;

/** Positive comparisons OR-ed, negative ones AND-ed; a finding without a value passes the negative ones only. */
function compared(
  name: string,
  given: readonly Comparison[],
  allowed: readonly string[],
  some: (holds: (value: string | undefined) => boolean, key: string | undefined) => Test,
): Test {
  const used = given.map(({ Comparison = 'EQUALS' }) => Comparison);
  const unknown = used.find((comparison) => !allowed.includes(comparison));
  if (unknown !== undefined) throw invalid(name, `cannot be compared by \`${unknown}\`, only by ${allowed.join(', ')}`);
  for (const [positive, negative] of CONTRADICTIONS) {
    if (used.includes(positive) && used.includes(negative))
      throw invalid(name, `combines ${positive} and ${negative}, which AWS refuses on one attribute`);
  }
  const tests = given.map(({ Comparison = 'EQUALS', Value, Key }) => {
    const wanted = text(name, Value);
    const test = some((value) => value !== undefined && holdsText(value, Comparison, wanted), Key);
    return { negative: Comparison.includes('NOT'), test };
  });
  const positive = tests.filter(({ negative }) => !negative);
  const negative = tests.filter((test) => test.negative);
  return (finding) =>
    (positive.length === 0 || positive.some(({ test }) => test(finding))) &&
    !negative.some(({ test }) => test(finding));
}

function holdsText(value: string, comparison: string, wanted: string): boolean {
  if (comparison.startsWith('PREFIX')) return value.startsWith(wanted);
  return comparison.endsWith('CONTAINS') ? value.includes(wanted) : value === wanted;
}

function mapTest(name: string, field: FieldOf<'map'>, given: readonly Comparison[]): Test {
  const keys = given.map(({ Key }) => text(`${name}.Key`, Key));
  const tests = [...new Set(keys)].map((key) => {
    const same = given.filter(({ Key }) => Key === key);
    return compared(
      name,
      same,
      mapComparisons,
      (holds) => (finding) => field.values(finding).some((map) => holds(map?.[key])),
    );
  });
  const negative = (key: string) =>
    given.every(({ Key, Comparison }) => Key !== key || Comparison?.includes('NOT') === true);
  const unique = [...new Set(keys)];
  const must = tests.filter((_, index) => negative(unique[index] ?? ''));
  const may = tests.filter((_, index) => !negative(unique[index] ?? ''));
  return (finding) => must.every((test) => test(finding)) && (may.length === 0 || may.some((test) => test(finding)));
}

function anyOf<T>(
  values: (finding: AsffFinding) => readonly (T | undefined)[],
  tests: readonly ((value: T) => boolean)[],
): Test {
  return (finding) => values(finding).some((value) => value !== undefined && tests.some((test) => test(value)));
}

const DAY_MS = 86_400_000;

function dateTest(name: string, given: Comparison, now: Date): (value: string) => boolean {
  const { Start, End } = given;
  const range = given['DateRange'] as { readonly Value?: number; readonly Unit?: string } | undefined;
  if (range !== undefined) {
    if (Start !== undefined || End !== undefined) throw invalid(name, 'has a DateRange together with Start or End');
    if (range.Unit !== 'DAYS' || typeof range.Value !== 'number' || !(range.Value >= 0))
      throw invalid(name, 'has a DateRange that is not a number of DAYS');
    const from = now.getTime() - range.Value * DAY_MS;
    return (value) => Date.parse(value) >= from && Date.parse(value) <= now.getTime();
  }
  if (Start === undefined && End === undefined) throw invalid(name, 'needs Start, End or DateRange');
  const from = Start === undefined ? -Infinity : instant(name, Start);
  const to = End === undefined ? Infinity : instant(name, End);
  return (value) => Date.parse(value) >= from && Date.parse(value) <= to;
}

function instant(name: string, given: unknown): number {
  const at = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(at)) throw invalid(name, `has \`${String(given)}\`, which is no ISO 8601 time`);
  return at;
}

const bounds = {
  Gte: (value: number, bound: number) => value >= bound,
  Lte: (value: number, bound: number) => value <= bound,
  Eq: (value: number, bound: number) => value === bound,
  Gt: (value: number, bound: number) => value > bound,
  Lt: (value: number, bound: number) => value < bound,
};

function numberTest(name: string, given: Comparison): (value: number) => boolean {
  const used = Object.entries(bounds).filter(([bound]) => given[bound] !== undefined);
  if (used.length === 0 || used.some(([bound]) => typeof given[bound] !== 'number'))
    throw invalid(name, 'needs a number in Gte, Lte, Eq, Gt or Lt');
  return (value) => used.every(([bound, holds]) => holds(value, given[bound] as number));
}

function ipTest(name: string, { Cidr }: Comparison): (value: string) => boolean {
  const cidr = text(name, Cidr);
  const [address = '', prefix] = cidr.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix);
  if (isIP(address) === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 'ipv6' ? 128 : 32))
    throw invalid(name, `has \`${cidr}\`, which is no CIDR`);
  const list = new BlockList();
  list.addSubnet(address, bits, family);
  return (value) => isIP(value) !== 0 && list.check(value, isIP(value) === 6 ? 'ipv6' : 'ipv4');
}

function mentions(value: unknown, word: string): boolean {
  if (typeof value === 'string') return value.includes(word);
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => mentions(inner, word));
}

function text(name: string, given: unknown): string {
  if (typeof given !== 'string') throw invalid(name, 'has a comparison without the text to compare with');
  return given;
}

const invalid = (name: string, why: string) =>
  new Problem('invalid-filter', `the filter \`${name}\` ${why}`, { next: 'Correct the filter and ask again.' });
