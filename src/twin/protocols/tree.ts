import { AwsError } from '../aws-error.js';
import { bytesOf, bytesOfText, dateOf, formatTime, parseTime } from './scalar.js';
import type { Member, Shape, TimeFormat } from './shape.js';

/** What differs between the formats whose values form a tree: JSON and CBOR. */
export interface TreeFormat {
  readonly memberName: (member: Member) => string;
  readonly blob: (bytes: Uint8Array) => unknown;
  readonly time: (date: Date, format: TimeFormat | undefined) => unknown;
  readonly unblob: (value: unknown) => Uint8Array;
}

/** How deep a document may nest; AWS's own shapes stay far below. */
const DEPTH_MAX = 100;

/** JSON as the JSON-RPC protocols write it; REST-JSON also honours `jsonName`. */
export function jsonTree(useJsonName: boolean): TreeFormat {
  return {
    memberName: useJsonName ? (member) => member.traits.jsonName ?? member.name : (member) => member.name,
    blob: ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    time: (date, format) => formatTime(date, format ?? 'epoch-seconds'),
    unblob: bytesOfText,
  };
}

type Fields = Record<string, unknown>;

/** What a handler answered, as a tree of the format. Members the shape does not have are left out. */
export function encodeTree(format: TreeFormat, shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  switch (shape.kind) {
    case 'struct':
    case 'union': {
      const encoded: Fields = {};
      for (const member of shape.members) {
        const field = (value as Fields)[member.name];
        if (field === undefined || field === null) continue;
        encoded[format.memberName(member)] = encodeTree(format, member.shape, field);
      }
      return encoded;
    }
    case 'list':
      return isLeaf(shape.item.shape)
        ? value
        : (value as unknown[]).map((item) => encodeTree(format, shape.item.shape, item));
    case 'map':
      return isLeaf(shape.value.shape)
        ? value
        : mapFields(value as Fields, (item) => encodeTree(format, shape.value.shape, item));
    case 'timestamp':
      return format.time(dateOf(value), shape.format);
    case 'blob':
      return format.blob(bytesOf(value));
    case 'bigint':
      return Number(value);
    default:
      return value;
  }
}

/** A received tree as the input of a handler. What is not of the shape's kind is AWS's SerializationException. */
export function decodeTree(format: TreeFormat, shape: Shape, value: unknown, depth = 0): unknown {
  if (value === null || value === undefined) return undefined;
  if (depth > DEPTH_MAX) throw new AwsError('SerializationException', 'The request is nested too deeply');
  switch (shape.kind) {
    case 'struct':
    case 'union': {
      if (!isFields(value)) throw unexpected(value, 'Structure');
      const decoded: Fields = {};
      for (const member of shape.members) {
        const name = format.memberName(member);
        const field = Object.hasOwn(value, name) ? value[name] : undefined;
        if (field !== undefined && field !== null)
          decoded[member.name] = decodeTree(format, member.shape, field, depth + 1);
      }
      return decoded;
    }
    case 'list':
      if (!Array.isArray(value)) throw unexpected(value, 'List');
      return value.map((item) => decodeTree(format, shape.item.shape, item, depth + 1));
    case 'map':
      if (!isFields(value)) throw unexpected(value, 'Map');
      return mapFields(value, (item) => decodeTree(format, shape.value.shape, item, depth + 1));
    case 'timestamp':
      return parseTime(value);
    case 'blob':
      return format.unblob(value);
    case 'bigint':
      return integerOf(value);
    case 'number':
      return numberOf(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw unexpected(value, 'Boolean');
      return value;
    case 'string':
      if (typeof value !== 'string') throw unexpected(value, 'String');
      return value;
    default:
      return value;
  }
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw unexpected(value, 'number');
}

function integerOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw unexpected(value, 'Long');
  return BigInt(value);
}

/** AWS names the token it met, in the words of its JSON reader. */
function unexpected(value: unknown, wanted: string): AwsError {
  const token = tokenOf(value);
  const message = token.startsWith('Start') ? token : `${token} can not be converted to a ${wanted}`;
  return new AwsError('SerializationException', message);
}

function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'Start of list found where not expected';
  switch (typeof value) {
    case 'string':
      return 'STRING_VALUE';
    case 'boolean':
      return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
    case 'number':
    case 'bigint':
      return 'NUMBER_VALUE';
    default:
      return 'Start of structure or map found where not expected.';
  }
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Maps hold keys that a client chose, so `__proto__` must stay an ordinary key. */
function mapFields(fields: Fields, change: (value: unknown) => unknown): Fields {
  const changed: Fields = {};
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(changed, key, { value: change(value), enumerable: true, configurable: true, writable: true });
  }
  return changed;
}

function isLeaf(shape: Shape): boolean {
  return shape.kind === 'string' || shape.kind === 'number' || shape.kind === 'boolean' || shape.kind === 'document';
}
