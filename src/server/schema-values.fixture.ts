import * as fc from 'fast-check';

/** A JSON schema, as far as the OpenAPI document uses it. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const ITEMS_MAX = 3;

/** What is not what a schema wants, and what programs stumble over. */
const wrong: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    '',
    '\0',
    '\ud800',
    '..',
    '%',
    -1,
    1e308,
    'x'.repeat(5000),
    [[[]]],
    { toString: 1 },
    { constructor: null },
  ),
);

/** Values of a schema; now and then, in one place or another, something else. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: right(schema) }, { weight: 1, arbitrary: wrong });
}

function right(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  switch (schema.type) {
    case 'string':
      return schema.pattern === undefined
        ? fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 50, 50) })
        : fc.stringMatching(new RegExp(schema.pattern, 'u'));
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), {
        minLength: Math.min(schema.minItems ?? 0, ITEMS_MAX),
        maxLength: Math.min(schema.maxItems ?? ITEMS_MAX, ITEMS_MAX),
      });
    case 'object':
      return objectsOf(schema);
    default:
      return fc.jsonValue();
  }
}

function objectsOf({ properties = {}, patternProperties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const named = Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, valuesOf(member)]));
  const fixed = fc.record(named, { requiredKeys: required.filter((name) => Object.hasOwn(named, name)) });
  const free = Object.entries(patternProperties).map(([pattern, member]) => {
    const key = pattern === '^(.*)$' ? fc.string({ maxLength: 20 }) : fc.stringMatching(new RegExp(pattern, 'u'));
    return fc.dictionary(key, valuesOf(member), { maxKeys: ITEMS_MAX });
  });
  return fc.tuple(fixed, ...free).map((parts) => Object.assign({}, ...parts) as unknown);
}
