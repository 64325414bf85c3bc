import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { Text } from './blocks.js';
import { numberColumns, termColumnNames, termColumns, termText } from './columns.js';
import { FixedRows, type Column } from './copy-binary.js';
import { rowColumn, rowLayout } from './rows.js';
import type { StringValue } from './string-values.js';
import type { TermDraft, TermKind } from './terms.js';

/** What the lines of one shape have in common, and which of their free strings give the rest of the row. */
export interface ShapedRow {
  /** The row of the first one. */
  readonly bytes: Buffer;
  readonly id: number;
  readonly product: number;
  readonly numbers: readonly { readonly column: Column; readonly free: number }[];
  /** `place` is the column's among those of texts. */
  readonly terms: readonly {
    readonly column: Column;
    readonly place: number;
    readonly kind: TermKind;
    readonly free: number;
  }[];
  /** Texts that are the same in all. */
  readonly fixed: readonly { readonly column: Column; readonly kind: TermKind; readonly text: string }[];
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
    return at === undefined ? [] : [{ column: rowColumn[column], free: at }];
  });
  const terms: ShapedRow['terms'][number][] = [];
  const fixed: ShapedRow['fixed'][number][] = [];
  for (const [place, name] of termColumnNames.entries()) {
    const [kind, path] = termColumns[name];
    const column = rowColumn[name];
    const at = placeOf(path);
    if (at === undefined) fixed.push({ column, kind, text: termText(created, name) });
    else terms.push({ column, place, kind, free: at });
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

const NONE = new Uint8Array();

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
  private readonly last: readonly Last[] = termColumnNames.map(() => ({ bytes: NONE, from: 0, length: -1, number: 0 }));
  /** Rows of shapes with the numbers of texts that are the same in all. */
  private readonly begun = new Map<ShapedRow, Buffer>();

  constructor(draft: TermDraft) {
    this.draft = draft;
  }

  /** Sets all that a shape and its texts say of a row. */
  setRow(rows: FixedRows, at: number, shape: ShapedRow, of: FreeStrings): void {
    rows.setRow(at, this.begunRow(shape));
    const { in: bytes } = of.text;
    for (let term = 0; term < shape.terms.length; term++) {
      const { column, place, kind, free } = shape.terms[term] as ShapedRow['terms'][number];
      const last = this.last[place] as Last;
      const [from, to] = [of.from[free] as number, of.to[free] as number];
      if (!isSame(last, bytes, from, to)) {
        last.bytes = bytes;
        last.from = from;
        last.length = to - from;
        last.number = this.draft.number(kind, bytes.toString('utf8', from, to));
      }
      rows.set(at, column, last.number);
    }
  }

  private begunRow(shape: ShapedRow): Buffer {
    const known = this.begun.get(shape);
    if (known !== undefined) return known;
    const rows = new FixedRows(rowLayout, 1);
    rows.setRow(0, shape.bytes);
    for (const { column, kind, text } of shape.fixed) rows.set(0, column, this.draft.number(kind, text));
    const row = rows.row(0);
    this.begun.set(shape, row);
    return row;
  }
}

function isSame(last: Last, bytes: Uint8Array, from: number, to: number): boolean {
  if (last.length !== to - from) return false;
  let at = 0;
  while (at < last.length && last.bytes[last.from + at] === bytes[from + at]) at += 1;
  return at === last.length;
}
