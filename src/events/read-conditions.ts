import { parseRange } from './address.js';
import { foldCase, type Bound, type Condition, type TextTest } from './condition.js';
import type { Node } from './located-json.js';
import type { PatternError, PatternLimits } from './pattern.js';

type ArrayNode = Extract<Node, { kind: 'array' }>;
type Limits = Pick<PatternLimits, 'starsMax'>;

/** A mistake in a pattern, at a node of it. */
export class PatternMistake extends Error {
  readonly code: PatternError['code'];
  readonly node: Node;
  constructor(code: PatternError['code'], node: Node, message: string) {
    super(message);
    this.code = code;
    this.node = node;
  }
}

/** The conditions of a leaf. Source: EventBridge user guide, "Creating event patterns" and its operators. */
export function readConditions(leaf: ArrayNode, limits: Limits): Condition[] {
  if (leaf.items.length === 0) throw new PatternMistake('structure', leaf, 'an array must not be empty');
  return leaf.items.map((item) => condition(item, limits));
}

function condition(item: Node, limits: Limits): Condition {
  if (item.kind === 'scalar') return { kind: 'equals', value: scalar(item) };
  if (item.kind === 'array')
    throw new PatternMistake('structure', item, 'an array must hold values and operators, not arrays');
  const [first, second] = item.members;
  if (first === undefined || second !== undefined) {
    throw new PatternMistake('operator', item, `an operator is an object with one member, not ${item.members.length}`);
  }
  const read = Object.hasOwn(operators, first.name) ? operators[first.name] : undefined;
  if (read === undefined) {
    const known = Object.keys(operators).join(', ');
    throw new PatternMistake('operator', item, `\`${first.name}\` is not an operator; there are ${known}`);
  }
  return read(first.value, limits);
}

/** A double cannot tell 9007199254740993 from …992: such a number would match what it must not. */
function scalar(node: Extract<Node, { kind: 'scalar' }>): string | number | boolean | null {
  if (typeof node.value === 'number') number(node);
  return node.value;
}

function number(node: Node): number {
  if (node.kind !== 'scalar' || typeof node.value !== 'number')
    throw new PatternMistake('operator', node, 'it must be a number');
  if (!Number.isFinite(node.value) || (/^-?\d+$/.test(node.literal) && !Number.isSafeInteger(node.value))) {
    throw new PatternMistake('limit', node, `\`${node.literal}\` is a number that cannot be compared exactly`);
  }
  return node.value;
}

function text(node: Node): string {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
  throw new PatternMistake('operator', node, 'it must be a text');
}

type Read = (value: Node, limits: Limits) => Condition;

const operators: Readonly<Record<string, Read>> = {
  exactly: (value) => ({ kind: 'equals', value: text(value) }),
  prefix: (value) => affix(value, 'prefix'),
  suffix: (value) => affix(value, 'suffix'),
  'equals-ignore-case': (value) => ({ kind: 'equalsIgnoreCase', text: foldCase(text(value)) }),
  wildcard,
  'anything-but': anythingBut,
  numeric,
  cidr(value) {
    const range = parseRange(text(value));
    if (range === undefined)
      throw new PatternMistake('operator', value, `\`${text(value)}\` is not a network such as 10.0.0.0/24`);
    return { kind: 'cidr', range };
  },
  exists(value) {
    if (value.kind === 'scalar' && typeof value.value === 'boolean') return { kind: 'exists', exists: value.value };
    throw new PatternMistake('operator', value, 'it must be true or false');
  },
};

function affix(value: Node, kind: 'prefix' | 'suffix'): TextTest {
  if (value.kind !== 'object') return { kind, text: text(value) };
  const [only, more] = value.members;
  if (only?.name !== 'equals-ignore-case' || more !== undefined) {
    throw new PatternMistake('operator', value, `it must be a text or {"equals-ignore-case": text}`);
  }
  return { kind: `${kind}IgnoreCase`, text: foldCase(text(only.value)) };
}

function wildcard(value: Node, { starsMax }: Limits): Extract<TextTest, { kind: 'wildcard' }> {
  const given = text(value);
  const parts: string[] = [''];
  let star = false;
  for (let at = 0; at < given.length; at++) {
    let char = given[at] ?? '';
    if (char === '*') {
      if (star) throw new PatternMistake('operator', value, 'two stars must not follow each other');
      star = true;
      parts.push('');
      continue;
    }
    if (char === '\\') {
      at += 1;
      char = given[at] ?? '';
      if (char !== '*' && char !== '\\')
        throw new PatternMistake('operator', value, '`\\` must be followed by `*` or `\\`');
    }
    star = false;
    parts[parts.length - 1] += char;
  }
  if (parts.length - 1 > starsMax)
    throw new PatternMistake('limit', value, `it has ${parts.length - 1} stars; at most ${starsMax} are taken`);
  return { kind: 'wildcard', parts };
}

function anythingBut(value: Node, limits: Limits): Condition {
  if (value.kind !== 'object') return { kind: 'not', values: excluded(value) };
  const [only, more] = value.members;
  const name = only?.name ?? '';
  if (
    only === undefined ||
    more !== undefined ||
    !['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)
  ) {
    throw new PatternMistake(
      'operator',
      value,
      'it must be values, or one of prefix, suffix, equals-ignore-case, wildcard',
    );
  }
  const given = only.value.kind === 'array' ? only.value.items : [only.value];
  if (given.length === 0) throw new PatternMistake('operator', only.value, 'a list must not be empty');
  const tests = given.map((each): TextTest => {
    if ((name === 'prefix' || name === 'suffix') && each.kind === 'scalar' && each.value === '') {
      throw new PatternMistake('operator', each, `an empty ${name} is that of every text`);
    }
    return operators[name]?.(each, limits) as TextTest;
  });
  return { kind: 'notText', tests };
}

/** All texts or all numbers. */
function excluded(value: Node): (string | number)[] {
  const given = value.kind === 'array' ? value.items : [value];
  if (given.length === 0) throw new PatternMistake('operator', value, 'a list must not be empty');
  const numbers = given.every((each) => each.kind === 'scalar' && typeof each.value === 'number');
  const texts = given.every((each) => each.kind === 'scalar' && typeof each.value === 'string');
  if (numbers) return given.map(number);
  if (texts) return given.map(text);
  throw new PatternMistake('operator', value, 'it must be texts only or numbers only');
}

function numeric(value: Node): Condition {
  if (value.kind !== 'array')
    throw new PatternMistake('operator', value, 'it must be an array such as [">", 0, "<=", 5]');
  const { items } = value;
  if (items.length !== 2 && items.length !== 4) {
    throw new PatternMistake('operator', value, 'it must have one comparison or two: [">", 0, "<=", 5]');
  }
  const first = comparison(items[0] as Node, items[1] as Node);
  if (items.length === 2) {
    if (first.sign === '=') {
      const bound = { value: first.bound.value, inclusive: true };
      return { kind: 'numeric', lower: bound, upper: bound };
    }
    return first.sign.startsWith('>')
      ? { kind: 'numeric', lower: first.bound }
      : { kind: 'numeric', upper: first.bound };
  }
  const second = comparison(items[2] as Node, items[3] as Node);
  if (!first.sign.startsWith('>') || !second.sign.startsWith('<')) {
    throw new PatternMistake(
      'operator',
      value,
      'a range must give its lower bound first (> or >=) and then its upper (< or <=)',
    );
  }
  if (first.bound.value >= second.bound.value)
    throw new PatternMistake('operator', value, 'its lower bound must be below its upper');
  return { kind: 'numeric', lower: first.bound, upper: second.bound };
}

function comparison(sign: Node, value: Node): { sign: string; bound: Bound } {
  const given = text(sign);
  if (!['<', '<=', '=', '>', '>='].includes(given))
    throw new PatternMistake('operator', sign, `\`${given}\` is not one of <, <=, =, >, >=`);
  return { sign: given, bound: { value: number(value), inclusive: given.endsWith('=') } };
}
