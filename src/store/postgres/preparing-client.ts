import { Client, type QueryConfig } from 'pg';

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

/**
 * A connection on which PostgreSQL reads and plans a statement once and not each time: for short statements that is more
 * than half of their cost. Only those of which the plan cannot depend on the values are prepared, all others go as they
 * are: a plan that was made while a queue was empty must not be the one that walks it when it is full.
 */
export class PreparingClient extends Client {
  // `query` has a dozen overloads; all of them are handed on, with the text of one replaced.
  override query(...given: unknown[]): never {
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
