/**
 * The shapes of a service, read from the schemas that every AWS SDK v3 client package exports (`StaticSchema` in
 * `@smithy/types`). A schema is a tuple: its first item says what it is, functions stand for schemas not yet defined,
 * and a number is a simple type.
 */

export type Kind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'blob'
  | 'bigint'
  | 'document'
  | 'unit'
  | 'list'
  | 'map'
  | 'struct'
  | 'union';

export type TimeFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** The traits the SDK keeps, by Smithy's names. */
export interface Traits {
  readonly httpLabel?: 1;
  readonly httpPayload?: 1;
  readonly httpResponseCode?: 1;
  readonly httpQueryParams?: 1;
  readonly idempotencyToken?: 1;
  readonly sensitive?: 1;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly http?: readonly [method: string, uri: string, status: number];
  readonly xmlName?: string;
  readonly xmlFlattened?: 1;
  readonly xmlAttribute?: 1;
  readonly xmlNamespace?: readonly [prefix: string, uri: string];
  readonly ec2QueryName?: string;
  readonly jsonName?: string;
  readonly error?: 'client' | 'server';
  readonly httpError?: number;
  readonly awsQueryError?: readonly [code: string, status: number];
  readonly streaming?: 1;
  readonly mediaType?: string;
  readonly hostLabel?: 1;
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly traits: Traits;
  readonly required: boolean;
}

/** One shape. Members, item, key and value are made on first use: shapes refer to themselves. */
export interface Shape {
  readonly kind: Kind;
  readonly name: string;
  readonly traits: Traits;
  readonly members: readonly Member[];
  readonly item: Member;
  readonly key: Member;
  readonly value: Member;
  readonly format?: TimeFormat;
  readonly streaming?: boolean;
}

/** A schema tuple, or what stands for one. Its items are checked as they are read. */
type Schema = unknown;

/** What the first item of a tuple means (`StaticSchemaId*`). */
const SIMPLE = 0;
const LIST = 1;
const MAP = 2;
const UNION = 4;

const TRAIT_BITS = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
] as const;

/** Traits come as an object, or as a bit vector when they have no values. */
export function traitsOf(traits: unknown): Traits {
  if (traits !== null && typeof traits === 'object') return traits as Traits;
  const bits = Number(traits) | 0;
  return Object.fromEntries(TRAIT_BITS.filter((_, index) => (bits >> index) & 1).map((name) => [name, 1]));
}

const NO_MEMBER: Member = Object.freeze({
  name: '',
  traits: {},
  required: false,
  get shape(): Shape {
    throw new Error('this shape has no such member');
  },
});

function shape(kind: Kind, more: Partial<Shape> = {}): Shape {
  return { kind, name: kind, traits: {}, members: [], item: NO_MEMBER, key: NO_MEMBER, value: NO_MEMBER, ...more };
}

const UNIT = shape('unit');
const LIST_BIT = 64;
const MAP_BIT = 128;
const INNER = 63;

const SIMPLE_SHAPES: Readonly<Record<number, Shape>> = {
  0: shape('string'),
  1: shape('number'),
  2: shape('boolean'),
  4: shape('timestamp'),
  5: shape('timestamp', { format: 'date-time' }),
  6: shape('timestamp', { format: 'http-date' }),
  7: shape('timestamp', { format: 'epoch-seconds' }),
  15: shape('document'),
  17: shape('bigint'),
  19: shape('string'),
  21: shape('blob'),
  42: shape('blob', { streaming: true }),
};

const STRING: Shape = shape('string');

function simpleShape(code: number): Shape {
  const plain = (inner: number, name: string): Member => ({
    name,
    shape: simpleShape(inner),
    traits: {},
    required: true,
  });
  if (code >= MAP_BIT) return shape('map', { key: plain(0, 'key'), value: plain(code & INNER, 'value') });
  if (code >= LIST_BIT) return shape('list', { item: plain(code & INNER, 'member') });
  return SIMPLE_SHAPES[code] ?? STRING;
}

function deref(schema: Schema): Schema {
  let current = schema;
  while (typeof current === 'function') current = (current as () => Schema)();
  return current;
}

function member(schema: Schema, name: string, required: boolean): Member {
  let traits: Traits = {};
  let inner = deref(schema);
  while (Array.isArray(inner) && inner.length === 2) {
    traits = { ...traitsOf(inner[1]), ...traits };
    inner = deref(inner[0]);
  }
  const target = shapeOf(inner);
  // A structure's own `xmlName` names it as a root element, never as a member.
  const { xmlName: _root, ...own } = target.traits;
  return { name, shape: target, traits: { ...own, ...traits }, required };
}

const made = new WeakMap<object, Shape>();

/** The shape of a schema. Each tuple is read once. */
export function shapeOf(schema: Schema): Shape {
  const tuple = deref(schema);
  if (typeof tuple === 'number') return simpleShape(tuple);
  if (!Array.isArray(tuple)) return UNIT;
  if (tuple.length === 2) return member(tuple, '', false).shape;
  const known = made.get(tuple);
  if (known !== undefined) return known;
  const fresh = compound(tuple);
  made.set(tuple, fresh);
  return fresh;
}

function compound(tuple: readonly unknown[]): Shape {
  const [id, , name] = tuple;
  const named = { name: String(name), traits: traitsOf(tuple[3]) };
  switch (id) {
    case SIMPLE: {
      const inner = shapeOf(tuple[4]);
      return { ...inner, ...named, traits: { ...inner.traits, ...named.traits } };
    }
    case LIST:
      return lazy(shape('list', named), { item: () => member(tuple[4], 'member', true) });
    case MAP:
      return lazy(shape('map', named), {
        key: () => member(tuple[4], 'key', true),
        value: () => member(tuple[5], 'value', true),
      });
    default: {
      const names = tuple[4] as readonly string[];
      const schemas = tuple[5] as readonly Schema[];
      const required = Number(tuple[6] ?? 0);
      return lazy(shape(id === UNION ? 'union' : 'struct', named), {
        members: () => names.map((each, index) => member(schemas[index], each, index < required)),
      });
    }
  }
}

/** Replaces members by getters that compute them once. */
function lazy(target: Shape, makers: { readonly [K in keyof Shape]?: () => unknown }): Shape {
  for (const [key, make] of Object.entries(makers)) {
    Object.defineProperty(target, key, {
      configurable: true,
      enumerable: true,
      get() {
        const value = make();
        Object.defineProperty(target, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return target;
}
