import type { Queries } from '../database.js';

export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Takes tokens of a bucket that all workers share. The bucket may go below nothing: each taker is told how long it has
 * to wait until its own tokens are there, so that a crowd is served in the order in which it came.
 *
 * @returns the milliseconds to wait.
 */
export async function takeTokens(
  client: Queries,
  name: string,
  rate: BucketRate,
  at: Date,
  wanted = 1,
): Promise<number> {
  const { rows } = await client.query<{ tokens: number }>(
    `insert into hikeshi.token_bucket as b (name, tokens, at) values ($1, $2::float8 - $4::float8, $5)
     on conflict (name) do update set
       tokens = least($2::float8, b.tokens + greatest(0, extract(epoch from ($5::timestamptz - b.at))) * $3::float8)
         - $4::float8,
       at = greatest(b.at, $5::timestamptz)
     returning tokens`,
    [name, rate.burst, rate.perSecond, wanted, at.toISOString()],
  );
  const tokens = rows[0]?.tokens ?? 0;
  return tokens >= 0 ? 0 : Math.ceil((-tokens / rate.perSecond) * 1000);
}
