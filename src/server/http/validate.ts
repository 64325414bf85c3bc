import { Kind, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, type TypeCheck, type ValueError } from '@sinclair/typebox/compiler';
import { Value } from '@sinclair/typebox/value';
import { brokenRule } from '../../base/checked.js';
import { unkeepableIn } from '../../base/keepable.js';
import { Refusal, shown } from './api-error.js';

/** Which part of a request. Texts of a query and a path are turned into the numbers and lists that their schema wants. */
export type Part = 'body' | 'querystring' | 'params' | 'headers';

const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

/**
 * A part of a request held against its schema: nothing is removed, nothing in a body is turned into something else.
 *
 * @throws Refusal `invalid-field` with the member's name and the rule it breaks.
 */
export function validated(schema: TSchema, part: Part, given: unknown): unknown {
  const value = part === 'body' ? given : Value.Convert(schema, listed(schema, given));
  checkKeepable(value, fieldOf(part, ''));
  const check = compiled.get(schema) ?? TypeCompiler.Compile(schema);
  compiled.set(schema, check);
  if (!check.Check(value)) {
    const error = deepest(check.Errors(value).First());
    throw invalidField(fieldOf(part, error?.path ?? ''), ruleOf(error));
  }
  return value;
}

/** `validated`, as Fastify wants to be told. */
export function validator(schema: TSchema, part: Part) {
  return (data: unknown): { readonly value: unknown } | { readonly error: Error } => {
    try {
      return { value: validated(schema, part, data) };
    } catch (error) {
      return { error: error as Error };
    }
  };
}

/** @throws Refusal `invalid-field` for a value that could not be kept. */
export function checkKeepable(value: unknown, field: string): void {
  const wrong = unkeepableIn(value);
  if (wrong !== undefined) throw invalidField(`${field}${wrong.path}`, wrong.rule);
}

export function invalidField(field: string, rule: string): Refusal {
  return new Refusal(400, 'invalid-field', `\`${shown(field)}\`: ${rule}`, { field: shown(field) });
}

/** One value of a query where a list is wanted is a list of one. */
function listed(schema: TSchema, given: unknown): unknown {
  const properties = schema['properties'] as Record<string, TSchema> | undefined;
  if (properties === undefined || typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const isList = Object.hasOwn(properties, name) && properties[name]?.[Kind] === 'Array';
      return [name, isList && !Array.isArray(value) ? [value] : value];
    }),
  );
}

/** Of a choice, the error inside the choice that got furthest says more than "none of them". */
function deepest(error: ValueError | undefined): ValueError | undefined {
  let best = error;
  for (const choice of error?.errors ?? []) {
    const inner = deepest(choice.First());
    if (inner !== undefined && inner.path.length > (best?.path.length ?? 0)) best = inner;
  }
  return best;
}

function fieldOf(part: Part, path: string): string {
  const names = path
    .split('/')
    .filter((name) => name !== '')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const where = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' }[part];
  return [where, ...names].join('.');
}

function ruleOf(error: ValueError | undefined): string {
  return error === undefined ? 'it is not of the form that is wanted' : brokenRule(error.message, error.schema);
}
