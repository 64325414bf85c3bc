import type { AccountInfo } from '../../estate/estate.js';
import { homeRegion } from '../../reference/partitions.js';
import type { Home } from '../../store/home.js';
import type { Database } from '../../store/postgres/database.js';
import { estateHeaders } from '../../store/postgres/estates/estate-table.js';
import { isBelow } from '../scope/scope.js';
import type { Organization } from './hub.js';

/** What an account is called where nothing was scanned yet: the one of AWS's documentation. */
const NO_ACCOUNT = '123456789012';
/** Scopes are resolved for every call; what the scans say is read again this often. */
const REMEMBERED_MS = 2_000;

/** What one scan saw of an organization. */
interface Seen {
  readonly at: string;
  readonly partition: string;
  readonly accounts: readonly AccountInfo[];
}

/** The organization as scans saw it, on this machine and on all that share the database; read again after a new scan. */
export class ScannedOrganization implements Organization {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
  readonly nameOf: (accountId: string) => string;
  private readonly seen: () => Promise<readonly Seen[]>;
  private readonly names: Map<string, string>;
  private remembered: { readonly until: number; readonly seen: Promise<readonly Seen[]> } | undefined;

  private constructor(seen: () => Promise<readonly Seen[]>, first: readonly Seen[]) {
    const newest = first[0];
    this.seen = seen;
    this.partition = newest?.partition ?? 'aws';
    this.accountId = newest?.accounts[0]?.accountId ?? NO_ACCOUNT;
    this.region = homeRegion(this.partition);
    this.names = namesIn(first);
    this.nameOf = (accountId) => this.names.get(accountId) ?? accountId;
  }

  static async read(home: Home, database: Database): Promise<ScannedOrganization> {
    const seen = () => newestFirst(home, database);
    return new ScannedOrganization(seen, await seen());
  }

  /** @param units by their paths (`Workloads/Prod`), as scopes name them: each takes in all below it. */
  async accountsIn(units: readonly string[]): Promise<readonly string[]> {
    const seen = await this.recent();
    for (const [accountId, name] of namesIn(seen)) this.names.set(accountId, name);
    // An account that was moved is where it was seen last.
    const placed = new Map<string, readonly string[]>();
    for (const { accounts } of seen) {
      for (const { accountId, path } of accounts) if (!placed.has(accountId)) placed.set(accountId, path);
    }
    const wanted = units.map((unit) => unit.split('/'));
    return [...placed].filter(([, path]) => wanted.some((unit) => isBelow(path, unit))).map(([accountId]) => accountId);
  }

  private recent(): Promise<readonly Seen[]> {
    const now = performance.now();
    if (this.remembered === undefined || this.remembered.until < now) {
      const seen = this.seen();
      seen.catch(() => (this.remembered = undefined));
      this.remembered = { until: now + REMEMBERED_MS, seen };
    }
    return this.remembered.seen;
  }
}

async function newestFirst(home: Home, database: Database): Promise<Seen[]> {
  const [scans, headers] = await Promise.all([home.scans(), estateHeaders(database)]);
  const seen = [
    ...scans.map(({ scannedAt, partition, accounts }) => ({ at: scannedAt, partition, accounts })),
    ...headers.map(({ collectedAt, partition, accounts }) => ({ at: collectedAt, partition, accounts })),
  ];
  return seen.sort((a, b) => (a.at < b.at ? 1 : -1));
}

function namesIn(seen: readonly Seen[]): Map<string, string> {
  const oldestFirst = [...seen].reverse();
  return new Map(oldestFirst.flatMap(({ accounts }) => accounts.map(({ accountId, name }) => [accountId, name])));
}
