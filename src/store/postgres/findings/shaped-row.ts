import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { Text } from './blocks.js';
import { numberColumns, termColumnNames, termColumns, termText, type TermColumn } from './columns.js';
import type { RowBytes } from './rows.js';
import type { StringValue } from './string-values.js';
import type { TermDraft, TermKind } from './terms.js';

/** What the lines of one shape have in common, and which of their free strings give the rest of the row. */
export interface ShapedRow {
  /** The row of the first one. */
  readonly bytes: Buffer;
  readonly id: number;
  readonly product: number;
  readonly numbers: readonly { readonly column: keyof typeof numberColumns; readonly free: number }[];
  readonly terms: readonly { readonly column: TermColumn; readonly kind: TermKind; readonly free: number }[];
  /** Texts that are the same in all. */
  readonly fixed: readonly { readonly column: TermColumn; readonly kind: TermKind; readonly text: string }[];
}

/**
 * @param created what importing the first one made of it.
 * @param row its row.
 * @param free its free strings.
 */
export function shapedRow(created: AsffFinding, row: Buffer, free: readonly StringValue[]): ShapedRow {
  const places = new Map(free.map(({ path }, at) => [JSON.stringify(path), at]));
  const placeOf = (path: readonly (string | number)[]) => places.get(JSON.stringify(path));
  const numbers = (Object.keys(numberColumns) as (keyof typeof numberColumns)[]).flatMap((column) => {
    const at = placeOf(numberColumns[column]);
    return at === undefined ? [] : [{ column, free: at }];
  });
  const terms: { column: TermColumn; kind: TermKind; free: number }[] = [];
  const fixed: { column: TermColumn; kind: TermKind; text: string }[] = [];
  for (const column of termColumnNames) {
    const [kind, path] = termColumns[column];
    const at = placeOf(path);
    if (at === undefined) fixed.push({ column, kind, text: termText(created, column) });
    else terms.push({ column, kind, free: at });
  }
  return {
    bytes: Buffer.from(row),
    id: found(placeOf(['Id'])),
    product: found(placeOf(['ProductArn'])),
    numbers,
    terms,
    fixed,
  };
}

function found(place: number | undefined): number {
  if (place === undefined) throw new Error('the identifiers of a finding must be free strings');
  return place;
}

/** The free strings of a line, where they lie. */
interface FreeStrings {
  readonly text: Text;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** The last text of a column, and its number. */
interface Last {
  bytes: Uint8Array;
  from: number;
  length: number;
  number: number;
}

/**
 * Puts the numbers of texts into the rows of one batch. Most findings have many of the texts of the one before: a text is
 * looked up only where it differs.
 */
export class ShapedTerms {
  private readonly draft: TermDraft;
  private readonly last = new Map<TermColumn, Last>();
  private readonly fixed = new Map<ShapedRow, readonly number[]>();

  constructor(draft: TermDraft) {
    this.draft = draft;
  }

  set(rows: RowBytes, at: number, shape: ShapedRow, of: FreeStrings): void {
    for (const { column, kind, free } of shape.terms) {
      rows.set(at, column, this.number(column, kind, of.text.in, of.from[free] as number, of.to[free] as number));
    }
    const numbers = this.fixedNumbers(shape);
    shape.fixed.forEach(({ column }, place) => rows.set(at, column, numbers[place] as number));
  }

  private number(column: TermColumn, kind: TermKind, bytes: Buffer, from: number, to: number): number {
    let last = this.last.get(column);
    if (last !== undefined && isSame(last, bytes, from, to)) return last.number;
    if (last === undefined) this.last.set(column, (last = { bytes, from, length: 0, number: 0 }));
    last.bytes = bytes;
    last.from = from;
    last.length = to - from;
    last.number = this.draft.number(kind, bytes.toString('utf8', from, to));
    return last.number;
  }

  private fixedNumbers(shape: ShapedRow): readonly number[] {
    const known = this.fixed.get(shape);
    if (known !== undefined) return known;
    const numbers = shape.fixed.map(({ kind, text }) => this.draft.number(kind, text));
    this.fixed.set(shape, numbers);
    return numbers;
  }
}

function isSame(last: Last, bytes: Uint8Array, from: number, to: number): boolean {
  if (last.length !== to - from) return false;
  let at = 0;
  while (at < last.length && last.bytes[last.from + at] === bytes[from + at]) at += 1;
  return at === last.length;
}
