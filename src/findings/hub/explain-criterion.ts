import type {
  DateFilter,
  IpFilter,
  KeywordFilter,
  MapFilter,
  NumberFilter,
  StringFilter,
} from '@aws-sdk/client-securityhub';
import type { Stored } from '../../base/json.js';
import { attributes, isAttribute, valuesAt, type AttributeKind } from './finding-attributes.js';
import type { AsffFinding } from './finding-hub.js';

/** A criterion of an automation rule, held against a finding that does not fulfil it. */
export interface CriterionExplanation {
  /** Its name: `SeverityLabel`. */
  readonly criterion: string;
  /** The member of findings that it looks at: `Severity.Label`. */
  readonly field: string;
  /** Its comparisons, as the rule has them. */
  readonly wanted: readonly unknown[];
  /** What the finding has there; of maps the values under the keys that are asked for. */
  readonly actual: readonly unknown[];
  /** All of it in words: `SeverityLabel: "LOW" is not EQUALS "HIGH"`. */
  readonly why: string;
}

const SHOWN_MAX = 5;
const TEXT_MAX = 100;

/** Why a finding does not fulfil a criterion. O(comparisons + values). */
export function explainCriterion(
  criterion: string,
  wanted: readonly unknown[],
  finding: AsffFinding,
): CriterionExplanation {
  if (!isAttribute(criterion)) {
    return { criterion, field: '', wanted, actual: [], why: `${criterion}: there is no such criterion any more` };
  }
  const { kind, path } = attributes[criterion];
  const actual = actualAt(finding, kind, path, wanted);
  const shown = [...actual.slice(0, SHOWN_MAX).map(quoted), ...more(actual.length)].join(', ');
  const why = `${criterion}: ${actual.length === 0 ? 'nothing' : shown} is not ${wordsOf(kind, wanted)}`;
  return { criterion, field: path, wanted, actual: actual.slice(0, SHOWN_MAX), why };
}

function actualAt(finding: AsffFinding, kind: AttributeKind, path: string, wanted: readonly unknown[]): unknown[] {
  if (kind === 'keyword') return [];
  const values = valuesAt(finding, path);
  if (kind !== 'map') return values;
  const keys = new Set((wanted as readonly MapFilter[]).map(({ Key = '' }) => Key));
  const asked = (map: object) => Object.fromEntries(Object.entries(map).filter(([key]) => keys.has(key)));
  return values.map((map) => asked(map as object)).filter((map) => Object.keys(map).length > 0);
}

/** What is wanted: comparisons that include are alternatives, and all that exclude must hold. */
function wordsOf(kind: AttributeKind, wanted: readonly unknown[]): string {
  const said = wanted.map((each) => ({
    excludes: ((each as StringFilter).Comparison ?? '').includes('NOT'),
    words: filterWords[kind](each as never),
  }));
  const of = (excludes: boolean) => said.filter((each) => each.excludes === excludes).map(({ words }) => words);
  const includes = of(false);
  const alternatives = [...includes.slice(0, SHOWN_MAX), ...more(includes.length)].join(' or ');
  return [...(alternatives === '' ? [] : [alternatives]), ...of(true).slice(0, SHOWN_MAX)].join(' and ');
}

/** One comparison in words. The compiler refuses a kind that is left out. */
const filterWords: { readonly [Kind in AttributeKind]: (filter: never) => string } = {
  text: ({ Comparison = 'EQUALS', Value }: StringFilter) => `${Comparison} ${quoted(Value)}`,
  map: ({ Key, Comparison = 'EQUALS', Value }: MapFilter) => `${quoted(Key)} ${Comparison} ${quoted(Value)}`,
  number: ({ Eq, Gt, Gte, Lt, Lte }: NumberFilter) =>
    Object.entries({ '=': Eq, '>': Gt, '>=': Gte, '<': Lt, '<=': Lte })
      .filter(([, bound]) => bound !== undefined)
      .map(([sign, bound]) => `${sign} ${bound}`)
      .join(' and '),
  date: ({ Start, End, DateRange }: Stored<DateFilter>) =>
    DateRange?.Value === undefined
      ? `from ${Start ?? 'ever'} to ${End ?? 'ever'}`
      : `${DateRange.Comparison ?? 'WITHIN'} ${DateRange.Value} days`,
  address: ({ Cidr }: IpFilter) => `in ${Cidr}`,
  keyword: ({ Value }: KeywordFilter) => `a text with ${quoted(Value)}`,
  boolean: ({ Value }: { Value?: boolean }) => String(Value),
};

function more(count: number): readonly string[] {
  return count > SHOWN_MAX ? [`${count - SHOWN_MAX} more`] : [];
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`;
}
