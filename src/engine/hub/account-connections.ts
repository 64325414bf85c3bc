import { Problem } from '../../base/problem.js';
import type { Home } from '../../store/home.js';
import { openConnection, type ConnectionOptions, type OpenConnection } from '../connect/open.js';
import type { AccountConnection } from '../respond/ports.js';

/** How accounts are reached where no scan on this machine says it: the worker's own options. */
export type Reach = Pick<ConnectionOptions, 'profile' | 'orgRole' | 'externalId' | 'endpoint' | 'credentials'> & {
  /** Use the SDK's own credentials where nothing else is told: a worker is started for that. */
  readonly own?: boolean;
};

/** Ways to accounts, each opened once: as the last scan reached them, or as this process was told. */
export class AccountConnections {
  private readonly home: Home;
  private readonly given: Reach;
  private readonly opened = new Map<string, Promise<OpenConnection>>();

  constructor(home: Home, given: Reach = {}) {
    this.home = home;
    this.given = given;
  }

  async of(accountId: string): Promise<AccountConnection> {
    const { own: _own, ...options } = await this.optionsFor(accountId);
    const key = JSON.stringify({ ...options, credentials: undefined });
    const known = this.opened.get(key) ?? openConnection(options);
    this.opened.set(key, known);
    try {
      const { send, caller } = await known;
      return { send, caller: caller.arn };
    } catch (error) {
      // Credentials may be there the next time.
      this.opened.delete(key);
      throw error;
    }
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.opened.values());
    for (const each of all) if (each.status === 'fulfilled') each.value.close();
    this.opened.clear();
  }

  private async optionsFor(accountId: string): Promise<ConnectionOptions & Reach> {
    const told = Object.values(this.given).some((value) => value !== undefined);
    const scan = await this.home.scanOf(accountId, ({ reach }) => reach !== undefined).catch(() => undefined);
    if (scan?.reach !== undefined) return { ...scan.reach, ...this.given };
    if (told) return this.given;
    throw new Problem('unreached-account', `it is not known how to reach account \`${accountId}\``, {
      next: 'scan it on this machine, or start with --profile, --org-role or --endpoint-url',
      exit: 'badConfiguration',
    });
  }
}
