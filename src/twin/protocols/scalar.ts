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

/** A timestamp in any form a client sends: ISO 8601, HTTP date, epoch seconds, a CBOR tag. */
export function parseTime(value: unknown): Date {
  const inner = value !== null && typeof value === 'object' && 'value' in value ? value.value : value;
  if (inner instanceof Date) return inner;
  const text = String(inner);
  const date = /^-?\d+(\.\d+)?(e\d+)?$/i.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  if (Number.isNaN(date.getTime())) throw new AwsError('SerializationException', `Unable to parse timestamp ${text}`);
  return date;
}

/** A scalar as text, for XML, forms and headers. */
export function toText(shape: Shape, value: unknown, format: TimeFormat): string {
  switch (shape.kind) {
    case 'timestamp':
      return String(formatTime(dateOf(value), shape.format ?? format));
    case 'blob':
      return Buffer.from(bytesOf(value)).toString('base64');
    default:
      return value !== null && typeof value === 'object' && !(value instanceof String)
        ? JSON.stringify(value)
        : String(value);
  }
}

/** Text as the scalar a shape says it is. */
export function fromText(shape: Shape, text: string): unknown {
  switch (shape.kind) {
    case 'number': {
      const number = Number(text);
      if (text.trim() === '' || (Number.isNaN(number) && text !== 'NaN')) {
        throw new AwsError('MalformedInput', `${text} is not a number`);
      }
      return number;
    }
    case 'boolean':
      return /^(true|1)$/i.test(text);
    case 'timestamp':
      return parseTime(text);
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'));
    case 'bigint':
      if (!/^-?\d+$/.test(text)) throw new AwsError('MalformedInput', `${text} is not a number`);
      return BigInt(text);
    default:
      return text;
  }
}
