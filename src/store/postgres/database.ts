import { Pool, types, type PoolClient, type QueryResultRow } from 'pg';
import { messageOf, Problem } from '../../base/problem.js';
import { PreparingClient } from './preparing-client.js';

/** Something that takes SQL: the pool, or the one connection of a transaction. */
export interface Queries {
  // Whoever asks says what the rows are like: as `pg` itself has it.
  // oxlint-disable-next-line no-unnecessary-type-parameters
  query<Row extends QueryResultRow = QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/** An open database. */
export interface Database extends Queries {
  readonly url: string;
  /** The pool itself, for what needs a connection of its own (COPY, LISTEN, advisory locks). */
  readonly pool: Pool;
  /**
   * Runs work in one transaction: committed when it answers, rolled back when it throws. Serialisation failures and
   * deadlocks are tried again, so work must do nothing outside but through its connection.
   */
  transaction<Made>(work: (client: PoolClient) => Promise<Made>): Promise<Made>;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 16;
const CONNECT_MS_MAX = 10_000;
const TRIES_MAX = 5;

// Counts and sequence numbers here stay far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);

/**
 * Opens a database by URL (`postgresql://user@host/name`). Passwords come from the URL, from `PGPASSWORD` or from
 * `~/.pgpass`, as for every PostgreSQL program; they are never shown.
 *
 * @throws Problem `database-url` for a text that is no URL, `database-unreachable` when nobody answers.
 */
export async function openDatabase(url: string, options: { readonly connections?: number } = {}): Promise<Database> {
  checkUrl(url);
  const pool = openPool(url, { name: 'hikeshi', connections: options.connections ?? CONNECTIONS_MAX });
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end().catch(() => undefined);
    throw new Problem(
      'database-unreachable',
      `the database \`${withoutPassword(url)}\` cannot be opened: ${messageOf(error)}`,
      {
        next: 'check --database-url, and that the server runs and lets this user in',
        exit: 'badConfiguration',
        cause: error,
      },
    );
  }
  return {
    url,
    pool,
    query: (text, values) => pool.query(text, values === undefined ? undefined : [...values]),
    transaction: (work) => transaction(pool, work),
    close: () => pool.end(),
  };
}

export interface PoolOptions {
  /** Who it is for, as the server shows it. */
  readonly name: string;
  readonly connections: number;
  /** A transaction that stands still for longer is ended by the server. */
  readonly idleTransactionMs?: number;
}

/** Connections to a database, made as they are needed. */
export function openPool(url: string, { name, connections, idleTransactionMs }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    application_name: name,
    ...(idleTransactionMs === undefined ? {} : { idle_in_transaction_session_timeout: idleTransactionMs }),
    Client: PreparingClient,
  });
  // An idle connection that breaks is replaced by the pool; who uses one is told by the query.
  pool.on('error', () => undefined);
  // So is who holds one that breaks while it asks nothing: by its next query. Unheard, the break would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && ['postgres:', 'postgresql:'].includes(parsed.protocol)) return;
  throw new Problem('database-url', `\`${withoutPassword(url)}\` is not the URL of a PostgreSQL database`, {
    next: 'write it as postgresql://USER@HOST:5432/NAME',
    exit: 'badConfiguration',
  });
}

/** A database's URL for people: what stands for a password is left out, also in a text that is no URL. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:***@').replace(/([?&]password=)[^&]*/i, '$1***');
}

/** A transaction on a connection of its own, as `Database.transaction` says. */
export async function transaction<Made>(
  pool: { connect(): Promise<PoolClient> },
  work: (client: PoolClient) => Promise<Made>,
): Promise<Made> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const made = await work(client);
      await client.query('commit');
      return made;
    } catch (error) {
      await client.query('rollback').catch((rollback: Error) => {
        broken = rollback;
      });
      if (!isRetryable(error) || attempt >= TRIES_MAX) throw error;
    } finally {
      client.release(broken);
    }
  }
}

/**
 * Whether it is the connection that failed, or the server that went, and not what was asked.
 *
 * Source: PostgreSQL manual, appendix A: class 08 connection exception, 57P operator intervention; the texts of node-postgres.
 */
export function isConnectionLost(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return (
    /^(57P0\d|08\d\d\d|ECONN|EPIPE)/.test(code) ||
    /[Cc]onnection terminated|not queryable|connection error/.test(message)
  );
}

/** 40001 serialization_failure, 40P01 deadlock_detected. Source: PostgreSQL manual, appendix A. */
function isRetryable(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code;
  return code === '40001' || code === '40P01';
}
