import { homeRegion } from '../../reference/partitions.js';
import type { Home, ScanRecord } from '../../store/home.js';
import type { Organization } from './hub.js';

/** What an account is called where nothing was scanned yet: the one of AWS's documentation. */
const NO_ACCOUNT = '123456789012';

/** The organization as the scans on this machine saw it; read again after a new scan. */
export class ScannedOrganization implements Organization {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
  readonly nameOf: (accountId: string) => string;
  private readonly home: Home;
  private readonly names: Map<string, string>;

  private constructor(home: Home, scans: readonly ScanRecord[]) {
    const newest = newestFirst(scans)[0];
    this.home = home;
    this.partition = newest?.partition ?? 'aws';
    this.accountId = newest?.accounts[0]?.accountId ?? NO_ACCOUNT;
    this.region = homeRegion(this.partition);
    this.names = namesIn(scans);
    this.nameOf = (accountId) => this.names.get(accountId) ?? accountId;
  }

  static async read(home: Home): Promise<ScannedOrganization> {
    return new ScannedOrganization(home, await home.scans());
  }

  async accountsIn(units: readonly string[]): Promise<readonly string[]> {
    const scans = await this.home.scans();
    for (const [accountId, name] of namesIn(scans)) this.names.set(accountId, name);
    // An account that was moved is where it was seen last.
    const placed = new Map<string, readonly string[]>();
    for (const { accounts } of newestFirst(scans)) {
      for (const { accountId, path } of accounts) if (!placed.has(accountId)) placed.set(accountId, path);
    }
    const wanted = new Set(units);
    return [...placed].filter(([, path]) => path.some((unit) => wanted.has(unit))).map(([accountId]) => accountId);
  }
}

function newestFirst(scans: readonly ScanRecord[]): ScanRecord[] {
  return [...scans].sort((a, b) => (a.scannedAt < b.scannedAt ? 1 : -1));
}

function namesIn(scans: readonly ScanRecord[]): Map<string, string> {
  const oldestFirst = newestFirst(scans).reverse();
  return new Map(oldestFirst.flatMap(({ accounts }) => accounts.map(({ accountId, name }) => [accountId, name])));
}
