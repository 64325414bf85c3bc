import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { Text } from './blocks.js';
import { columnNames, columnsOf, forms, termColumnNames, type Columns } from './columns.js';
import { createdOf, type FindingStore, type ImportContext } from './import-batch.js';
import { keyDigitsOf } from './key.js';
import { rowBytes } from './rows.js';
import type { TermDraft } from './terms.js';

/** A number may be written shorter than JSON.stringify writes it: `1e20` has 4 digits, and becomes 21. */
const JSON_GROWTH_MAX = 6;

/** A finding of a batch that has the key of an earlier one in it. */
export interface Repeated {
  readonly at: number;
  readonly key: string;
}

/**
 * Findings of lines, made ready to be written as new ones: their rows as COPY takes them, and their texts as they came.
 * Nothing that was parsed is kept: of ten thousands of findings under way the garbage collector would else carry every
 * object about, at more than the cost of all the rest.
 */
export class LineBatch {
  readonly draft: TermDraft;
  readonly rows;
  readonly texts: Text[] = [];
  /** The number of each finding's line. */
  readonly lines: number[] = [];
  /** The place of the first finding of each key. */
  readonly first = new Map<string, number>();
  readonly repeated: Repeated[] = [];
  private readonly store: FindingStore;
  private readonly context: ImportContext;

  constructor(store: FindingStore, context: ImportContext, findingsMax: number) {
    this.store = store;
    this.context = context;
    this.draft = store.terms.draft();
    this.rows = rowBytes(findingsMax);
  }

  get size(): number {
    return this.texts.length;
  }

  /** Adds what importing a finding makes of it; answers why if it is refused. */
  add(finding: AsffFinding, text: Text, line: number): { readonly code: string; readonly message: string } | undefined {
    const { rules } = this.store;
    const bytesMax = (text.to - text.from) * JSON_GROWTH_MAX;
    const alone = rules.import(undefined, finding, { ...this.context, bytesMax });
    if (alone.kind === 'refused') return alone;
    const columns = columnsOf(createdOf(alone), this.draft.number);
    const at = this.texts.length;
    const key = keyDigitsOf(finding);
    this.rows.setHex(at, 'key', key);
    this.rows.set(at, 'form', forms.imported);
    for (const name of columnNames) this.rows.set(at, name, columns[name]);
    this.texts.push(text);
    this.lines.push(line);
    if (this.first.has(key)) this.repeated.push({ at, key });
    else this.first.set(key, at);
    return undefined;
  }

  updatedAt(at: number): number {
    return this.rows.get(at, 'updated_at');
  }

  /** The columns of a finding; their texts must be settled. */
  columns(at: number): Columns {
    const columns = {} as Record<keyof Columns, number>;
    for (const name of columnNames) columns[name] = this.rows.get(at, name);
    return columns;
  }

  /** Gives every text that is new here its number. */
  async settle(): Promise<void> {
    await this.draft.settle();
    for (let at = 0; at < this.size; at++) {
      for (const name of termColumnNames) {
        const number = this.rows.get(at, name);
        if (number < 0) this.rows.set(at, name, this.draft.settled(number));
      }
    }
  }
}
