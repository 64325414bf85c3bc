import type { Database } from '../database.js';
import { freePlaces, packAll, readPlaces, textOf, writeBlocks } from './blocks.js';

/** Blocks looked at in one transaction. */
const BLOCKS_MAX = 500;
/** Who read a row before its document was moved still finds it for so long. */
const GRACE = '1 hour';

interface Freed extends Record<string, unknown> {
  readonly id: number;
  readonly whole: boolean;
}

/**
 * Takes back the room of documents that are of no more use. Blocks of which nothing is left are deleted; what is left of
 * those that are half empty is packed anew, and they are deleted the next time.
 */
export async function repackBlocks(database: Database, signal?: AbortSignal): Promise<number> {
  let deleted = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { done, blocks } = await repackSome(database);
    deleted += blocks;
    if (done) return deleted;
  }
}

async function repackSome(database: Database): Promise<{ done: boolean; blocks: number }> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<Freed>(
      `select b.id, sum(f.slots) >= b.size as whole
       from hikeshi.finding_block_freed f join hikeshi.finding_block b on b.id = f.block
       group by b.id having sum(f.slots) * 2 >= b.size
         and (sum(f.slots) < b.size or max(f.freed_at) < now() - $1::interval)
       order by b.id limit ${BLOCKS_MAX}`,
      [GRACE],
    );
    const ids = (whole: boolean) => rows.filter((row) => row.whole === whole).map(({ id }) => id);
    await client.query('delete from hikeshi.finding_block where id = any($1::bigint[])', [ids(true)]);
    await client.query('delete from hikeshi.finding_block_freed where block = any($1::bigint[])', [ids(true)]);
    const half = ids(false);
    if (half.length > 0) {
      const { rows: left } = await client.query<{ key: string; block: number; slot: number }>(
        'select key, block, slot from hikeshi.finding where block = any($1::bigint[]) order by key for update',
        [half],
      );
      const documents = await readPlaces(client, left);
      const packed = await packAll(client, documents.map(textOf));
      await writeBlocks(client, packed);
      await client.query(
        `update hikeshi.finding f set block = w.block, slot = w.slot
         from unnest($1::uuid[], $2::bigint[], $3::smallint[]) as w (key, block, slot) where f.key = w.key`,
        [left.map(({ key }) => key), packed.places.map(({ block }) => block), packed.places.map(({ slot }) => slot)],
      );
      await freePlaces(client, left);
    }
    return { done: rows.length < BLOCKS_MAX, blocks: ids(true).length };
  });
}
