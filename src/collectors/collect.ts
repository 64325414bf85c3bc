import { mapBounded } from '../base/concurrency.js';
import { GLOBAL, type AccountInfo, type Gap, type Resource } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Send } from '../reference/api-call.js';
import type { AnyCollector, CollectTarget } from './collector.js';
import { readerOf, type Memory } from './reader.js';

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

export interface CollectOptions {
  readonly send: Send;
  readonly partition: string;
  readonly accounts: readonly AccountInfo[];
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

export interface CollectProgress {
  readonly accountId: string;
  readonly unitsDone: number;
  readonly unitsAll: number;
  readonly resources: number;
}

/** One account as read. */
export interface CollectedAccount extends Collected {
  readonly account: AccountInfo;
}

const ACCOUNTS_AT_ONCE = 8;
const UNITS_AT_ONCE = 16;

/** The types an estate read by these collectors has. */
export function collectedTypes(collectors: readonly AnyCollector[]): TypeName[] {
  return ['AWS::::Account', ...new Set(collectors.flatMap(({ types }) => types))];
}

/**
 * Reads accounts, a bounded number at a time, and hands each over as soon as it is complete: memory is bounded by the
 * accounts under way. Calls: the sum of what the collectors need; none is made twice.
 *
 * A call that fails is a gap. An account that cannot be entered is one gap, and the others go on.
 *
 * @throws Problem `interrupted` when the signal is raised; what was finished is in the journal.
 */
export async function* collect(options: CollectOptions): AsyncIterable<CollectedAccount> {
  const window = options.accountsAtOnce ?? ACCOUNTS_AT_ONCE;
  const waiting = [...options.accounts];
  const running: Promise<CollectedAccount>[] = [];
  const start = () => {
    const account = waiting.shift();
    if (account === undefined) return;
    const work = collectAccount(account, options);
    // A failure is thrown where it is awaited, below; until then it must not count as unhandled.
    work.catch(() => undefined);
    running.push(work);
  };
  for (let index = 0; index < window; index++) start();
  for (let next = running.shift(); next !== undefined; next = running.shift()) {
    yield await next;
    start();
  }
}

interface Unit {
  readonly collector: AnyCollector;
  readonly target: CollectTarget;
}

async function collectAccount(account: AccountInfo, options: CollectOptions): Promise<CollectedAccount> {
  const units = unitsOf(account, options);
  const memory: Memory = new Map();
  let unitsDone = 0;
  let resources = 0;
  let locked: Gap | undefined;
  const parts = await mapBounded(units, options.unitsAtOnce ?? UNITS_AT_ONCE, async (unit): Promise<Collected> => {
    if (locked !== undefined) return NOTHING;
    options.signal?.throwIfAborted();
    const part = await collectUnit(unit, options, memory);
    locked ??= part.gaps.find(({ operation, service }) => service === 'sts' && operation === 'AssumeRole');
    unitsDone += 1;
    resources += part.resources.length;
    options.onProgress?.({ accountId: account.accountId, unitsDone, unitsAll: units.length, resources });
    return part;
  });
  const self = accountResource(account);
  if (locked !== undefined) return { account, resources: [self], gaps: [locked] };
  return {
    account,
    resources: [self, ...parts.flatMap((part) => part.resources)],
    gaps: parts.flatMap((part) => part.gaps),
  };
}

const NOTHING: Collected = { resources: [], gaps: [] };

function accountResource({ accountId, name }: AccountInfo): Resource<'AWS::::Account'> {
  const configuration = { AccountId: accountId, Name: name };
  return { arn: `AWS::::Account:${accountId}`, type: 'AWS::::Account', accountId, region: GLOBAL, configuration };
}

function unitsOf(account: AccountInfo, { collectors, partition, managementAccountId }: CollectOptions): Unit[] {
  const { accountId, regions } = account;
  return collectors.flatMap((collector): Unit[] => {
    if (collector.scope === 'organization' && accountId !== managementAccountId) return [];
    const places = collector.scope === 'region' ? regions : [GLOBAL];
    return places.map((region) => ({ collector, target: { accountId, region, partition, regions } }));
  });
}

async function collectUnit({ collector, target }: Unit, options: CollectOptions, memory: Memory): Promise<Collected> {
  const name = `${target.accountId}/${target.region}/${collector.service}/${collector.types.join('+')}`;
  const known = await options.journal?.find(name);
  if (known !== undefined) return known;
  const gaps: Gap[] = [];
  const resources: Resource[] = [];
  const reader = readerOf({
    send: options.send,
    service: collector.service,
    types: collector.types,
    target,
    memory,
    onGap: (gap) => gaps.push(gap),
    ...(options.only === undefined ? {} : { only: options.only }),
  });
  for await (const resource of collector.collect(reader as never, target)) resources.push(resource);
  const collected = { resources, gaps };
  await options.journal?.finish(name, collected);
  return collected;
}
