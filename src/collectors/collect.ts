import type { AccountInfo, Gap, Resource } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Send } from '../reference/api-call.js';
import { collectAccount } from './collect-account.js';
import type { AnyCollector } from './collector.js';
import { interrupted } from './reader.js';

/** What one unit of collecting gave: one collector in one account and region. */
export interface Collected {
  readonly resources: readonly Resource[];
  readonly gaps: readonly Gap[];
}

/** Remembers finished units, so that an interrupted collection goes on where it stopped. */
export interface CollectJournal {
  find(unit: string): Promise<Collected | undefined>;
  finish(unit: string, collected: Collected): Promise<void>;
}

/** What is read, and how. */
export interface CollectOptions {
  readonly send: Send;
  readonly partition: string;
  readonly accounts: readonly AccountInfo[];
  /** The account that collectors of the organization read from; without it there is no organization. */
  readonly managementAccountId?: string;
  readonly collectors: readonly AnyCollector[];
  /** Accounts read at the same time, and units within each. */
  readonly accountsAtOnce?: number;
  readonly unitsAtOnce?: number;
  readonly journal?: CollectJournal;
  readonly onProgress?: (progress: CollectProgress) => void;
  readonly signal?: AbortSignal;
  /** When given, details of other resources are not read. */
  readonly only?: ReadonlySet<string>;
}

/** Told when a unit starts and when it has finished. All counts are the account's so far. */
export interface CollectProgress {
  readonly accountId: string;
  /** `<account>/<region>/<service>/<types>`. */
  readonly unit: string;
  readonly state: 'started' | 'finished';
  readonly unitsDone: number;
  readonly unitsAll: number;
  readonly calls: number;
  readonly resources: number;
}

/** One account as read. */
export interface CollectedAccount extends Collected {
  readonly account: AccountInfo;
}

const ACCOUNTS_AT_ONCE = 8;

/**
 * Reads accounts, a bounded number at a time, and hands each over as soon as it and those before it are complete:
 * memory is bounded by the accounts under way. Calls: the sum of what the collectors need; none is made twice. The road
 * not taken, handing over in order of completion, would save a little waiting and make every snapshot differ from the
 * last.
 *
 * A call that fails is a gap. An account that cannot be entered is one gap, and the others go on. Leaving the loop stops
 * what is under way.
 *
 * @throws Problem `interrupted` when the signal is raised; what was finished is in the journal.
 */
export async function* collect(options: CollectOptions): AsyncIterable<CollectedAccount> {
  const leaving = new AbortController();
  const signal = options.signal === undefined ? leaving.signal : AbortSignal.any([options.signal, leaving.signal]);
  const waiting = [...options.accounts];
  const running: Promise<CollectedAccount>[] = [];
  const start = () => {
    const account = waiting.shift();
    if (account === undefined) return;
    const work = collectAccount(account, { ...options, signal });
    // A failure is thrown where it is awaited, below; until then it must not count as unhandled.
    work.catch(() => undefined);
    running.push(work);
  };
  try {
    for (let index = 0; index < (options.accountsAtOnce ?? ACCOUNTS_AT_ONCE); index++) start();
    for (let next = running.shift(); next !== undefined; next = running.shift()) {
      const collected = await next;
      if (options.signal?.aborted === true) throw interrupted();
      yield collected;
      start();
    }
  } finally {
    if (running.length > 0) leaving.abort();
    await Promise.allSettled(running);
  }
}

/**
 * The types an estate read by these collectors has. What belongs to the organization is read in its management account
 * only: where `accounts` are given and that one is not among them, its types were not looked for.
 */
export function collectedTypes(
  collectors: readonly AnyCollector[],
  place?: Pick<CollectOptions, 'accounts' | 'managementAccountId'>,
): TypeName[] {
  const reads = ({ scope }: AnyCollector): boolean =>
    scope !== 'organization' ||
    place === undefined ||
    place.accounts.some(({ accountId }) => accountId === place.managementAccountId);
  return ['AWS::::Account', ...new Set(collectors.filter(reads).flatMap(({ types }) => types))];
}
