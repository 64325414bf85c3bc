import { Problem } from '../../base/problem.js';
import { changeFinding } from './change-finding.js';
import { compileFilters } from './filters.js';
import type {
  Actor,
  AsffFinding,
  ChangeOutcome,
  DocumentKind,
  FindingHub,
  FindingIdentifier,
  FindingPage,
  FindingQuery,
  HistoryQuery,
  HistoryRecord,
  HubDocuments,
  ImportOutcome,
} from './finding-hub.js';
import { groupValues } from './group-by.js';
import { historyUpdates } from './history.js';
import { importFinding } from './import-finding.js';
import { sorting, type SortKey } from './sorting.js';

const keyOf = ({ ProductArn = '', Id = '' }: FindingIdentifier) => `${ProductArn}\n${Id}`;
/** GetFindingHistory keeps a finding's changes for 90 days; older ones are not told here either. */
export const HISTORY_DAYS = 90;

/** The obvious FindingHub: everything in Maps, every question asked of every finding. The others are held against it. */
export class MemoryFindingHub implements FindingHub {
  readonly #findings = new Map<string, AsffFinding>();
  readonly #history = new Map<string, HistoryRecord[]>();
  readonly #documents = new Map<DocumentKind, Map<string, unknown>>();

  /** @param now what a filter's DateRange counts back from. */
  constructor(private readonly now: () => Date) {}

  async importFindings(
    findings: readonly AsffFinding[],
    context: { readonly actor: Actor; readonly now: Date; readonly account?: string },
  ): Promise<readonly ImportOutcome[]> {
    return findings.map((given) => {
      const { account } = context;
      if (account !== undefined && given.AwsAccountId !== account) {
        const message = `Account ${account} may not import findings of account ${given.AwsAccountId}`;
        return { kind: 'refused', code: 'InvalidAccess', message };
      }
      const known = this.#findings.get(keyOf(identify(given)));
      const finding = importFinding(known, given);
      if (finding === known) return { kind: 'unchanged' };
      this.#keep(known, finding, context);
      return { kind: known === undefined ? 'created' : 'updated', finding };
    });
  }

  async changeFindings(
    identifiers: readonly FindingIdentifier[],
    change: Parameters<FindingHub['changeFindings']>[1],
    context: { readonly actor: Actor; readonly now: Date; readonly accounts?: readonly string[] },
  ): Promise<readonly ChangeOutcome[]> {
    return identifiers.map((identifier) => {
      const before = this.#findings.get(keyOf(identifier));
      // Another account's finding is answered as one that is not there: whether it exists is not told.
      if (before === undefined || !visible(before, context.accounts))
        return { kind: 'refused', code: 'FindingNotFound', message: 'Finding Not Found' };
      const finding = changeFinding(before, change, context.now);
      this.#keep(before, finding, context);
      return { kind: 'changed', before, finding };
    });
  }

  async findings(query: FindingQuery): Promise<FindingPage> {
    const { keyOf: place, compare } = sorting(query.sort);
    const after = query.after === undefined ? undefined : (decode(query.after) as SortKey);
    const rest = this.#matching(query)
      .map((finding) => ({ finding, key: place(finding) }))
      .filter(({ key }) => after === undefined || compare(key, after) > 0)
      .toSorted((a, b) => compare(a.key, b.key));
    const page = rest.slice(0, query.limit);
    const last = page.at(-1);
    const findings = page.map(({ finding }) => finding);
    return rest.length > page.length && last !== undefined ? { findings, next: encode(last.key) } : { findings };
  }

  async history(query: HistoryQuery): Promise<{ readonly records: readonly HistoryRecord[]; readonly next?: string }> {
    const { from, to } = query;
    const oldest = this.now().getTime() - HISTORY_DAYS * 86_400_000;
    const wanted = (this.#history.get(keyOf(query.identifier)) ?? [])
      .map((record, index) => ({ record, index, at: Date.parse(record.at) }))
      .filter(({ at }) => at >= oldest && (from === undefined || at >= Date.parse(from)))
      .filter(({ at }) => to === undefined || at <= Date.parse(to))
      .toReversed();
    const after = query.after === undefined ? Infinity : Number((decode(query.after) as SortKey)[0]);
    const rest = wanted.filter(({ index }) => index < after);
    const page = rest.slice(0, query.limit);
    const last = page.at(-1);
    const records = page.map(({ record }) => record);
    return rest.length > page.length && last !== undefined ? { records, next: encode([last.index]) } : { records };
  }

  async countBy(
    attribute: string,
    query: Parameters<FindingHub['countBy']>[1],
  ): Promise<readonly { readonly value: string; readonly count: number }[]> {
    const valuesOf = groupValues(attribute);
    const counts = new Map<string, number>();
    for (const finding of this.#matching(query))
      for (const value of valuesOf(finding)) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, query.limit);
  }

  readonly documents: HubDocuments = {
    list: async <Document>(kind: DocumentKind) => structuredClone([...this.#of(kind).values()]) as Document[],
    get: async <Document>(kind: DocumentKind, arn: string) =>
      structuredClone(this.#of(kind).get(arn)) as Document | undefined,
    put: async (kind, arn, document) => void this.#of(kind).set(arn, structuredClone(document)),
    remove: async (kind, arn) => this.#of(kind).delete(arn),
  };

  #of(kind: DocumentKind): Map<string, unknown> {
    const known = this.#documents.get(kind) ?? new Map<string, unknown>();
    this.#documents.set(kind, known);
    return known;
  }

  #matching(query: Pick<FindingQuery, 'filters' | 'accounts'>): AsffFinding[] {
    const matches = compileFilters(query.filters, this.now());
    return [...this.#findings.values()].filter((finding) => visible(finding, query.accounts) && matches(finding));
  }

  #keep(
    before: AsffFinding | undefined,
    finding: AsffFinding,
    { actor, now }: { readonly actor: Actor; readonly now: Date },
  ) {
    const identifier = identify(finding);
    this.#findings.set(keyOf(identifier), finding);
    const updates = before === undefined ? [] : historyUpdates(before, finding);
    if (before !== undefined && updates.length === 0) return;
    const record = { identifier, at: now.toISOString(), created: before === undefined, actor, updates };
    this.#history.set(keyOf(identifier), [...(this.#history.get(keyOf(identifier)) ?? []), record]);
  }
}

const identify = ({ Id, ProductArn }: AsffFinding): FindingIdentifier => ({ Id, ProductArn });
const visible = ({ AwsAccountId = '' }: AsffFinding, accounts: readonly string[] | undefined) =>
  accounts === undefined || accounts.includes(AwsAccountId);

const encode = (key: SortKey) => Buffer.from(JSON.stringify(key)).toString('base64url');

function decode(cursor: string): unknown {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key)) return key;
  } catch {
    // Told below: a cursor that is no JSON is as foreign as one that is no list.
  }
  throw new Problem('invalid-cursor', `\`${cursor}\` is no place in a listing`, { next: 'Ask from the beginning.' });
}
