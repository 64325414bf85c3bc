import { Client, type QueryConfig, type QueryResult } from 'pg';
import type { Writable } from 'node:stream';

/** Distinct texts that are prepared; PostgreSQL keeps each of them for every connection. */
const PREPARED_MAX = 500;

/** Statements that find their rows by a whole key, or add rows: whatever the values, there is one way to do them. */
const ONE_PLAN = [
  /^\s*insert\s+into\s+[\w."]+(?:\s+as\s+\w+)?\s*\([^()]*\)\s*values\s*\(/i,
  /\bwhere\s+(?:\w+\.)?(?:id|run_id|resource_arn|workflow_uuid)\s*=\s*\$1\b/i,
  // The same, and told of.
  /^\s*with\s+made\s+as\s+\(insert\s+into\b/i,
  // Several of them together (`changeTogether`).
  /^with part_0 as \(/,
];
/** A prepared statement fails once its columns are others: what asks for all of them is not prepared. */
const ALL_COLUMNS = /\b(?:select|returning)\s+\*/i;

const names = new Map<string, string | undefined>();

/** What begins a transaction, and answers nothing that anybody needs. */
const BEGIN = /^begin\b/i;
const BEGUN: QueryResult = { command: 'BEGIN', rowCount: null, oid: 0, fields: [], rows: [] };

/** The little that is used of what a client has besides its types. */
interface Inside {
  /** Whether statements are sent while others are not answered yet. */
  pipeline: boolean;
  readonly connection: { readonly stream: Writable };
}

/**
 * A connection on which PostgreSQL reads and plans a statement once and not each time: for short statements that is more
 * than half of their cost. Only those of which the plan cannot depend on the values are prepared, all others go as they
 * are: a plan that was made while a queue was empty must not be the one that walks it when it is full.
 *
 * And a transaction begins with its first statement: both are sent together, which is one waking of the server fewer.
 */
export class PreparingClient extends Client {
  private begin: string | undefined;

  // `query` has a dozen overloads; all of them are handed on, with the text of one replaced.
  override query(...given: unknown[]): never {
    const [text] = given;
    if (given.length === 1 && typeof text === 'string' && BEGIN.test(text)) {
      this.begin = text;
      return Promise.resolve(BEGUN) as never;
    }
    const { begin } = this;
    if (begin === undefined) return this.ask(given);
    this.begin = undefined;
    return this.askBehind(begin, given);
  }

  /** Sends a statement right behind the one that begins its transaction. */
  private askBehind(begin: string, given: readonly unknown[]): never {
    const inside = this as unknown as Inside;
    const { stream } = inside.connection;
    // A stream of rows (COPY) is not sent before what is ahead of it is answered.
    const isStream = typeof (given[0] as { submit?: unknown } | undefined)?.submit === 'function';
    if (!isStream) {
      inside.pipeline = true;
      this.once('drain', () => (inside.pipeline = false));
    }
    stream.cork();
    try {
      // Where it fails, what comes behind it must not go on one by one: the connection is given up, and who asks is told.
      (this.ask([begin]) as Promise<unknown>).catch((error: Error) => stream.destroy(error));
      return this.ask(given);
    } finally {
      stream.uncork();
    }
  }

  private ask(given: readonly unknown[]): never {
    const [text, values, ...others] = given;
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    const handed = name === undefined ? given : [{ name, text, values } as QueryConfig, ...others];
    return (super.query as (...all: unknown[]) => never)(...handed);
  }
}

function nameOf(text: string): string | undefined {
  if (names.has(text)) return names.get(text);
  if (names.size >= PREPARED_MAX) return undefined;
  const name = ONE_PLAN.some((way) => way.test(text)) && !ALL_COLUMNS.test(text) ? `hikeshi_${names.size}` : undefined;
  names.set(text, name);
  return name;
}
