import { controls } from '../../controls/catalogue.js';
import type { Estate } from '../../estate/estate.js';
import { findingFromAsff } from '../../findings/from-asff.js';
import type { Finding } from '../../findings/finding.js';
import type { AsffFinding, FindingFilters, FindingHub } from '../../findings/hub/finding-hub.js';
import { responseLedger } from '../respond/ledger-port.js';
import { openResponses } from '../respond/open-responses.js';
import type { AccountConnection, ResponseFindings, ResponseNotifications } from '../respond/ports.js';
import type { Responses } from '../respond/responses.js';
import type { Scope } from '../respond/settings.js';
import { startWorker } from '../respond/worker.js';
import type { HubGround } from './open-hub.js';

/** What accounts are like, and the way to them. */
export interface HubWorld {
  /** The estate of the last scan that has an account. */
  readonly estate: (accountId: string) => Promise<Estate>;
  readonly connection: (accountId: string) => Promise<AccountConnection>;
  readonly close: () => void;
}

export interface HubRuns {
  readonly responses: Responses;
  close(): Promise<void>;
}

/** The runs of a hub: a worker in this process, and the use cases over the database that all workers share. */
export async function openHubRuns(
  { database, ledger, clock }: HubGround,
  findings: FindingHub,
  world: HubWorld,
  options: { readonly notifications: ResponseNotifications; readonly onError: (error: unknown) => void },
): Promise<HubRuns> {
  const worker = await startWorker({
    database,
    ledger: responseLedger(ledger),
    ports: {
      controls,
      estate: world.estate,
      connection: world.connection,
      findings: hubFindings(findings),
      notifications: options.notifications,
      now: clock,
      sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    },
    onTrouble: (_what, error) => options.onError(error),
  });
  return {
    responses: openResponses({ database, enqueue: worker.engine.enqueue, now: clock }),
    close: async () => {
      await worker.drain();
      world.close();
    },
  };
}

const PAGE = 100;
const equals = (...values: readonly string[]) => values.map((Value) => ({ Comparison: 'EQUALS' as const, Value }));

/** Findings of a hub, as runs are about them. */
export function hubFindings(hub: FindingHub): ResponseFindings {
  return {
    looked: async (finding, verdict, { runId, at, text }) => {
      const filters: FindingFilters = { Id: equals(finding.id), AwsAccountId: equals(finding.accountId) };
      const { findings } = await hub.findings({ filters, limit: PAGE });
      const seen = findings.map((found): AsffFinding => {
        // The time of the look, not that of writing it down: twice is once, by the rule of strictly newer.
        const looked = { ...found, UpdatedAt: at, LastObservedAt: at };
        if (verdict.status === 'absent') return { ...looked, RecordState: 'ARCHIVED' };
        return { ...looked, RecordState: 'ACTIVE', Compliance: { ...found.Compliance, Status: verdict.status } };
      });
      if (seen.length === 0) return;
      const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: `run ${runId}`, reason: text } as const;
      await hub.importFindings(seen, { actor, now: new Date(at) });
    },
    open: async (scope, most) => {
      const open: Finding[] = [];
      let after: string | undefined;
      do {
        const page = await hub.findings({
          filters: openFilters(scope),
          limit: PAGE,
          ...(scope.accounts === undefined ? {} : { accounts: scope.accounts }),
          ...(after === undefined ? {} : { after }),
        });
        for (const asff of page.findings) {
          const finding = findingFromAsff(asff, controls);
          if (typeof finding !== 'string' && open.length < most) open.push(finding);
        }
        after = page.next;
      } while (after !== undefined && open.length < most);
      return open;
    },
  };
}

/** What a database can sort out of a scope; who asks looks at the rest of it. */
function openFilters({ controls: ids, severities }: Scope): FindingFilters {
  return {
    ComplianceStatus: equals('FAILED'),
    RecordState: equals('ACTIVE'),
    WorkflowStatus: equals('NEW', 'NOTIFIED'),
    ...(ids === undefined ? {} : { ComplianceSecurityControlId: equals(...ids) }),
    ...(severities === undefined ? {} : { SeverityLabel: equals(...severities) }),
  };
}
