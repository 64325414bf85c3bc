import { randomBytes } from 'node:crypto';
import { Problem } from '../../../base/problem.js';
import type { RootKey } from '../../../keys/root-key.js';
import type { Queries } from '../database.js';

const SECRET_BYTES = 32;

/**
 * A secret that all machines of a hub share: made by the first, kept in the database sealed under the root key, so that
 * the database alone opens nothing.
 *
 * @throws Problem `hub-secret-root` on a machine that has another root key.
 */
export async function hubSecret(database: Queries, root: RootKey, name: string): Promise<Buffer> {
  const label = `hub secret ${name}`;
  await database.query('insert into hikeshi.hub_secret (name, sealed) values ($1, $2) on conflict do nothing', [
    name,
    root.seal(label, randomBytes(SECRET_BYTES)),
  ]);
  const { rows } = await database.query<{ sealed: Buffer }>('select sealed from hikeshi.hub_secret where name = $1', [
    name,
  ]);
  const secret = rows[0] === undefined ? undefined : root.open(label, rows[0].sealed);
  if (secret !== undefined) return secret;
  throw new Problem('hub-secret-root', `the hub's secret \`${name}\` was sealed under another root key`, {
    next: 'give every machine of the hub the same root key, for example in HIKESHI_ROOT_KEY',
    exit: 'badConfiguration',
  });
}
