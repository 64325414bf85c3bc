import type pg from 'pg';
import type { Database } from '../database.js';

const RECONNECT_MS = 1000;

/**
 * Listens on channels of the database, over a connection of its own that is made again when it breaks. What was told
 * while it was broken is not told again: `onGap` says so, and who needs to know looks at the rows.
 *
 * @returns what ends it.
 */
export function listen(
  database: Database,
  channels: readonly string[],
  onNotice: (channel: string, payload: string) => void,
  onGap: () => void = () => undefined,
): () => Promise<void> {
  let client: pg.PoolClient | undefined;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const open = async (): Promise<void> => {
    try {
      const opened = await database.pool.connect();
      if (ended) return opened.release();
      client = opened;
      opened.on('notification', ({ channel, payload = '' }) => onNotice(channel, payload));
      opened.on('error', () => broken(opened));
      for (const channel of channels) await opened.query(`listen ${channel}`);
      onGap();
    } catch {
      again();
    }
  };
  const broken = (opened: pg.PoolClient): void => {
    if (client !== opened) return;
    client = undefined;
    opened.release(true);
    again();
  };
  const again = (): void => {
    if (ended) return;
    timer = setTimeout(() => void open(), RECONNECT_MS);
    timer.unref();
  };
  const opening = open();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await opening;
    const last = client;
    client = undefined;
    last?.removeAllListeners('notification');
    // A connection that still listens must not go back to the pool.
    last?.release(true);
  };
}
