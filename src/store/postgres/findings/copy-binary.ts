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

/** Rows of a table, all of one length, as COPY takes them. Nothing but bytes is kept: the garbage collector has no work. */
export class FixedRows<Name extends string> {
  readonly columns: readonly Name[];
  private readonly offsets = {} as Record<Name, number>;
  private readonly widths = {} as Record<Name, number>;
  private readonly template: Buffer;
  private readonly bytes: Buffer;
  private readonly view: DataView;
  private sorted: Buffer | undefined;

  constructor(types: Readonly<Record<Name, FixedType>>, capacity: number) {
    this.columns = Object.keys(types) as Name[];
    let length = COUNT_BYTES;
    for (const name of this.columns) {
      this.widths[name] = widths[types[name]];
      this.offsets[name] = length + LENGTH_BYTES;
      length += LENGTH_BYTES + widths[types[name]];
    }
    this.template = Buffer.alloc(length);
    this.template.writeInt16BE(this.columns.length, 0);
    for (const name of this.columns) this.template.writeInt32BE(this.widths[name], this.offsets[name] - LENGTH_BYTES);
    this.bytes = Buffer.alloc(capacity * length, this.template);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  set(row: number, name: Name, value: number): void {
    const at = row * this.template.length + this.offsets[name];
    const width = this.widths[name];
    if (width === 4) this.view.setInt32(at, value);
    else if (width === 2) this.view.setInt16(at, value);
    else {
      this.view.setInt32(at, Math.floor(value / SPAN));
      this.view.setUint32(at + 4, value >>> 0);
    }
  }

  get(row: number, name: Name): number {
    const at = row * this.template.length + this.offsets[name];
    const width = this.widths[name];
    if (width === 4) return this.view.getInt32(at);
    if (width === 2) return this.view.getInt16(at);
    return this.view.getInt32(at) * SPAN + this.view.getUint32(at + 4);
  }

  /** A row's bytes, to be copied. */
  row(row: number): Buffer {
    const { length } = this.template;
    return this.bytes.subarray(row * length, (row + 1) * length);
  }

  /** Sets all of a row: to the bytes of another one. */
  setRow(row: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, row * this.template.length);
  }

  /** The 32 bits of a value from its byte `offset` on. */
  bitsOf(row: number, name: Name, offset: number): number {
    return this.view.getInt32(row * this.template.length + this.offsets[name] + offset);
  }

  /** Copies a value's bytes. */
  copyValue(row: number, name: Name, into: Buffer, at: number): void {
    const from = row * this.template.length + this.offsets[name];
    this.bytes.copy(into, at, from, from + this.widths[name]);
  }

  /** Sets a `uuid`, given as 32 hexadecimal digits. */
  setHex(row: number, name: Name, hex: string): void {
    this.bytes.write(hex, row * this.template.length + this.offsets[name], 'hex');
  }

  /**
   * The bytes of some rows, in the order given, in pieces of a size that suits a socket. Their memory is used again by the
   * next call.
   */
  *pieces(rows: Iterable<number>): Iterable<Buffer> {
    const { length } = this.template;
    const sorted = (this.sorted ??= Buffer.allocUnsafeSlow(this.bytes.length));
    let from = 0;
    let end = 0;
    for (const row of rows) {
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
export function uuidArray<Name extends string>(rows: FixedRows<Name>, name: Name, of: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(20 + of.length * (LENGTH_BYTES + widths.uuid));
  [1, 0, UUID_TYPE, of.length, 1].forEach((value, at) => bytes.writeInt32BE(value, at * 4));
  let at = 20;
  for (const row of of) {
    bytes.writeInt32BE(widths.uuid, at);
    rows.copyValue(row, name, bytes, at + LENGTH_BYTES);
    at += LENGTH_BYTES + widths.uuid;
  }
  return bytes;
}
