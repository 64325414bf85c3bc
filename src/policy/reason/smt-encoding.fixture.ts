import type { AccessRequest } from '../evaluate/access-request.js';
import { characterSets, type CharacterSet } from '../pattern/character-set.js';
import { parseIp } from '../pattern/ip-range.js';
import type { Range } from '../pattern/ordered-value.js';
import type { Token, TokenPattern } from '../pattern/token-pattern.js';
import type { Formula } from './formula.js';
import { PRINCIPAL, principalText } from './principal-dimension.js';
import type { DimensionDeclaration, DimensionKind, Predicate, Space } from './space.js';
import { ACTION, RESOURCE } from './statement-formula.js';

/**
 * A bounded formula as a script of SMT-LIB 2: the same question for a solver that shares neither code nor method with
 * this room. Texts are strings with regular expressions, numbers reals, addresses a bit vector for each family,
 * presence a Boolean. A many-valued key has one slot for each different "some element…" that is asked of it: every
 * model of more elements stays one when the others are left out.
 *
 * Source: "The SMT-LIB Standard", version 2.6; its theory of Unicode strings.
 * @param witness a request to put in the place of the variables: the script then only asks whether it satisfies.
 */
export function smtScript(space: Space, formula: Formula, witness?: AccessRequest): string {
  const slots = slotsOf(formula);
  const variables = new Map<string, string[]>();
  const lines: string[] = [];
  [...space.dimensions.values()].forEach((declared, index) => {
    const values = witness === undefined ? undefined : valuesOf(witness, declared.name);
    const count = declared.many ? Math.max(1, slots.get(declared.name)?.size ?? 0, values?.length ?? 0) : 1;
    const names = Array.from({ length: count }, (_, slot) => `v${index}_${slot}`);
    variables.set(declared.name, names);
    names.forEach((name, slot) => {
      if (values === undefined) lines.push(...declarations(name, declared));
      else lines.push(...definitions(name, declared, values[slot]));
    });
  });
  const text = assertion(formula, (name) => {
    const declared = space.dimensions.get(name);
    if (declared === undefined) throw new Error(`the dimension \`${name}\` was not declared`);
    return { declared, variables: variables.get(name) ?? [], isGiven: witness !== undefined };
  });
  return [...lines, `(assert ${text})`, ''].join('\n');
}

/** The line of addresses holds IPv4 below 2^32 and IPv6 from here on. */
const IPV6_START = 1n << 64n;

type Lookup = (dimension: string) => {
  readonly declared: DimensionDeclaration;
  readonly variables: readonly string[];
  /** Whether the script holds a value for it. */
  readonly isGiven: boolean;
};

/** The different tests "some element…" of each many-valued dimension. */
function slotsOf(formula: Formula, found = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (formula.kind === 'and' || formula.kind === 'or') for (const part of formula.parts) slotsOf(part, found);
  if (formula.kind === 'elements' && formula.quantifier === 'some') {
    const tests = found.get(formula.dimension) ?? new Set();
    found.set(
      formula.dimension,
      tests.add(`${formula.negated} ${[...formula.predicates].sort((a, b) => a - b).join()}`),
    );
  }
  return found;
}

function valuesOf(request: AccessRequest, dimension: string): readonly string[] {
  switch (dimension) {
    case PRINCIPAL:
      return [principalText(request.principal)];
    case ACTION:
      return [request.action];
    case RESOURCE:
      return [request.resource];
    default:
      return request.context.get(dimension) ?? [];
  }
}

function declarations(name: string, { kind, optional }: DimensionDeclaration): string[] {
  return [
    ...(optional ? [`(declare-const ${name}_present Bool)`] : []),
    ...sorts(name, kind).map(([constant, sort]) => `(declare-const ${constant} ${sort})`),
  ];
}

function sorts(name: string, kind: DimensionKind): [name: string, sort: string][] {
  if (kind === 'text') return [[name, 'String']];
  if (kind === 'number') return [[name, 'Real']];
  return [
    [`${name}_is6`, 'Bool'],
    [`${name}_4`, '(_ BitVec 32)'],
    [`${name}_6`, '(_ BitVec 128)'],
  ];
}

function definitions(name: string, { kind, optional }: DimensionDeclaration, value: string | undefined): string[] {
  const present = optional ? [`(define-const ${name}_present Bool ${value !== undefined})`] : [];
  const terms = termsOf(kind, value);
  return [
    ...present,
    ...sorts(name, kind).map(([constant, sort], index) => `(define-const ${constant} ${sort} ${terms[index]})`),
  ];
}

function termsOf(kind: DimensionKind, value: string | undefined): string[] {
  if (kind === 'text') return [stringLiteral(value ?? '')];
  if (kind === 'number') return [real(value === undefined ? 0 : Number(value))];
  const place = value === undefined ? 0n : (parseIp(value) ?? 0n);
  const isIpv6 = place >= IPV6_START;
  return [String(isIpv6), `(_ bv${isIpv6 ? 0n : place} 32)`, `(_ bv${isIpv6 ? place - IPV6_START : 0n} 128)`];
}

function assertion(formula: Formula, lookup: Lookup): string {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return connective(formula, lookup);
    case 'between':
      throw new Error('a formula must be bounded before it is encoded');
    case 'test': {
      const { declared, variables } = lookup(formula.dimension);
      return singleTest(variables[0] ?? '', declared, formula.whenAbsent, valueTest(declared, formula));
    }
    case 'elements': {
      const { declared, variables } = lookup(formula.dimension);
      const test = valueTest(declared, formula);
      const each = variables.map((name) =>
        formula.quantifier === 'some'
          ? `(and ${name}_present ${holds(name, test)})`
          : `(=> ${name}_present ${holds(name, test)})`,
      );
      return joined(formula.quantifier === 'some' ? 'or' : 'and', each);
    }
  }
}

/**
 * Tests on the same text are made one regular expression: z3 is many times slower at finding a text with one membership
 * for each. To judge a text that is given it is the other way round.
 */
function connective(formula: Formula & { kind: 'and' | 'or' }, lookup: Lookup): string {
  const parts: string[] = [];
  const texts = new Map<string, (Formula & { kind: 'test' })[]>();
  for (const part of formula.parts) {
    if (part.kind !== 'test' || lookup(part.dimension).isGiven || lookup(part.dimension).declared.kind !== 'text')
      parts.push(assertion(part, lookup));
    else {
      const key = `${part.whenAbsent} ${part.dimension}`;
      texts.set(key, [...(texts.get(key) ?? []), part]);
    }
  }
  for (const tests of texts.values()) {
    const [first] = tests;
    if (first === undefined) continue;
    const { declared, variables } = lookup(first.dimension);
    const expressions = tests.map((test) => textExpression(declared, test));
    const expression = combined(formula.kind === 'and' ? 're.inter' : 're.union', expressions);
    parts.push(singleTest(variables[0] ?? '', declared, first.whenAbsent, { kind: 'text', expression }));
  }
  return joined(formula.kind, parts);
}

function singleTest(name: string, { optional }: DimensionDeclaration, whenAbsent: boolean, test: ValueTest): string {
  if (!optional) return holds(name, test);
  return whenAbsent ? `(or (not ${name}_present) ${holds(name, test)})` : `(and ${name}_present ${holds(name, test)})`;
}

/** What is asked of a value: texts by one regular expression, the others by their ranges. */
type ValueTest =
  | { readonly kind: 'text'; readonly expression: string }
  | { readonly kind: 'ranges'; readonly predicates: readonly Predicate[]; readonly negated: boolean };

interface Asked {
  readonly predicates: readonly number[];
  readonly negated: boolean;
}

function valueTest(declared: DimensionDeclaration, asked: Asked): ValueTest {
  if (declared.kind === 'text') return { kind: 'text', expression: textExpression(declared, asked) };
  return { kind: 'ranges', predicates: predicatesOf(declared, asked), negated: asked.negated };
}

function predicatesOf(declared: DimensionDeclaration, { predicates }: Asked): Predicate[] {
  return predicates.map((id) => {
    const predicate = declared.predicates[id];
    if (predicate === undefined) throw new RangeError(`\`${declared.name}\` has no predicate ${id}`);
    return predicate;
  });
}

function textExpression(declared: DimensionDeclaration, asked: Asked): string {
  const patterns = predicatesOf(declared, asked).flatMap((one) => (one.kind === 'text' ? [one.pattern] : []));
  const union = combined('re.union', patterns.map(regularExpression));
  return asked.negated ? `(re.comp ${union})` : union;
}

function holds(name: string, test: ValueTest): string {
  if (test.kind === 'text') return `(str.in_re ${name} ${test.expression})`;
  const some = joined(
    'or',
    test.predicates.map((one) => rangeTest(name, one)),
  );
  return test.negated ? `(not ${some})` : some;
}

function rangeTest(name: string, predicate: Predicate): string {
  if (predicate.kind === 'text') throw new Error('a text has no range');
  return predicate.kind === 'number' ? numberTest(name, predicate.range) : addressTest(name, predicate.range);
}

function combined(operator: 're.union' | 're.inter', expressions: readonly string[]): string {
  if (expressions.length === 0) return operator === 're.union' ? 're.none' : 're.all';
  return expressions.length === 1 ? (expressions[0] ?? '') : `(${operator} ${expressions.join(' ')})`;
}

function joined(operator: 'and' | 'or', parts: readonly string[]): string {
  const [only] = parts;
  if (only === undefined) return operator === 'and' ? 'true' : 'false';
  return parts.length === 1 ? only : `(${operator} ${parts.join(' ')})`;
}

function numberTest(name: string, { low, lowOpen, high, highOpen }: Range<number>): string {
  const ends: string[] = [];
  if (Number.isFinite(low)) ends.push(`(${lowOpen ? '>' : '>='} ${name} ${real(low)})`);
  if (Number.isFinite(high)) ends.push(`(${highOpen ? '<' : '<='} ${name} ${real(high)})`);
  return joined('and', ends);
}

/** A number exactly: every finite double is an integer over a power of two. */
function real(value: number): string {
  if (value < 0) return `(- ${real(-value)})`;
  let numerator = value;
  let denominator = 1n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return denominator === 1n ? `${BigInt(numerator)}.0` : `(/ ${BigInt(numerator)}.0 ${denominator}.0)`;
}

function addressTest(name: string, { low, high }: Range<bigint>): string {
  const isIpv6 = low >= IPV6_START;
  const [variable, width, base] = isIpv6 ? [`${name}_6`, 128, IPV6_START] : [`${name}_4`, 32, 0n];
  const family = isIpv6 ? `${name}_is6` : `(not ${name}_is6)`;
  const constant = (place: bigint): string => `(_ bv${place - base} ${width})`;
  return `(and ${family} (bvuge ${variable} ${constant(low)}) (bvule ${variable} ${constant(high)}))`;
}

function regularExpression(pattern: TokenPattern): string {
  const parts: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push(`(str.to_re ${stringLiteral(text)})`);
    text = '';
  };
  for (const token of pattern) {
    if (token.kind === 'character' && token.other === undefined) text += token.character;
    else {
      flush();
      parts.push(tokenExpression(token));
    }
  }
  flush();
  if (parts.length === 0) return '(str.to_re "")';
  return parts.length === 1 ? (parts[0] ?? '') : `(re.++ ${parts.join(' ')})`;
}

function tokenExpression(token: Token): string {
  if (token.kind === 'character') {
    const either = [token.character, token.other ?? token.character];
    return `(re.union ${either.map((one) => `(str.to_re ${stringLiteral(one)})`).join(' ')})`;
  }
  if (token.set.id === characterSets.any.id) return token.kind === 'one' ? 're.allchar' : 're.all';
  const one = setExpression(token.set);
  return token.kind === 'one' ? one : `(re.* ${one})`;
}

const CODE_LAST = 0xffff;
/** The last character of SMT-LIB's strings. */
const SMT_LAST = 0x2ffff;
const setExpressions = new Map<number, string>();

/** A set as ranges, found by asking it of every character: nothing is taken from how the room samples it. */
function setExpression(set: CharacterSet): string {
  const known = setExpressions.get(set.id);
  if (known !== undefined) return known;
  const ranges: string[] = [];
  let start: number | undefined;
  for (let code = 0; code <= CODE_LAST + 1; code++) {
    const isIn = code <= CODE_LAST && set.has(String.fromCharCode(code));
    if (isIn) start ??= code;
    else if (start !== undefined) {
      ranges.push(`(re.range ${codeLiteral(start)} ${codeLiteral(code > CODE_LAST ? SMT_LAST : code - 1)})`);
      start = undefined;
    }
  }
  const made = ranges.length === 1 ? (ranges[0] ?? '') : `(re.union ${ranges.join(' ')})`;
  setExpressions.set(set.id, made);
  return made;
}

function stringLiteral(text: string): string {
  const escaped = text
    .split('')
    .map((one) => (one === '"' ? '""' : /[ -[\]-~]/.test(one) ? one : `\\u{${one.charCodeAt(0).toString(16)}}`));
  return `"${escaped.join('')}"`;
}

function codeLiteral(code: number): string {
  return `"\\u{${code.toString(16)}}"`;
}
