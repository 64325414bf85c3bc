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

/** Gives a text's number, or a stand-in for it. */
export type TermNumber = (kind: TermKind, text: string) => number;

interface Missing {
  readonly kind: TermKind;
  readonly text: string;
  readonly hash: string;
}

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

  /** For some texts at once: what is not known yet gets a stand-in first, and its number in one query for all. */
  draft(): TermDraft {
    return new TermDraft(
      (kind, text) => this.mapOf(kind).get(text),
      (missing) => this.intern(missing),
    );
  }

  /** The number of one text. */
  async number(kind: TermKind, text: string): Promise<number> {
    const draft = this.draft();
    const number = draft.number(kind, text);
    await draft.settle();
    return draft.settled(number);
  }

  private async intern(missing: readonly Missing[]): Promise<number[]> {
    const ids = await this.add(missing);
    return missing.map(({ kind, text, hash }) => {
      const id = ids.get(`${termKinds[kind]} ${hash}`);
      if (id === undefined) throw new Error(`the text \`${text}\` could not be given a number`);
      this.mapOf(kind).set(text, id);
      return id;
    });
  }

  private async add(missing: readonly Missing[]): Promise<Map<string, number>> {
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

/** The texts of a batch. Stand-ins are negative; nothing negative is ever a number. */
export class TermDraft {
  private readonly knownNumber: (kind: TermKind, text: string) => number | undefined;
  private readonly intern: (missing: readonly Missing[]) => Promise<number[]>;
  private readonly standIns = new Map<string, number>();
  private readonly missing: Missing[] = [];
  private numbers: number[] = [];

  constructor(
    knownNumber: (kind: TermKind, text: string) => number | undefined,
    intern: (missing: readonly Missing[]) => Promise<number[]>,
  ) {
    this.knownNumber = knownNumber;
    this.intern = intern;
  }

  readonly number: TermNumber = (kind, text) => {
    const known = this.knownNumber(kind, text);
    if (known !== undefined) return known;
    const name = `${kind} ${text}`;
    const standIn = this.standIns.get(name);
    if (standIn !== undefined) return standIn;
    this.missing.push({ kind, text, hash: hash16(text) });
    this.standIns.set(name, -this.missing.length);
    return -this.missing.length;
  };

  /** Gives every stand-in so far its number. Whether there is any. */
  async settle(): Promise<boolean> {
    const fresh = this.missing.slice(this.numbers.length);
    if (fresh.length > 0) this.numbers = [...this.numbers, ...(await this.intern(fresh))];
    return this.numbers.length > 0;
  }

  /** The number that a stand-in stood for. */
  settled(number: number): number {
    if (number >= 0) return number;
    const settled = this.numbers[-number - 1];
    if (settled === undefined) throw new Error('a text was used before it was given a number');
    return settled;
  }
}

/** PostgreSQL keeps no NUL in text. The hash is of the text as it was; the document has it whole. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
