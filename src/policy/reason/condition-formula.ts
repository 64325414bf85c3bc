import type { Condition } from '../document/condition.js';
import { isManyValued } from '../document/many-valued-keys.js';
import { substitute, templateKeys, templateText, type Template, type TemplatePart } from '../document/template.js';
import { holdsWhenAbsent } from '../evaluate/match-condition.js';
import { characterSets, type CharacterSet } from '../pattern/character-set.js';
import { parseIpRange } from '../pattern/ip-range.js';
import { matchTokens } from '../pattern/match-tokens.js';
import { comparisonRange, parseNumber, parseTime } from '../pattern/ordered-value.js';
import { arnGlob, glob, literal, type TokenPattern } from '../pattern/token-pattern.js';
import { always, and, never, not, or, type Formula } from './formula.js';
import { PRINCIPAL, principalKeyPatterns, type PrincipalKey } from './principal-dimension.js';
import type { Predicate, Space } from './space.js';

/** The values of policy variables that a question takes as given, by key in lower case; `null`: the key is absent. */
export type Bindings = ReadonlyMap<string, string | null>;

/**
 * A condition as a formula: the same meaning as `matchCondition` gives it on one request, over all requests at once.
 *
 * A value with a variable that has no binding is known only between bounds: it matches at least nothing, and at most
 * whatever the same text with `*` in the variable's place does.
 */
export function conditionFormula(space: Space, condition: Condition, bindings: Bindings): Formula {
  const exact: Template[] = [];
  const open: Template[] = [];
  for (const template of condition.values) {
    const known = bind(template, bindings);
    if (known === undefined) continue;
    if (templateKeys(known).length === 0) exact.push(known);
    else open.push(known);
  }
  const lower = formulaOf(space, condition, exact);
  if (open.length === 0) return lower;
  const upper = formulaOf(space, condition, [...exact, ...open.map(widened)], true);
  const reason = `\`${templateText(open[0] ?? [])}\` depends on the request`;
  return condition.operator.negated
    ? { kind: 'between', lower: upper, upper: lower, reason }
    : { kind: 'between', lower, upper, reason };
}

/** The template with bound variables filled in; `undefined` when one is bound to be absent. */
export function bind(template: Template, bindings: Bindings): Template | undefined {
  const isAbsent = (part: TemplatePart): boolean =>
    part.kind === 'variable' && part.fallback === undefined && bindings.get(part.key) === null;
  if (template.some(isAbsent)) return undefined;
  return template.map((part) => {
    if (part.kind !== 'variable') return part;
    const value = bindings.get(part.key);
    if (value === null) return { kind: 'literal', text: part.fallback ?? '' };
    return value === undefined ? part : { kind: 'literal', text: value };
  });
}

/** The template with `*` for every variable: what it can match at most. */
export function widened(template: Template): Template {
  return template.map((part) => (part.kind === 'variable' ? { kind: 'text', text: '*' } : part));
}

function formulaOf(space: Space, condition: Condition, values: readonly Template[], widen = false): Formula {
  const principalKey = principalKeyPatterns(condition.key);
  if (principalKey !== undefined) return onPrincipal(space, condition, principalKey, values, widen);
  const many = isManyValued(condition.key, condition.quantifier !== undefined) || space.isMany(condition.key);
  if (condition.operator.family === 'null') return nullFormula(space, condition, many);
  const predicates = values.flatMap((value) => predicateOf(condition, value, widen));
  return many ? onMany(space, condition, predicates) : onOne(space, condition, predicates);
}

function onOne(space: Space, condition: Condition, predicates: readonly Predicate[]): Formula {
  const { family, negated } = condition.operator;
  const kind = family === 'ip' ? 'address' : family === 'numeric' || family === 'date' ? 'number' : 'text';
  return space.test(condition.key, { kind }, predicates, { negated, whenAbsent: holdsWhenAbsent(condition) });
}

/** Without a quantifier AWS does not say what several values mean: known only for at most one. */
function onMany(space: Space, condition: Condition, predicates: readonly Predicate[]): Formula {
  const { negated } = condition.operator;
  const { key, quantifier } = condition;
  if (predicates.some(({ kind }) => kind !== 'text')) {
    const reason = `\`${condition.keyName}\` holds several values that are compared as numbers or addresses`;
    return { kind: 'between', lower: never, upper: always, reason };
  }
  const absent = space.elements(key, [], { quantifier: 'every' });
  const withAbsence = (formula: Formula): Formula =>
    holdsWhenAbsent(condition) ? or([absent, formula]) : and([not(absent), formula]);
  if (quantifier === 'ForAllValues') return space.elements(key, predicates, { negated, quantifier: 'every' });
  const some = space.elements(key, predicates, { negated, quantifier: 'some' });
  if (quantifier === 'ForAnyValue') return withAbsence(some);
  const reason = `\`${condition.operatorName}\` on \`${condition.keyName}\`, which can hold several values, is not specified`;
  return { kind: 'between', lower: holdsWhenAbsent(condition) ? absent : never, upper: withAbsence(some), reason };
}

function nullFormula(space: Space, condition: Condition, many: boolean): Formula {
  const wanted = new Set(condition.values.map((value) => /^true$/i.test(templateText(value))));
  if (wanted.size === 2) return always;
  if (wanted.size === 0) return never;
  const absent = wanted.has(true);
  if (many) {
    const none = space.elements(condition.key, [], { quantifier: 'every' });
    return absent ? none : not(none);
  }
  const kind = space.dimensions.get(condition.key)?.kind ?? 'text';
  return space.test(condition.key, { kind }, [], { negated: !absent, whenAbsent: absent });
}

function onPrincipal(
  space: Space,
  condition: Condition,
  key: PrincipalKey,
  values: readonly Template[],
  widen: boolean,
): Formula {
  const among = (patterns: readonly TokenPattern[]): Formula =>
    space.test(
      PRINCIPAL,
      { kind: 'text', optional: false },
      patterns.map((pattern) => ({ kind: 'text', pattern })),
    );
  const present = among(key.present);
  if (condition.operator.family === 'null') {
    return or(values.map((value) => (/^true$/i.test(templateText(value)) ? not(present) : present)));
  }
  const having = among(
    values.flatMap((value) =>
      key.having({
        tokens: (set) => tokensOf(condition, value, widen, set),
        accepts: (text) => matchTokens(tokensOf(condition, value, widen, characterSets.any), text),
      }),
    ),
  );
  const matched = condition.operator.negated ? and([present, not(having)]) : having;
  return holdsWhenAbsent(condition) ? or([not(present), matched]) : matched;
}

function predicateOf(condition: Condition, value: Template, widen: boolean): Predicate[] {
  const text = templateText(value);
  const { family, comparison } = condition.operator;
  if (family === 'ip') {
    const range = parseIpRange(text);
    return range === undefined ? [] : [{ kind: 'address', range }];
  }
  if (family === 'numeric' || family === 'date') {
    const limit = family === 'date' ? parseTime(text) : parseNumber(text);
    return limit === undefined ? [] : [{ kind: 'number', range: comparisonRange(comparison, limit) }];
  }
  return [{ kind: 'text', pattern: tokensOf(condition, value, widen, characterSets.any) }];
}

/** A value of a text operator as tokens. `widen`: the value holds `*` in place of variables, whatever the operator. */
function tokensOf({ operator }: Condition, value: Template, widen: boolean, set: CharacterSet): TokenPattern {
  if (operator.family === 'arn') return arnGlob(value, set);
  if (operator.wildcards || (widen && value.some(({ kind }) => kind === 'text'))) {
    return glob(operator.wildcards ? value : asLiteral(value), { ignoreCase: operator.ignoreCase, set });
  }
  const text =
    substitute(value, () => undefined)
      ?.map((part) => ('text' in part ? part.text : ''))
      .join('') ?? '';
  return literal(text, operator.ignoreCase);
}

/** Of an operator without wildcards only the `*` that stands for a variable is one. */
function asLiteral(value: Template): Template {
  return value.map((part) => (part.kind === 'text' && part.text !== '*' ? { kind: 'literal', text: part.text } : part));
}
