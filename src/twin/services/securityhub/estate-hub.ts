import { AutomatedFindingHub } from '../../../findings/hub/automated-finding-hub.js';
import type { DocumentKind, FindingHub, HistoryRecord, HubDocuments } from '../../../findings/hub/finding-hub.js';
import { MemoryFindingHub, type FindingTable } from '../../../findings/hub/memory-finding-hub.js';
import type { Context } from '../../context.js';

/** Where each kind of document is kept in an estate. */
const tables = {
  insight: 'AWS::SecurityHub::Insight',
  'action-target': 'AWS::SecurityHub::ActionTarget',
  'automation-rule': 'AWS::SecurityHub::AutomationRule',
} as const satisfies Record<DocumentKind, string>;

/** The findings of an account and region of the twin: they are in its estate, and a fork has its own. */
export function estateHub(context: Context): FindingHub {
  const findings = context.table('Hikeshi::SecurityHub::Finding');
  const histories = context.table('Hikeshi::SecurityHub::FindingHistory');
  const table: FindingTable = {
    get: (key) => findings.get(key)?.configuration,
    put: (key, finding) => void findings.put(key, finding),
    *all() {
      for (const { configuration } of findings.all()) yield configuration;
    },
    history: (key) => (histories.get(key)?.configuration.Records ?? []) as unknown as HistoryRecord[],
    append: (key, record) => {
      const Records = [...(histories.get(key)?.configuration.Records ?? []), record];
      histories.put(key, { Records } as never);
    },
    documents: documentsOf(context),
  };
  return new AutomatedFindingHub(new MemoryFindingHub(table, () => context.now));
}

function documentsOf(context: Context): HubDocuments {
  const of = (kind: DocumentKind) => context.table(tables[kind]);
  return {
    list: async <Document>(kind: DocumentKind) =>
      of(kind)
        .all()
        .map(({ configuration }) => configuration) as Document[],
    get: async <Document>(kind: DocumentKind, arn: string) => of(kind).get(arn)?.configuration as Document | undefined,
    put: async (kind, arn, document) => void of(kind).put(arn, document as never),
    remove: async (kind, arn) => {
      const known = of(kind).get(arn) !== undefined;
      of(kind).remove(arn);
      return known;
    },
  };
}
