import type {
  AsffFinding,
  ChangeOutcome,
  FindingChange,
  FindingHub,
  FindingIdentifier,
  FindingPage,
  HistoryQuery,
  HubDocuments,
  ImportOutcome,
} from '../../../findings/hub/finding-hub.js';
import type { Database } from '../database.js';
import { findingRules } from '../../../findings/hub/finding-rules.js';
import { changeBatch } from './change-batch.js';
import { countFindings, type ValueCount } from './count-findings.js';
import { collapseCounts } from './counts.js';
import { storeProblem } from './failures.js';
import { historyOf } from './history.js';
import { hubDocuments } from './hub-documents.js';
import { importBatch, itemOf, type FindingStore, type ImportContext } from './import-batch.js';
import type { ImportTally } from './import-lines.js';
import { importLines, importStream } from './import-stream.js';
import { listFindings, type StoredQuery } from './list-findings.js';
import type { FindingRules } from './rules.js';
import { Terms } from './terms.js';
import { Turns } from './turns.js';

/** Transactions of this hub at once. Each may need a second connection for a moment: fewer than half of the pool's. */
const WRITERS_MAX = 6;
/** Appended rows of counts that make reading them slow. */
const COUNT_ROWS_MAX = 50_000;

/** The findings of an organization in PostgreSQL. Any number of processes may use one database. */
export class PostgresFindingHub implements FindingHub {
  readonly documents: HubDocuments;
  private readonly store: FindingStore;
  /** Rules of one's own are functions, and stay on this thread. */
  private readonly import: typeof importStream;
  private readonly turns = new Turns(WRITERS_MAX);
  private countRows = 0;

  /** @param rules Security Hub's, unless told. */
  constructor(database: Database, rules?: FindingRules) {
    this.import = rules === undefined ? importStream : importLines;
    this.store = { database, rules: rules ?? findingRules(() => new Date()), terms: new Terms(database) };
    this.documents = hubDocuments(database);
  }

  importFindings(findings: readonly AsffFinding[], context: ImportContext): Promise<readonly ImportOutcome[]> {
    return this.write(async () => {
      const draft = this.store.terms.draft();
      const items = findings.map((finding) => itemOf(this.store.rules, draft, finding, context));
      const told = (_kind: ImportOutcome['kind'], outcome: () => ImportOutcome) => outcome();
      const { outcomes, countRows } = await importBatch(this.store, draft, items, context, told);
      await this.counted(countRows);
      return outcomes;
    });
  }

  /** Imports JSON lines, as many as there are: see `importStream`. */
  async importLines(chunks: AsyncIterable<Buffer>, context: ImportContext): Promise<ImportTally> {
    return this.import(this.store, chunks, context, this.turns).catch((error: unknown) => {
      throw storeProblem(error);
    });
  }

  changeFindings(
    identifiers: readonly FindingIdentifier[],
    change: FindingChange,
    context: Parameters<FindingHub['changeFindings']>[2],
  ): Promise<readonly ChangeOutcome[]> {
    return this.write(() => changeBatch(this.store, identifiers, change, context));
  }

  findings(query: StoredQuery): Promise<FindingPage> {
    return listFindings(this.store, query);
  }

  history(query: HistoryQuery): ReturnType<FindingHub['history']> {
    return historyOf(this.store.database, query);
  }

  countBy(
    attribute: string,
    query: Pick<StoredQuery, 'filters' | 'accounts' | 'text' | 'limit'>,
  ): Promise<readonly ValueCount[]> {
    return countFindings(this.store, attribute, query);
  }

  private write<Made>(work: () => Promise<Made>): Promise<Made> {
    return this.turns.take(work).catch((error: unknown) => {
      throw storeProblem(error);
    });
  }

  private async counted(rows: number): Promise<void> {
    this.countRows += rows;
    if (this.countRows < COUNT_ROWS_MAX) return;
    this.countRows = 0;
    await collapseCounts(this.store.database);
  }
}
