import { promisify } from 'node:util';
import { deflateRawSync, inflateRaw } from 'node:zlib';
import type pg from 'pg';
import type { Queries } from '../database.js';
import { copyBinary } from './copy-binary.js';

/** Documents in one block. More pack better; fewer cost less to read one of. */
export const BLOCK_MAX = 32;

const inflate = promisify(inflateRaw);
/** A block of findings of the largest size AWS takes, 240 KB. */
const BYTES_MAX = BLOCK_MAX * 256 * 1024;

/** Where a document is. */
export interface Place {
  readonly block: number;
  readonly slot: number;
}

/** A JSON document as UTF-8, in a piece of a larger buffer: what came in is not copied until it is packed. */
export interface Text {
  readonly in: Buffer;
  readonly from: number;
  readonly to: number;
}

export function textOf(document: string): Text {
  const bytes = Buffer.from(document);
  return { in: bytes, from: 0, to: bytes.length };
}

export const LINE_FEED = 0x0a;
/** What a block of findings of the usual size becomes; a larger one takes several. */
const PACKED_BYTES = 4096;
/** Of zlib's: half the memory to be had and cleared for each block, and not a byte more of result. */
const MEMORY_LEVEL = 6;

/**
 * JSON documents, one a line (JSON text has no line breaks of its own), compressed. Findings of one product are much
 * alike: the quickest level makes a twentieth of them, in less time than a thread of the pool would need to be handed it.
 */
export function pack(documents: readonly Text[]): Buffer {
  return deflateRawSync(lying(documents) ?? joined(documents), {
    level: 1,
    memLevel: MEMORY_LEVEL,
    chunkSize: PACKED_BYTES,
  });
}

/** Documents that lie one after the other already, a line each. */
function lying(documents: readonly Text[]): Buffer | undefined {
  const first = documents[0];
  const last = documents.at(-1);
  if (first === undefined || last === undefined || last.in[last.to] !== LINE_FEED) return undefined;
  for (let at = 1; at < documents.length; at++) {
    const [before, next] = [documents[at - 1] as Text, documents[at] as Text];
    if (before.in !== next.in || before.to + 1 !== next.from || next.in[before.to] !== LINE_FEED) return undefined;
  }
  return first.in.subarray(first.from, last.to + 1);
}

function joined(documents: readonly Text[]): Buffer {
  const bytes = documents.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const whole = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const text of documents) {
    at += text.in.copy(whole, at, text.from, text.to);
    whole[at++] = LINE_FEED;
  }
  return whole;
}

function unpack(packed: Buffer): Promise<Buffer> {
  return inflate(packed, { maxOutputLength: BYTES_MAX });
}

function documentAt(unpacked: Buffer, slot: number): string | undefined {
  let from = 0;
  for (let line = 0; ; line++) {
    const to = unpacked.indexOf(LINE_FEED, from);
    if (to < 0) return undefined;
    if (line === slot) return unpacked.toString('utf8', from, to);
    from = to + 1;
  }
}

/** Numbers for new blocks. The sequence gives 1024 at a time. */
export async function blockNumbers(queries: Queries, count: number): Promise<number[]> {
  const numbers: number[] = [];
  const { rows } = await queries.query<{ first: number }>(
    `select nextval('hikeshi.finding_block_id') as first from generate_series(1, $1)`,
    [Math.ceil(count / 1024)],
  );
  for (const { first } of rows) for (let at = 0; at < 1024 && numbers.length < count; at++) numbers.push(first + at);
  return numbers;
}

/** Documents made into blocks, and where each will be. */
export interface Packed {
  readonly places: readonly Place[];
  readonly blocks: readonly { readonly id: number; readonly size: number; readonly documents: Buffer }[];
}

export async function packAll(queries: Queries, documents: readonly Text[]): Promise<Packed> {
  const ids = await blockNumbers(queries, Math.ceil(documents.length / BLOCK_MAX));
  return {
    blocks: ids.map((id, at) => {
      const part = documents.slice(at * BLOCK_MAX, (at + 1) * BLOCK_MAX);
      return { id, size: part.length, documents: pack(part) };
    }),
    places: documents.map((_, at) => ({ block: ids[Math.floor(at / BLOCK_MAX)] as number, slot: at % BLOCK_MAX })),
  };
}

export async function writeBlocks(client: pg.PoolClient, { blocks }: Pick<Packed, 'blocks'>): Promise<void> {
  if (blocks.length === 0) return;
  const into = { table: 'hikeshi.finding_block', columns: ['id', 'size', 'documents'] };
  await copyBinary(client, into, blocks.map(blockRow));
}

/** A block as COPY takes it. */
function blockRow({ id, size, documents }: Packed['blocks'][number]): Buffer {
  const head = Buffer.alloc(24);
  head.writeInt16BE(3, 0);
  head.writeInt32BE(8, 2);
  head.writeBigInt64BE(BigInt(id), 6);
  head.writeInt32BE(2, 14);
  head.writeInt16BE(size, 18);
  head.writeInt32BE(documents.length, 20);
  return Buffer.concat([head, documents]);
}

/** Says that documents in blocks are of no more use; `retain` takes the room back. */
export async function freePlaces(queries: Queries, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return;
  await queries.query(
    `insert into hikeshi.finding_block_freed (block, slots) select block, count(*) from unnest($1::bigint[]) as block group by block`,
    [places.map(({ block }) => block)],
  );
}

/** The documents at some places, in their order. */
export async function readPlaces(queries: Queries, places: readonly Place[]): Promise<string[]> {
  const ids = [...new Set(places.map(({ block }) => block))];
  if (ids.length === 0) return [];
  const { rows } = await queries.query<{ id: number; documents: Buffer }>(
    'select id, documents from hikeshi.finding_block where id = any($1::bigint[])',
    [ids],
  );
  const blocks = new Map(
    await Promise.all(rows.map(async ({ id, documents }) => [id, await unpack(documents)] as const)),
  );
  return places.map(({ block, slot }) => {
    const unpacked = blocks.get(block);
    const document = unpacked === undefined ? undefined : documentAt(unpacked, slot);
    if (document === undefined) throw new Error(`block ${block} of the findings has no document ${slot}`);
    return document;
  });
}
