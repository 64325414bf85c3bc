import type {
  AsffFinding,
  FindingFilters,
  FindingHub,
  FindingIdentifier,
  HistoryRecord,
  HubDocuments,
} from '../findings/hub/finding-hub.js';
import { importRefusal } from '../findings/hub/validate-finding.js';

type TextFilter = readonly { readonly Comparison?: string; readonly Value?: string }[];

const members: Readonly<Record<string, (finding: AsffFinding) => string | undefined>> = {
  Id: ({ Id }) => Id,
  ProductArn: ({ ProductArn }) => ProductArn,
  AwsAccountId: ({ AwsAccountId }) => AwsAccountId,
  SeverityLabel: ({ Severity }) => Severity?.Label,
  WorkflowStatus: ({ Workflow }) => Workflow?.Status,
  RecordState: ({ RecordState }) => RecordState,
  ComplianceStatus: ({ Compliance }) => Compliance?.Status,
  ResourceType: ({ Resources }) => Resources?.[0]?.Type,
};

/** Findings in memory, with as much of the rules as the faces of a hub can tell apart. */
export function memoryFindings(): FindingHub & { readonly all: Map<string, AsffFinding> } {
  const all = new Map<string, AsffFinding>();
  const histories = new Map<string, HistoryRecord[]>();
  const keyOf = ({ Id = '', ProductArn = '' }: FindingIdentifier) => `${ProductArn}\n${Id}`;
  const remember = (finding: AsffFinding, created: boolean, context: { actor: HistoryRecord['actor']; now: Date }) => {
    const { Id, ProductArn } = finding;
    const identifier = { Id, ProductArn };
    const entry = { identifier, at: context.now.toISOString(), created, actor: context.actor, updates: [] };
    histories.set(keyOf(identifier), [entry, ...(histories.get(keyOf(identifier)) ?? [])]);
  };
  const fits = (finding: AsffFinding, filters: FindingFilters = {}) =>
    Object.entries(filters as Record<string, TextFilter>).every(([name, filter]) =>
      filter.some(({ Comparison, Value }) => (members[name]?.(finding) === Value) === (Comparison !== 'NOT_EQUALS')),
    );
  const visible = (asked: { filters?: FindingFilters; accounts?: readonly string[] }) =>
    [...all.values()].filter(
      (finding) => fits(finding, asked.filters) && (asked.accounts?.includes(finding.AwsAccountId ?? '') ?? true),
    );
  return {
    all,
    documents: memoryDocuments(),
    importFindings: (findings, context) =>
      Promise.resolve(
        findings.map((finding) => {
          if (typeof finding.Id !== 'string' || typeof finding.ProductArn !== 'string') {
            return { kind: 'refused', code: 'InvalidInput', message: "finding must have required property 'Id'" };
          }
          const notAllowed = importRefusal(finding, context);
          if (notAllowed !== undefined) return { kind: 'refused', ...notAllowed };
          if (Buffer.byteLength(JSON.stringify(finding)) > 240 * 1024) {
            return { kind: 'refused', code: 'LimitExceeded', message: 'a finding may have at most 240 KB' };
          }
          const kind = all.has(keyOf(finding)) ? 'updated' : 'created';
          all.set(keyOf(finding), { Workflow: { Status: 'NEW' }, RecordState: 'ACTIVE', ...finding });
          remember(finding, kind === 'created', context);
          return { kind, finding };
        }),
      ),
    changeFindings: (identifiers, change, context) =>
      Promise.resolve(
        identifiers.map((identifier) => {
          const before = all.get(keyOf(identifier));
          if (before === undefined || context.accounts?.includes(before.AwsAccountId ?? '') === false) {
            return { kind: 'refused', code: 'FindingNotFound', message: 'Finding Not Found' };
          }
          const { Note, ...rest } = change;
          const noted = Note === undefined ? {} : { Note: { ...Note, UpdatedAt: context.now.toISOString() } };
          const finding = { ...before, ...rest, ...noted } as AsffFinding;
          all.set(keyOf(identifier), finding);
          remember(finding, false, context);
          return { kind: 'changed', before, finding };
        }),
      ),
    findings: (query) => {
      const from = Number(query.after ?? 0) || 0;
      const wanted = visible(query);
      const next = from + query.limit < wanted.length ? { next: String(from + query.limit) } : {};
      return Promise.resolve({ findings: wanted.slice(from, from + query.limit), ...next });
    },
    history: ({ identifier, limit }) =>
      Promise.resolve({ records: (histories.get(keyOf(identifier)) ?? []).slice(0, limit) }),
    countBy: (attribute, query) => {
      const counts = new Map<string, number>();
      for (const finding of visible(query)) {
        const value = members[attribute]?.(finding) ?? '';
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return Promise.resolve([...counts].map(([value, count]) => ({ value, count })).slice(0, query.limit));
    },
  };
}

function memoryDocuments(): HubDocuments {
  const kept = new Map<string, unknown>();
  return {
    list: <Document>(kind: string) =>
      Promise.resolve([...kept].flatMap(([key, value]) => (key.startsWith(`${kind} `) ? [value as Document] : []))),
    get: <Document>(kind: string, arn: string) => Promise.resolve(kept.get(`${kind} ${arn}`) as Document | undefined),
    put: (kind, arn, document) => Promise.resolve(void kept.set(`${kind} ${arn}`, document)),
    remove: (kind, arn) => Promise.resolve(kept.delete(`${kind} ${arn}`)),
  };
}
