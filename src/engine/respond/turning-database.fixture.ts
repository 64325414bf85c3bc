import type pg from 'pg';
import { transaction, type Database } from '../../store/postgres/database.js';
import type { Actor, Cut, Turns } from './simulation.fixture.js';

/** A lock that is not had in this time is held by somebody whose turn it is not. */
const LOCK_MS = 200;
const LOCK_PAUSE_MS = 50;

/** The connections of a pool, each known until it has ended. */
export class Connections {
  private readonly alive = new Set<pg.PoolClient>();
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
    database.pool.on('connect', (client) => {
      this.alive.add(client);
      client.once('end', () => this.alive.delete(client));
    });
  }

  /** Lets every connection from now on wait for locks but shortly, and replaces those that were there before. */
  async renew(): Promise<void> {
    const { rows } = await this.database.query<{ name: string }>('select quote_ident(current_database()) as name');
    await this.database.query(`alter database ${rows[0]?.name ?? ''} set lock_timeout = ${LOCK_MS}`);
    while (this.database.pool.idleCount > 0) (await this.database.pool.connect()).release(true);
  }

  /** Ends one for real, and answers once both sides know. One that has ended already stays so. */
  readonly end = async (client: pg.PoolClient): Promise<void> => {
    if (!this.alive.has(client)) return;
    const ended = endOf(client);
    const { processID } = client as pg.PoolClient & { readonly processID: number };
    await this.database.query('select pg_terminate_backend($1)', [processID]);
    await ended;
  };

  /** Does something that ends all of them, and answers once all know. */
  async lose(work: () => Promise<void>): Promise<void> {
    const ends = [...this.alive].map(endOf);
    await work();
    await Promise.all(ends);
  }
}

const endOf = (client: pg.PoolClient): Promise<unknown> => new Promise((done) => client.once('end', done));

/**
 * A database whose every use is a turn, and whose connections are ended now and then. A transaction is one turn: nothing of
 * it is there until all of it is.
 */
export function turningDatabase(database: Database, turns: Turns, actor: Actor): Database {
  const lease = () => leaseOf(database, turns, actor);
  return {
    url: database.url,
    pool: new Proxy(database.pool, {
      get: (target, name) => (name === 'connect' ? lease : (Reflect.get(target, name) as unknown)),
    }),
    query: (text, values) =>
      unlocked(turns, actor, async () => {
        turns.reach();
        const cut = turns.cutOf();
        if (cut === undefined) return database.query(text, values);
        const client = await database.pool.connect();
        try {
          return await cutQuery(client, turns, cut, text, values);
        } finally {
          client.release(true);
        }
      }),
    transaction: (work) => unlocked(turns, actor, () => oneTurn(database, turns, actor, work)),
    close: () => Promise.resolve(),
  };
}

/** A database whose transactions take a turn for each of their statements: others go on in between. */
export function spanningDatabase(database: Database, turns: Turns, actor: Actor): Database {
  const lease = () => leaseOf(database, turns, actor);
  return {
    ...turningDatabase(database, turns, actor),
    transaction: (work) => transaction({ connect: lease }, work),
  };
}

/** A turn that waits for a lock lets others go on meanwhile: nothing of it was done, and it begins again. */
async function unlocked<Made>(turns: Turns, actor: Actor, work: () => Promise<Made>): Promise<Made> {
  for (;;) {
    try {
      return await turns.turn(actor, work);
    } catch (error) {
      if ((error as { code?: string }).code !== '55P03') throw error;
      await turns.sleep(actor, LOCK_PAUSE_MS);
    }
  }
}

async function oneTurn<Made>(
  database: Database,
  turns: Turns,
  actor: Actor,
  work: (client: pg.PoolClient) => Promise<Made>,
): Promise<Made> {
  turns.reach();
  let killed = false;
  const cut = turns.cutOf();
  const made = await database
    .transaction(async (client) => {
      const done = await work(client);
      killed = turns.happens(actor);
      if (killed) throw new Error('cut off before its commit');
      if (cut === 'before') await turns.end(client);
      return done;
    })
    .catch((error: unknown) => {
      if (killed) return turns.kill(actor);
      throw error;
    });
  if (cut === 'after') throw new Error('Connection terminated unexpectedly: the answer to the commit was lost');
  return made;
}

async function leaseOf(database: Database, turns: Turns, actor: Actor): Promise<pg.PoolClient> {
  const client = await turns.turn(actor, async () => {
    turns.reach();
    const leased = await database.pool.connect();
    // Before its answer can be lost: whoever is killed leaves no connection behind.
    actor.leased.add(leased);
    return leased;
  });
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'query')
        return (text: string, values?: unknown[]) =>
          turns.turn(actor, () => cutQuery(target, turns, turns.cutOf(), text, values));
      if (name === 'release') {
        return (broken?: Error) => {
          if (actor.leased.delete(target)) target.release(broken);
        };
      }
      return Reflect.get(target, name) as unknown;
    },
  });
}

async function cutQuery<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  turns: Turns,
  cut: Cut,
  text: string,
  values: readonly unknown[] | undefined,
): Promise<pg.QueryResult<Row>> {
  const ask = () => client.query<Row>(text, values === undefined ? undefined : [...values]);
  if (cut === undefined) return ask();
  if (cut === 'after') await ask();
  await turns.end(client);
  return client.query<Row>('select 1');
}
