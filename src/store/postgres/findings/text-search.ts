import type { Queries } from '../database.js';
import { inAccounts, withTerms, type Parameters } from './filter-sql.js';
import { keysOfId } from './key.js';
import { termKinds } from './terms.js';

/** Where words are looked for. */
const searched = [termKinds.title, termKinds.resource, termKinds.generator, termKinds.control];
const WORDS_MAX = 8;

/**
 * Words that must all be in a finding's title, resource, generator or control, in any case; or an account; or the whole Id.
 * The texts are looked through once each, by trigrams where the database has them, not once for every finding that has
 * them: a million findings share a few ten thousand.
 */
export async function withText(text: string, parameters: Parameters, queries: Queries): Promise<string> {
  const words = text.trim().split(/\s+/).slice(0, WORDS_MAX);
  const wheres: string[] = [];
  for (const word of words) {
    const plain = word.replaceAll('\0', '');
    if (plain === '') continue;
    const { rows } = await queries.query<{ id: number }>(
      `select id from hikeshi.term t where lower(t.text) like $1 and t.kind = any($2::smallint[])`,
      [`%${plain.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`, searched],
    );
    const terms = withTerms(
      rows.map(({ id }) => id),
      parameters,
    );
    const account = /^\d{12}$/.test(plain) ? [inAccounts([plain], parameters)] : [];
    const [low, high] = keysOfId(plain);
    const whole = `f.key between ${parameters.add(low, 'uuid')} and ${parameters.add(high, 'uuid')}`;
    wheres.push(`(${[terms, ...account, whole].join(' or ')})`);
  }
  return wheres.length === 0 ? 'true' : wheres.join(' and ');
}
