/** The bytes are not DER, or not of the shape they should have. Thrown by the readers here, caught where a token is checked. */
export class Malformed extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'Malformed';
  }
}

/** One value: its tag, its content, and all of its bytes. */
export interface Der {
  readonly tag: number;
  readonly body: Buffer;
  readonly whole: Buffer;
}

/** The tags that time stamps and certificates are made of (X.690, section 8). */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A tag of its own: `[number]`, around other values or, primitive, in place of one. */
export const contextTag = (number: number, isPrimitive = false) => (isPrimitive ? 0x80 : 0xa0) + number;

const LENGTH_BYTES_MAX = 4;
const LONG_TAG = 0x1f;

/**
 * Reads the value at a place. Definite lengths in their shortest form and tags of one byte only, so that one value has
 * one spelling. Nothing recurses: who reads goes down as far as the structure does.
 *
 * Source: X.690, sections 8.1 and 10.1.
 * @throws Malformed.
 */
function readAt(bytes: Buffer, start: number): Der {
  const [tag = LONG_TAG, first = 0x80] = bytes.subarray(start, start + 2);
  if ((tag & LONG_TAG) === LONG_TAG) throw new Malformed('it is not DER: a tag is missing or of more than one byte');
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const bodyStart = start + 2 + lengthBytes;
  if ((first >= 0x80 && lengthBytes === 0) || lengthBytes > LENGTH_BYTES_MAX || bodyStart > bytes.length) {
    throw new Malformed('it is not DER: a length is missing, indefinite or too long');
  }
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(start + 2, lengthBytes);
  if (lengthBytes > 0 && (length < 0x80 || bytes[start + 2] === 0)) {
    throw new Malformed('it is not DER: a length is not in its shortest form');
  }
  const end = bodyStart + length;
  if (end > bytes.length) throw new Malformed('it ends too early');
  return { tag, body: bytes.subarray(bodyStart, end), whole: bytes.subarray(start, end) };
}

/** Reads one value that is all of the bytes. @throws Malformed. */
export function readDer(bytes: Uint8Array): Der {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const der = readAt(buffer, 0);
  if (der.whole.length !== buffer.length) throw new Malformed('something follows its end');
  return der;
}

/** The values inside a sequence or set. @throws Malformed. */
export function itemsOf({ body }: Der): Der[] {
  const items: Der[] = [];
  for (let at = 0; at < body.length;) {
    const item = readAt(body, at);
    items.push(item);
    at += item.whole.length;
  }
  return items;
}

/** The fields of a sequence, taken one after the other. */
export class Fields {
  private readonly items: Der[];
  private at = 0;

  /** @throws Malformed when it is no sequence. */
  constructor(der: Der) {
    this.items = itemsOf(ofTag(der, tags.sequence));
  }

  /** The next field. @throws Malformed when it has another tag. */
  take(tag: number): Der {
    const item = this.optional(tag);
    if (item === undefined) throw new Malformed(`a field with the tag ${tag} is missing`);
    return item;
  }

  /** The next field when it has one of these tags. */
  optional(...accepted: readonly number[]): Der | undefined {
    const item = this.items[this.at];
    if (item === undefined || !accepted.includes(item.tag)) return undefined;
    this.at++;
    return item;
  }

  /** The next field, whatever it is. */
  next(): Der | undefined {
    return this.items[this.at++];
  }

  /** @throws Malformed when a field is left. */
  end(): void {
    const left = this.items[this.at];
    if (left !== undefined) throw new Malformed(`a field with the tag ${left.tag} does not belong there`);
  }
}

/** The value, if it has the tag. @throws Malformed. */
export function ofTag(der: Der, tag: number): Der {
  if (der.tag !== tag) throw new Malformed(`a field has the tag ${der.tag} instead of ${tag}`);
  return der;
}

/** The one value inside an explicit tag, or the one value of a set. @throws Malformed. */
export function onlyItem(der: Der): Der {
  const [item, ...others] = itemsOf(der);
  if (item === undefined || others.length > 0) throw new Malformed('there is not exactly one value where one belongs');
  return item;
}

/** @throws Malformed for one that is not in its shortest form (X.690, section 8.3). */
export function integerOf(der: Der): bigint {
  const { body } = ofTag(der, tags.integer);
  const [first, second = 0] = body;
  const isPadded = body.length > 1 && ((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (first === undefined || isPadded) throw new Malformed('a number is not in its shortest form');
  return BigInt.asIntN(body.length * 8, BigInt(`0x${body.toString('hex')}`));
}

/** An object identifier in dots. @throws Malformed. */
export function oidOf(der: Der): string {
  const { body } = ofTag(der, tags.oid);
  const parts: number[] = [];
  let part = 0;
  let isOpen = true;
  for (const byte of body) {
    if ((part === 0 && byte === 0x80) || part > 2 ** 40)
      throw new Malformed('an object identifier is not in its one form');
    part = part * 0x80 + (byte & 0x7f);
    isOpen = byte >= 0x80;
    if (isOpen) continue;
    parts.push(part);
    part = 0;
  }
  const [first] = parts;
  if (first === undefined || isOpen) throw new Malformed('an object identifier is not complete');
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...parts.slice(1)].join('.');
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/;

/** A time as RFC 3161 (section 2.4.2, `genTime`) wants it: in UTC, with seconds. To the millisecond. @throws Malformed. */
export function timeOf(der: Der): Date {
  const text = ofTag(der, tags.generalizedTime).body.toString('latin1');
  const [, year, month, day, hour, minute, second, fraction = '.'] = TIME.exec(text) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4).padEnd(4, '0')}Z`);
  // A day that does not exist would be taken for one of the next month.
  if (Number.isNaN(time.getTime()) || time.getUTCDate() !== Number(day))
    throw new Malformed(`\`${text}\` is not a time`);
  return time;
}

/** Writes a value. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 + length.length), length, body]);
}

/** Writes a number that is not negative. */
export function writeInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const sign = (bytes[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.alloc(0);
  return writeDer(tags.integer, sign, bytes);
}

/** Writes an object identifier. */
export function writeOid(text: string): Buffer {
  const [root = 0, second = 0, ...others] = text.split('.').map(Number);
  const bytes = [root * 40 + second, ...others].flatMap((part) => {
    const digits = [part & 0x7f];
    for (let rest = Math.floor(part / 0x80); rest > 0; rest = Math.floor(rest / 0x80))
      digits.unshift((rest & 0x7f) | 0x80);
    return digits;
  });
  return writeDer(tags.oid, Buffer.from(bytes));
}
