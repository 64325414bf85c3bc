import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import { FINDING_BYTES_MAX } from '../../../findings/hub/validate-finding.js';
import type { Text } from './blocks.js';
import { columnNames, columnsOf, forms, termColumnNames } from './columns.js';
import type { FixedRows } from './copy-binary.js';
import { createdOf } from './import-batch.js';
import { keyDigitsOf } from './key.js';
import type { KeyTable } from './key-table.js';
import type { LineReader } from './line-reader.js';
import type { NumberList } from './number-list.js';
import { rowColumn } from './rows.js';
import { shapedRow, ShapedTerms } from './shaped-row.js';
import type { TermDraft } from './terms.js';
import type { TextList } from './text-list.js';

/** A number may be written shorter than JSON.stringify writes it: `1e20` has 4 digits, and becomes 21. */
const JSON_GROWTH_MAX = 6;

/** As many bytes as a finding can have as JSON, at most. */
function mostBytes({ from, to }: Text): number {
  return (to - from) * JSON_GROWTH_MAX;
}

/** A finding of a batch that has the key of an earlier one in it. */
export interface Repeated {
  readonly at: number;
  readonly first: number;
}

/** What a batch is kept in, to be used again by a later one. */
export interface BatchMemory {
  readonly rows: FixedRows;
  readonly keys: KeyTable;
  readonly texts: TextList;
  /** The number of each finding's line. */
  readonly lines: NumberList;
  /** The places of those that are the first with their key. */
  readonly firsts: NumberList;
}

/**
 * Findings of lines, made ready to be written as new ones: their rows as COPY takes them, and their texts as they came.
 * Nothing that was parsed is kept: of ten thousands of findings under way the garbage collector would else carry every
 * object about, at more than the cost of all the rest.
 */
export class LineBatch {
  readonly draft: TermDraft;
  readonly rows: FixedRows;
  readonly repeated: Repeated[] = [];
  readonly keys: KeyTable;
  readonly memory: BatchMemory;
  private readonly reader: LineReader;
  private readonly texts: TextList;
  private readonly terms: ShapedTerms;

  constructor(reader: LineReader, memory: BatchMemory) {
    this.reader = reader;
    this.memory = memory;
    this.draft = reader.store.terms.draft();
    this.rows = memory.rows;
    this.keys = memory.keys;
    this.texts = memory.texts;
    this.terms = new ShapedTerms(this.draft);
  }

  get size(): number {
    return this.texts.size;
  }

  /** The number of a finding's line. */
  line(at: number): number {
    return this.memory.lines.at(at);
  }

  /** The places of those that are the first with their key. */
  get firsts(): Int32Array {
    return this.memory.firsts.all();
  }

  text(at: number): Text {
    return this.texts.at(at);
  }

  /** Adds a finding without parsing it, if its line is of a shape that is known here. */
  addKnown(text: Text, line: number): boolean {
    const { shapes } = this.reader;
    // What may be too large is measured once it is parsed.
    const shape = mostBytes(text) <= FINDING_BYTES_MAX ? shapes?.match(text) : undefined;
    if (shapes === undefined || shape === undefined) return false;
    const at = this.texts.size;
    this.terms.setRow(this.rows, at, shape, { text, from: shapes.from, to: shapes.to });
    for (const { column, free } of shape.numbers) this.rows.set(at, column, shapes.value[free] as number);
    const Id = text.in.toString('utf8', shapes.from[shape.id], shapes.to[shape.id]);
    const ProductArn = text.in.toString('utf8', shapes.from[shape.product], shapes.to[shape.product]);
    this.added({ Id, ProductArn }, text, line);
    return true;
  }

  /** Adds what importing a finding makes of it; answers why if it is refused. */
  add(finding: AsffFinding, text: Text, line: number): { readonly code: string; readonly message: string } | undefined {
    const { store, shapes, context } = this.reader;
    const bytesMax = mostBytes(text);
    const alone = store.rules.import(undefined, finding, { ...context, bytesMax });
    if (alone.kind === 'refused') return alone;
    const created = createdOf(alone);
    const columns = columnsOf(created, this.draft.number);
    const at = this.texts.size;
    this.rows.set(at, rowColumn.form, forms.imported);
    for (const name of columnNames) this.rows.set(at, rowColumn[name], columns[name]);
    this.added(finding, text, line);
    shapes?.learn(text, (free) => shapedRow(created, this.rows.row(at), free));
    return undefined;
  }

  updatedAt(at: number): number {
    return this.rows.get(at, rowColumn.updated_at);
  }

  /** Gives every text that is new here its number. */
  async settle(): Promise<void> {
    if (!(await this.draft.settle())) return;
    for (const column of termColumnNames.map((name) => rowColumn[name])) {
      for (let at = 0; at < this.size; at++) {
        const number = this.rows.get(at, column);
        if (number < 0) this.rows.set(at, column, this.draft.settled(number));
      }
    }
  }

  private added(finding: Pick<AsffFinding, 'Id' | 'ProductArn'>, text: Text, line: number): void {
    const at = this.texts.size;
    this.rows.setHex(at, rowColumn.key, keyDigitsOf(finding));
    this.texts.add(text);
    this.memory.lines.push(line);
    const first = this.keys.add(at);
    if (first === at) this.memory.firsts.push(at);
    else this.repeated.push({ at, first });
  }
}
