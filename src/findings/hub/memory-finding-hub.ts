import { Problem } from '../../base/problem.js';
import type { Clock } from '../../base/ports.js';
import { changeFinding } from './change-finding.js';
import { sortValueOf, textsOf } from './finding-attributes.js';
import { compileFilters } from './finding-filters.js';
import type {
  Actor,
  AsffFinding,
  ChangeOutcome,
  Cursor,
  FindingChange,
  FindingFilters,
  FindingHub,
  FindingIdentifier,
  FindingPage,
  FindingQuery,
  HistoryQuery,
  HistoryRecord,
  HubDocuments,
  ImportContext,
  ImportOutcome,
} from './finding-hub.js';
import { importFinding } from './import-finding.js';
import { updatesBetween } from './updates-between.js';

/** Where a hub in memory keeps its things: maps of its own, or the tables of an estate. */
export interface FindingTable {
  get(key: string): AsffFinding | undefined;
  put(key: string, finding: AsffFinding): void;
  all(): Iterable<AsffFinding>;
  history(key: string): readonly HistoryRecord[];
  append(key: string, record: HistoryRecord): void;
  readonly documents: HubDocuments;
}

/** A finding's key: its Id among those of its product. */
export function keyOf({
  ProductArn = '',
  Id = '',
}: {
  ProductArn?: string | undefined;
  Id?: string | undefined;
}): string {
  return `${ProductArn}/${Id}`;
}

/** Findings in a table: every method walks all of it. The plain meaning, against which the database is tested. */
export class MemoryFindingHub implements FindingHub {
  private readonly table: FindingTable;
  private readonly clock: Clock;
  readonly documents: HubDocuments;

  /** @param clock what filters by days count back from. */
  constructor(table: FindingTable = mapTable(), clock: Clock = () => new Date()) {
    this.table = table;
    this.clock = clock;
    this.documents = table.documents;
  }

  async importFindings(findings: readonly AsffFinding[], context: ImportContext): Promise<readonly ImportOutcome[]> {
    return findings.map((incoming) => {
      const key = keyOf(incoming ?? {});
      const known = this.table.get(key);
      const outcome = importFinding(known, incoming, context);
      if (outcome.kind === 'created' || outcome.kind === 'updated') this.write(key, known, outcome.finding, context);
      return outcome;
    });
  }

  async changeFindings(
    identifiers: readonly FindingIdentifier[],
    change: FindingChange,
    context: { readonly actor: Actor; readonly now: Date; readonly accounts?: readonly string[] },
  ): Promise<readonly ChangeOutcome[]> {
    return identifiers.map((identifier): ChangeOutcome => {
      const key = keyOf(identifier);
      const known = this.table.get(key);
      if (known === undefined || context.accounts?.includes(known.AwsAccountId ?? '') === false) {
        return { kind: 'refused', code: 'FindingNotFound', message: 'Finding Not Found' };
      }
      const outcome = changeFinding(known, change, context);
      if (outcome.kind === 'changed') this.write(key, known, outcome.finding, context);
      return outcome;
    });
  }

  async findings(query: FindingQuery): Promise<FindingPage> {
    const sorted = this.matching(query.filters, query.accounts).sort(ordered(query.sort ?? []));
    const from = placeOf(query.after);
    const findings = sorted.slice(from, from + query.limit);
    return { findings, ...(from + query.limit < sorted.length ? { next: String(from + query.limit) } : {}) };
  }

  async history({ identifier, from, to, limit, after }: HistoryQuery): ReturnType<FindingHub['history']> {
    const all = [...this.table.history(keyOf(identifier))]
      .reverse()
      .filter(({ at }) => (from === undefined || at >= from) && (to === undefined || at <= to));
    const start = placeOf(after);
    const records = all.slice(start, start + limit);
    return { records, ...(start + limit < all.length ? { next: String(start + limit) } : {}) };
  }

  async countBy(
    attribute: string,
    query: { readonly filters?: FindingFilters; readonly limit: number; readonly accounts?: readonly string[] },
  ): Promise<readonly { readonly value: string; readonly count: number }[]> {
    const counts = new Map<string, number>();
    for (const finding of this.matching(query.filters, query.accounts)) {
      for (const value of textsOf(finding, attribute)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, query.limit);
  }

  private matching(filters: FindingFilters | undefined, accounts: readonly string[] | undefined): AsffFinding[] {
    const compiled = compileFilters(filters, this.clock());
    if ('mistake' in compiled) throw new Error(`${compiled.mistake.field}: ${compiled.mistake.message}`);
    const visible = (finding: AsffFinding) => accounts === undefined || accounts.includes(finding.AwsAccountId ?? '');
    return [...this.table.all()].filter((finding) => visible(finding) && compiled.matches(finding));
  }

  private write(
    key: string,
    known: AsffFinding | undefined,
    finding: AsffFinding,
    { actor, now }: { readonly actor: Actor; readonly now: Date },
  ): void {
    this.table.put(key, finding);
    const updates = known === undefined ? [] : updatesBetween(known, finding);
    // What says again what was so already is nothing that happened.
    if (known !== undefined && updates.length === 0) return;
    this.table.append(key, {
      identifier: { Id: finding.Id, ProductArn: finding.ProductArn },
      at: now.toISOString(),
      created: known === undefined,
      actor,
      updates,
    });
  }
}

function placeOf(cursor: Cursor | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Problem('bad-cursor', `\`${cursor}\` is no place in a listing`, {
    next: 'pass on what the page before gave, or begin at the first page',
    exit: 'badUsage',
  });
}

/** By the criteria in turn, then by when they were last updated, newest first, then by key. */
function ordered(sort: NonNullable<FindingQuery['sort']>): (a: AsffFinding, b: AsffFinding) => number {
  return (a, b) => {
    for (const { Field = '', SortOrder = 'asc' } of sort) {
      const difference = compareValues(sortValueOf(a, Field), sortValueOf(b, Field));
      if (difference !== 0) return SortOrder === 'desc' ? -difference : difference;
    }
    const newest = compareValues(sortValueOf(b, 'UpdatedAt'), sortValueOf(a, 'UpdatedAt'));
    return newest !== 0 ? newest : keyOf(a) < keyOf(b) ? -1 : 1;
  };
}

/** What has no value comes first, numbers before texts. */
function compareValues(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : 1;
}

function mapTable(): FindingTable {
  const findings = new Map<string, AsffFinding>();
  const histories = new Map<string, HistoryRecord[]>();
  const documents = new Map<string, Map<string, unknown>>();
  const of = (kind: string) =>
    documents.get(kind) ?? documents.set(kind, new Map<string, unknown>()).get(kind) ?? new Map<string, unknown>();
  return {
    get: (key) => findings.get(key),
    put: (key, finding) => void findings.set(key, finding),
    all: () => findings.values(),
    history: (key) => histories.get(key) ?? [],
    append: (key, record) => void histories.set(key, [...(histories.get(key) ?? []), record]),
    documents: {
      list: async <Document>(kind: string) => [...of(kind).values()] as Document[],
      get: async <Document>(kind: string, arn: string) => of(kind).get(arn) as Document | undefined,
      put: async (kind, arn, document) => void of(kind).set(arn, document),
      remove: async (kind, arn) => of(kind).delete(arn),
    },
  };
}
