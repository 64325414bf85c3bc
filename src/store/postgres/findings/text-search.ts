import { keysOfId } from './key.js';
import type { Parameters } from './filter-sql.js';

/** Where words are looked for: all of them are numbers into `term`. */
const searched = [
  'title',
  'resource',
  'generator',
  'control',
  'type',
  'resource_type',
  'product_name',
  'region',
] as const;
const WORDS_MAX = 8;

/**
 * Words that must all be in a finding's title, resource, generator, control, type, product or region, in any case; or an
 * account; or the whole Id. The texts are looked through once each, by trigrams where the database has them, not once for
 * every finding that has them: a million findings share a few ten thousand.
 */
export function withText(text: string, parameters: Parameters): string {
  const words = text.trim().split(/\s+/).slice(0, WORDS_MAX);
  const wheres = words.map((word) => {
    const plain = word.replaceAll('\0', '');
    if (plain === '') return 'true';
    const pattern = parameters.add(`%${plain.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`, 'text');
    const terms = `array(select t.id from hikeshi.term t where lower(t.text) like ${pattern})`;
    const [low, high] = keysOfId(plain);
    const columns = searched.map((column) => `f.${column} = any(${terms})`);
    const account = /^\d{12}$/.test(plain) ? [`f.account = ${parameters.add(Number(plain), 'bigint')}`] : [];
    const whole = `f.key between ${parameters.add(low, 'uuid')} and ${parameters.add(high, 'uuid')}`;
    return `(${[...columns, ...account, whole].join(' or ')})`;
  });
  return wheres.join(' and ');
}
