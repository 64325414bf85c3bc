import { collect, collectedTypes, type CollectJournal } from '../../collectors/collect.js';
import type { AnyCollector } from '../../collectors/collector.js';
import type { EstateHeader, Gap } from '../../estate/estate.js';
import { writeSnapshot, type AccountPart } from '../../estate/snapshot-file.js';
import type { OpenConnection } from '../connect/open.js';
import { discover, type Discovery } from '../discover/discover.js';
import type { Selection } from '../discover/selection.js';
import type { Report } from '../event.js';

/** What reading an estate into a file needs. */
export interface ReadOptions {
  readonly connection: OpenConnection;
  readonly selection: Selection;
  readonly collectors: readonly AnyCollector[];
  /** Where the snapshot goes, once it is known what was found. */
  readonly pathOf: (discovery: Discovery) => string;
  readonly force: boolean;
  readonly now: Date;
  readonly report: Report;
  readonly journal?: (discovery: Discovery) => CollectJournal;
  readonly signal?: AbortSignal;
}

export interface ReadEstate {
  readonly path: string;
  readonly discovery: Discovery;
  readonly header: EstateHeader;
  readonly resources: number;
  readonly gaps: number;
}

/** Reads the selected accounts and regions into a snapshot file, account by account. Never writes to AWS. */
export async function readEstate(options: ReadOptions): Promise<ReadEstate> {
  const { connection, collectors, report } = options;
  const discovery = await discover(connection, options.selection);
  for (const text of discovery.notes) report({ kind: 'note', text });
  report({
    kind: 'discovered',
    accounts: discovery.accounts.length,
    regions: new Set(discovery.accounts.flatMap(({ regions }) => regions)).size,
    ...(discovery.organizationId === undefined ? {} : { organizationId: discovery.organizationId }),
  });
  const header: EstateHeader = {
    partition: discovery.partition,
    ...(discovery.organizationId === undefined ? {} : { organizationId: discovery.organizationId }),
    ...(discovery.managementAccountId === undefined ? {} : { managementAccountId: discovery.managementAccountId }),
    collectedAt: options.now.toISOString(),
    accounts: discovery.accounts,
    types: collectedTypes(collectors, discovery),
  };
  const path = options.pathOf(discovery);
  const parts = collectParts(options, discovery);
  const written = await writeSnapshot(path, header, parts, { force: options.force, gaps: discovery.gaps });
  return { path, discovery, header, ...written };
}

async function* collectParts(options: ReadOptions, discovery: Discovery): AsyncIterable<AccountPart> {
  const { connection, collectors, report, signal } = options;
  const journal = options.journal?.(discovery);
  const collected = collect({
    send: connection.send,
    partition: discovery.partition,
    accounts: discovery.accounts,
    ...(discovery.managementAccountId === undefined ? {} : { managementAccountId: discovery.managementAccountId }),
    collectors,
    ...(journal === undefined ? {} : { journal }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (progress) => report({ kind: 'collecting', ...progress }),
  });
  for await (const { account, resources, gaps } of collected) {
    report({ kind: 'account-collected', accountId: account.accountId, resources: resources.length, gaps: gaps.length });
    yield { accountId: account.accountId, resources, gaps: gaps.filter(distinct(discovery.gaps)) };
  }
}

/** Each gap once: a role that cannot be entered fails every unit of its account alike, and the list of its regions before. */
function distinct(before: readonly Gap[]): (gap: Gap) => boolean {
  const seen = new Set(before.map((gap) => JSON.stringify(gap)));
  return (gap) => {
    const key = JSON.stringify(gap);
    return !seen.has(key) && seen.add(key) !== undefined;
  };
}
