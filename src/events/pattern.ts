import type { Field } from './condition.js';
import { PatternMistake, readConditions } from './read-conditions.js';
import { parseJson, type Member, type Node } from './located-json.js';

/** Limits of a pattern; EventBridge's own unless told. Source: EventBridge user guide, quotas. */
export interface PatternLimits {
  /** Characters of the pattern's text, without white space. */
  readonly charactersMax: number;
  /** Alternatives that `$or` multiplies out to. AWS documents 1,000. */
  readonly alternativesMax: number;
  /** Stars of one wildcard; more make a pattern too complex for the service. */
  readonly starsMax: number;
  readonly depthMax: number;
}

export const defaultLimits: PatternLimits = { charactersMax: 2048, alternativesMax: 1000, starsMax: 16, depthMax: 64 };

/** A checked pattern: it matches an event when all fields of one of its alternatives do. */
export interface EventPattern {
  readonly alternatives: readonly (readonly Field[])[];
}

/** What is wrong with a pattern, and where. */
export interface PatternError {
  readonly code: 'json' | 'structure' | 'operator' | 'limit';
  /** The mistake, with what was expected, in a sentence that begins with the place. */
  readonly message: string;
  /** The JSON path of the mistake: `detail.state[0]`. Empty for the pattern as a whole. */
  readonly path: string;
  /** Of a pattern given as text; from 1. */
  readonly line?: number;
  readonly column?: number;
}

export type ParsedPattern = { readonly pattern: EventPattern } | { readonly error: PatternError };

/** Names that make an object in a leaf an operator, and that `$or` may not have beside it: event-ruler's reserved words. */
const RESERVED = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard ' +
    'not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ' +
    'ip-address-in-range ip-address-not-in-range'
  ).split(' '),
);

/**
 * Reads an event pattern, from its JSON text or from a value. O(pattern), and the product of its `$or`s, which is limited:
 * a pattern that would multiply out to more is refused, never expanded.
 *
 * A field named twice keeps its last conditions, as in the service.
 */
export function parsePattern(given: unknown, limits: Partial<PatternLimits> = {}): ParsedPattern {
  const all = { ...defaultLimits, ...limits };
  const read = typeof given === 'string' ? parseJson(given) : parseJson(JSON.stringify(given) ?? 'undefined');
  const isText = typeof given === 'string';
  if ('mistake' in read) return { error: located({ code: 'json', path: '', ...read.mistake }, isText) };
  try {
    if (read.length > all.charactersMax) {
      throw new PatternMistake(
        'limit',
        read.root,
        `it has ${read.length} characters; at most ${all.charactersMax} are taken`,
      );
    }
    return { pattern: { alternatives: expand(read.root, [], all) } };
  } catch (mistake) {
    if (!(mistake instanceof PatternMistake)) throw mistake;
    const { line, column, path } = mistake.node;
    return { error: located({ code: mistake.code, path, line, column, message: mistake.message }, isText) };
  }
}

function located(error: PatternError, isText: boolean): PatternError {
  const { line, column, ...rest } = error;
  const place = error.path === '' ? 'the pattern' : error.path;
  const at = isText && line !== undefined ? ` (line ${line}, column ${column})` : '';
  const message = `${place}${at}: ${error.message}`;
  return isText && line !== undefined && column !== undefined
    ? { ...rest, message, line, column }
    : { ...rest, message };
}

type Alternatives = readonly (readonly Field[])[];

/** The alternatives of an object: the product of its members', where `$or` is the sum of its objects'. */
function expand(node: Node, path: readonly string[], limits: PatternLimits): Alternatives {
  if (node.kind !== 'object')
    throw new PatternMistake('structure', node, `it must be an object or an array, not ${describe(node)}`);
  if (path.length >= limits.depthMax)
    throw new PatternMistake('limit', node, `it is more than ${limits.depthMax} levels deep`);
  if (node.members.length === 0) throw new PatternMistake('structure', node, 'an object must not be empty');
  let product: Alternatives = [[]];
  for (const { name, value } of lastOfEach(node.members)) {
    const next = isOr(name, value) ? either(value, path, limits) : member(name, value, path, limits);
    if (product.length * next.length > limits.alternativesMax) {
      throw new PatternMistake(
        'limit',
        value,
        `its $or multiplies out to more than ${limits.alternativesMax} alternatives`,
      );
    }
    product = product.flatMap((left) => next.map((right) => merge(left, right)));
  }
  return product;
}

/** `{"a.b":[1]}` and `{"a":{"b":[1]}}` are the same field. */
function member(name: string, value: Node, path: readonly string[], limits: PatternLimits): Alternatives {
  const inner = [...path, ...name.split('.')];
  if (value.kind !== 'array') return expand(value, inner, limits);
  return [[{ path: inner, conditions: readConditions(value, limits) }]];
}

function isOr(name: string, value: Node): value is Extract<Node, { kind: 'array' }> {
  if (name !== '$or' || value.kind !== 'array' || value.items.length < 2) return false;
  return value.items.every(
    (item) =>
      item.kind === 'object' && item.members.length > 0 && item.members.every((each) => !RESERVED.has(each.name)),
  );
}

function either(
  { items }: Extract<Node, { kind: 'array' }>,
  path: readonly string[],
  limits: PatternLimits,
): Alternatives {
  const sum: (readonly Field[])[] = [];
  for (const item of items) {
    sum.push(...expand(item, path, limits));
    if (sum.length > limits.alternativesMax) {
      throw new PatternMistake(
        'limit',
        item,
        `its $or multiplies out to more than ${limits.alternativesMax} alternatives`,
      );
    }
  }
  return sum;
}

/** A field on both sides has the later one's conditions. */
function merge(left: readonly Field[], right: readonly Field[]): readonly Field[] {
  const named = new Set(right.map(({ path }) => path.join('.')));
  return [...left.filter(({ path }) => !named.has(path.join('.'))), ...right];
}

function lastOfEach(members: readonly Member[]): readonly Member[] {
  const last = new Map(members.map((each) => [each.name, each]));
  return last.size === members.length ? members : [...last.values()];
}

function describe(node: Node): string {
  return node.kind === 'scalar' ? `\`${JSON.stringify(node.value)}\`` : `an ${node.kind}`;
}
