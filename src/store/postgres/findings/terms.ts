import type { Queries } from '../database.js';
import { hash16 } from './key.js';

/** What a text in `term` is. The numbers are in the database: never change one. */
export const termKinds = {
  product: 1,
  generator: 2,
  title: 3,
  type: 4,
  resource: 5,
  resourceType: 6,
  region: 7,
  control: 8,
  actor: 9,
  productName: 10,
} as const;

export type TermKind = keyof typeof termKinds;

/** Kept in memory for each kind, so that a known text costs no query. */
const CACHED_MAX = 200_000;

/** The number of a text that was interned before. */
export type TermNumber = (kind: TermKind, text: string) => number;

/**
 * Texts that recur, each kept once and referred to by number: products, generators, titles, resources. A text keeps its
 * number for ever, so what is remembered is never wrong.
 */
export class Terms {
  private readonly queries: Queries;
  private readonly remembered = new Map<TermKind, Map<string, number>>();

  /** @param queries outside of any transaction: what others wait for must be committed at once. */
  constructor(queries: Queries) {
    this.queries = queries;
  }

  /** Gives every text a number. The answer knows those asked for, whatever is forgotten meanwhile. */
  async intern(wanted: ReadonlyMap<TermKind, ReadonlySet<string>>): Promise<TermNumber> {
    const maps = new Map([...wanted.keys()].map((kind) => [kind, this.mapOf(kind)]));
    const missing: { kind: TermKind; text: string; hash: string }[] = [];
    for (const [kind, texts] of wanted) {
      const known = maps.get(kind);
      for (const text of texts) if (known?.has(text) !== true) missing.push({ kind, text, hash: hash16(text) });
    }
    const ids = missing.length === 0 ? new Map<string, number>() : await this.add(missing);
    for (const { kind, text, hash } of missing) {
      const id = ids.get(`${termKinds[kind]} ${hash}`);
      if (id === undefined) throw new Error(`the text \`${text}\` could not be given a number`);
      maps.get(kind)?.set(text, id);
    }
    return (kind, text) => {
      const id = maps.get(kind)?.get(text);
      if (id === undefined) throw new Error(`the text \`${text}\` was not interned`);
      return id;
    };
  }

  private async add(
    missing: readonly { kind: TermKind; text: string; hash: string }[],
  ): Promise<Map<string, number>> {
    const kinds = missing.map(({ kind }) => termKinds[kind]);
    const hashes = missing.map(({ hash }) => hash);
    // In one order everywhere: two that add the same texts wait for each other, and not in a circle.
    await this.queries.query(
      `insert into hikeshi.term (kind, hash, text)
       select w.* from unnest($1::smallint[], $2::uuid[], $3::text[]) as w (kind, hash, text)
       where not exists (select from hikeshi.term t where t.kind = w.kind and t.hash = w.hash)
       order by w.kind, w.hash on conflict do nothing`,
      [kinds, hashes, missing.map(({ text }) => storable(text))],
    );
    const { rows } = await this.queries.query<{ kind: number; hash: string; id: number }>(
      `select t.kind, t.hash, t.id from unnest($1::smallint[], $2::uuid[]) as w (kind, hash)
       join hikeshi.term t using (kind, hash)`,
      [kinds, hashes],
    );
    return new Map(rows.map(({ kind, hash, id }) => [`${kind} ${hash}`, id]));
  }

  private mapOf(kind: TermKind): Map<string, number> {
    const known = this.remembered.get(kind);
    if (known !== undefined && known.size < CACHED_MAX) return known;
    const fresh = new Map<string, number>();
    this.remembered.set(kind, fresh);
    return fresh;
  }
}

/** PostgreSQL keeps no NUL in text. The hash is of the text as it was; the document has it whole. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
