import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import type { Queries } from '../database.js';

/** Documents in one block. More pack better; fewer cost less to read one of. */
export const BLOCK_MAX = 64;

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
/** Findings of one product are much alike: even the quickest but one makes twenty bytes of one. */
const OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 18 } };
/** A block of 64 findings of the largest size AWS takes, 240 KB. */
const BYTES_MAX = 64 * 256 * 1024;

/** Where a document is. */
export interface Place {
  readonly block: number;
  readonly slot: number;
}

/** JSON documents, one a line (JSON text has no line breaks of its own), compressed off the main thread. */
export function pack(documents: readonly string[]): Promise<Buffer> {
  return compress(Buffer.from(documents.join('\n')), OPTIONS);
}

async function unpack(packed: Buffer): Promise<string[]> {
  return (await decompress(packed, { maxOutputLength: BYTES_MAX })).toString().split('\n');
}

/** Numbers for new blocks. The sequence gives 1024 at a time. */
export async function blockNumbers(queries: Queries, count: number): Promise<number[]> {
  const numbers: number[] = [];
  const { rows } = await queries.query<{ first: number }>(
    `select nextval('hikeshi.finding_block_id') as first from generate_series(1, $1)`,
    [Math.ceil(count / 1024)],
  );
  for (const { first } of rows)
    for (let at = 0; at < 1024 && numbers.length < count; at++) numbers.push(Number(first) + at);
  return numbers;
}

/** Documents made into blocks, and where each will be. */
export interface Packed {
  readonly places: readonly Place[];
  readonly blocks: readonly { readonly id: number; readonly size: number; readonly documents: Buffer }[];
}

export async function packAll(queries: Queries, documents: readonly string[]): Promise<Packed> {
  const ids = await blockNumbers(queries, Math.ceil(documents.length / BLOCK_MAX));
  const blocks = await Promise.all(
    ids.map(async (id, at) => {
      const part = documents.slice(at * BLOCK_MAX, (at + 1) * BLOCK_MAX);
      return { id, size: part.length, documents: await pack(part) };
    }),
  );
  return {
    blocks,
    places: documents.map((_, at) => ({ block: ids[Math.floor(at / BLOCK_MAX)] as number, slot: at % BLOCK_MAX })),
  };
}

export async function writeBlocks(queries: Queries, { blocks }: Packed): Promise<void> {
  if (blocks.length === 0) return;
  await queries.query(
    `insert into hikeshi.finding_block (id, size, documents) select * from unnest($1::bigint[], $2::smallint[], $3::bytea[])`,
    [blocks.map(({ id }) => id), blocks.map(({ size }) => size), blocks.map(({ documents }) => documents)],
  );
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
    await Promise.all(rows.map(async ({ id, documents }) => [Number(id), await unpack(documents)] as const)),
  );
  return places.map(({ block, slot }) => {
    const document = blocks.get(block)?.[slot];
    if (document === undefined) throw new Error(`block ${block} of the findings has no document ${slot}`);
    return document;
  });
}
