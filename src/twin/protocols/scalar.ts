import { AwsError } from '../aws-error.js';
import type { Shape, TimeFormat } from './shape.js';

/** Bytes of what a handler answered for a blob: bytes as they are, text as base64, which is how the estate keeps them. */
export function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(String(value), 'base64');
}

/** A point in time of what a handler answered: a date, or ISO 8601 text, which is how the estate keeps them. */
export function dateOf(value: unknown): Date {
  return value instanceof Date ? value : new Date(String(value));
}

export function formatTime(date: Date, format: TimeFormat): string | number {
  switch (format) {
    case 'date-time':
      return date.toISOString().replace('.000Z', 'Z');
    case 'http-date':
      return date.toUTCString();
    case 'epoch-seconds':
      return date.getTime() / 1000;
  }
}

const EPOCH = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?$/;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(?:\.\d+)? GMT$/;

/** A timestamp in any form a client sends: ISO 8601, HTTP date, epoch seconds, a CBOR tag. */
export function parseTime(value: unknown): Date {
  const inner = value !== null && typeof value === 'object' && 'value' in value ? value.value : value;
  const text = typeof inner === 'string' || typeof inner === 'number' ? String(inner) : '';
  const date = inner instanceof Date ? inner : dateOfText(text);
  if (Number.isNaN(date.getTime())) throw new AwsError('SerializationException', 'Unable to parse timestamp');
  return date;
}

function dateOfText(text: string): Date {
  if (EPOCH.test(text)) return new Date(Number(text) * 1000);
  return new Date(ISO_8601.test(text) || HTTP_DATE.test(text) ? text : Number.NaN);
}

/** As the estate keeps times; in answers without the milliseconds of a whole second. */
const KEPT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function timeText(value: unknown, format: TimeFormat): string {
  const isAsWanted = format === 'date-time' && typeof value === 'string' && KEPT_TIME.test(value);
  return isAsWanted ? value.replace('.000Z', 'Z') : String(formatTime(dateOf(value), format));
}

/** A scalar as text, for XML, forms and headers. */
export function toText(shape: Shape, value: unknown, format: TimeFormat): string {
  switch (shape.kind) {
    case 'timestamp':
      return timeText(value, shape.format ?? format);
    case 'blob':
      return Buffer.from(bytesOf(value)).toString('base64');
    default: {
      // The SDK's lazy JSON is a `String` object; any other object is a document.
      const plain: unknown = typeof value === 'object' && value !== null ? value.valueOf() : value;
      return typeof plain === 'object' ? JSON.stringify(plain) : `${plain as string | number | bigint | boolean}`;
    }
  }
}

/** Text as the scalar a shape says it is. */
export function fromText(shape: Shape, text: string): unknown {
  switch (shape.kind) {
    case 'number':
      if (!NUMBER.test(text)) throw malformed(text, 'number');
      return Number(text);
    case 'boolean':
      if (!/^(?:true|false|1|0)$/i.test(text)) throw malformed(text, 'boolean');
      return /^(?:true|1)$/i.test(text);
    case 'timestamp':
      return parseTime(text);
    case 'blob':
      return bytesOfText(text);
    case 'bigint':
      if (!/^-?\d{1,40}$/.test(text)) throw malformed(text, 'number');
      return BigInt(text);
    default:
      return text;
  }
}

const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/;
const BASE_64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes of a client's base64 text. */
export function bytesOfText(text: unknown): Uint8Array {
  if (typeof text !== 'string') throw new AwsError('SerializationException', 'Expected base64 text');
  // White space is rare: most texts are only looked at once.
  const isPlain = BASE_64.test(text);
  const plain = isPlain ? text : text.replaceAll(/\s/g, '');
  if (!isPlain && !BASE_64.test(plain)) {
    throw new AwsError('SerializationException', 'The value is not valid base64');
  }
  // A view, not a copy: what was sent is only read.
  const { buffer, byteOffset, byteLength } = Buffer.from(plain, 'base64');
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function malformed(text: string, kind: string): AwsError {
  return new AwsError('MalformedInput', `${text.slice(0, 100)} is not a ${kind}`);
}
