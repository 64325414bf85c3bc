import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';

/**
 * COPY in its binary format: numbers go to PostgreSQL as they lie in memory, and no text is made or read.
 * Source: PostgreSQL manual, COPY, "Binary Format".
 */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/** Types whose values have one length, in bytes. */
const widths = { uuid: 16, bigint: 8, integer: 4, smallint: 2 } as const;
export type FixedType = keyof typeof widths;

const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
const SPAN = 2 ** 32;
/** Bytes handed to the socket at a time. */
const WRITE_BYTES = 256 * 1024;

/** Writes rows that are ready by COPY. @throws what PostgreSQL says of them. */
export async function copyBinary(
  client: pg.PoolClient,
  into: { readonly table: string; readonly columns: readonly string[] },
  rows: Iterable<Buffer>,
): Promise<void> {
  const stream = client.query(from(`copy ${into.table} (${into.columns.join(', ')}) from stdin (format binary)`));
  const ended = finished(stream);
  // A failure is told by `ended`, also when it comes while this waits for the socket.
  ended.catch(() => undefined);
  stream.write(HEADER);
  for (const row of rows) if (!stream.write(row)) await Promise.race([once(stream, 'drain'), ended]);
  stream.end(TRAILER);
  await ended;
}

/** Where the values of a column lie in a row, in bytes. */
export interface Column {
  readonly offset: number;
  readonly width: number;
}

/** How the rows of a table lie in memory, as COPY takes them: all of one length. */
export class RowLayout<Name extends string> {
  readonly names: readonly Name[];
  readonly column: Readonly<Record<Name, Column>>;
  /** A row of zeros. */
  readonly template: Buffer;

  constructor(types: Readonly<Record<Name, FixedType>>) {
    this.names = Object.keys(types) as Name[];
    const column = {} as Record<Name, Column>;
    let length = COUNT_BYTES;
    for (const name of this.names) {
      const width = widths[types[name]];
      column[name] = { offset: length + LENGTH_BYTES, width };
      length += LENGTH_BYTES + width;
    }
    this.column = column;
    this.template = Buffer.alloc(length);
    this.template.writeInt16BE(this.names.length, 0);
    for (const { offset, width } of Object.values<Column>(column))
      this.template.writeInt32BE(width, offset - LENGTH_BYTES);
  }
}

/** Rows of one layout. Nothing but bytes is kept: the garbage collector has no work. */
export class FixedRows {
  private readonly length: number;
  private readonly bytes: Buffer;
  private readonly view: DataView;
  private sorted: Buffer | undefined;

  constructor({ template }: RowLayout<string>, capacity: number) {
    this.length = template.length;
    this.bytes = Buffer.alloc(capacity * template.length, template);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  set(row: number, { offset, width }: Column, value: number): void {
    const at = row * this.length + offset;
    if (width === 4) this.view.setInt32(at, value);
    else if (width === 2) this.view.setInt16(at, value);
    else {
      this.view.setInt32(at, Math.floor(value / SPAN));
      this.view.setUint32(at + 4, value >>> 0);
    }
  }

  get(row: number, { offset, width }: Column): number {
    const at = row * this.length + offset;
    if (width === 4) return this.view.getInt32(at);
    if (width === 2) return this.view.getInt16(at);
    return this.view.getInt32(at) * SPAN + this.view.getUint32(at + 4);
  }

  /** A row's bytes, to be copied. */
  row(row: number): Buffer {
    return this.bytes.subarray(row * this.length, (row + 1) * this.length);
  }

  /** Sets all of a row: to the bytes of another one. */
  setRow(row: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, row * this.length);
  }

  /** The 32 bits of a value from its byte `part` on. */
  bitsOf(row: number, { offset }: Column, part: number): number {
    return this.view.getInt32(row * this.length + offset + part);
  }

  /** Copies a value's bytes. */
  copyValue(row: number, { offset, width }: Column, into: Buffer, at: number): void {
    const from = row * this.length + offset;
    this.bytes.copy(into, at, from, from + width);
  }

  /** Sets a `uuid`, given as 32 hexadecimal digits. */
  setHex(row: number, { offset }: Column, hex: string): void {
    this.bytes.write(hex, row * this.length + offset, 'hex');
  }

  /**
   * The bytes of some rows, in the order given, in pieces of a size that suits a socket. Their memory is used again by the
   * next call.
   */
  *pieces(rows: ArrayLike<number>): Iterable<Buffer> {
    const { length } = this;
    const sorted = (this.sorted ??= Buffer.allocUnsafeSlow(this.bytes.length));
    let from = 0;
    let end = 0;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as number;
      end += this.bytes.copy(sorted, end, row * length, (row + 1) * length);
      if (end - from < WRITE_BYTES) continue;
      yield sorted.subarray(from, end);
      from = end;
    }
    if (end > from) yield sorted.subarray(from, end);
  }
}

const UUID_TYPE = 2950;

/** Values of a `uuid` column as a parameter of type `uuid[]`. Source: array_recv in PostgreSQL's arrayfuncs.c. */
export function uuidArray(rows: FixedRows, column: Column, of: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(20 + of.length * (LENGTH_BYTES + widths.uuid));
  [1, 0, UUID_TYPE, of.length, 1].forEach((value, at) => bytes.writeInt32BE(value, at * 4));
  let at = 20;
  for (let place = 0; place < of.length; place++) {
    bytes.writeInt32BE(widths.uuid, at);
    rows.copyValue(of[place] as number, column, bytes, at + LENGTH_BYTES);
    at += LENGTH_BYTES + widths.uuid;
  }
  return bytes;
}
