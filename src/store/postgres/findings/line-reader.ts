import type { FindingStore, ImportContext } from './import-batch.js';
import { FixedRows } from './copy-binary.js';
import { KeyTable } from './key-table.js';
import { LineBatch, type BatchMemory } from './line-batch.js';
import { LineShapes } from './line-shapes.js';
import { NumberList } from './number-list.js';
import { rowLayout } from './rows.js';
import type { ShapedRow } from './shaped-row.js';
import { TextList } from './text-list.js';

/** Findings of one transaction: enough that its fixed cost does not count, few enough to hold in memory. */
export const BATCH_MAX = 40_000;

/** Reads lines for one import, and remembers the shapes of lines that it has seen. */
export class LineReader {
  readonly store: FindingStore;
  readonly context: ImportContext;
  /** Undefined where the rules do not say which strings are free. */
  readonly shapes: LineShapes<ShapedRow> | undefined;
  private readonly spare: BatchMemory[] = [];

  constructor(store: FindingStore, context: ImportContext) {
    this.store = store;
    this.context = context;
    const { freeTextAt } = store.rules;
    // Where only findings of some accounts are taken, the account's number decides.
    const isLimited = context.account !== undefined || context.accounts !== undefined;
    const isOwner = (path: readonly (string | number)[]) =>
      isLimited && path.length === 1 && path[0] === 'AwsAccountId';
    if (freeTextAt !== undefined)
      this.shapes = new LineShapes((path) => (isOwner(path) ? undefined : freeTextAt(path)));
  }

  batch(): LineBatch {
    return new LineBatch(this, this.spare.pop() ?? memory());
  }

  /** Says that a batch is written, and not asked any more. */
  ended({ memory }: LineBatch): void {
    memory.keys.clear();
    memory.texts.clear();
    memory.lines.clear();
    memory.firsts.clear();
    this.spare.push(memory);
  }
}

function memory(): BatchMemory {
  const rows = new FixedRows(rowLayout, BATCH_MAX);
  return {
    rows,
    keys: new KeyTable(rows, BATCH_MAX),
    texts: new TextList(BATCH_MAX),
    lines: new NumberList(BATCH_MAX),
    firsts: new NumberList(BATCH_MAX),
  };
}
