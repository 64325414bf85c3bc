import { mapBounded } from '../base/concurrency.js';
import { GLOBAL, type AccountInfo, type Gap, type Resource } from '../estate/estate.js';
import { CallMemory } from './call-memory.js';
import { withClosedRegions } from './closed-region.js';
import type { Collected, CollectedAccount, CollectOptions, CollectProgress } from './collect.js';
import type { AnyCollector, CollectTarget } from './collector.js';
import { interrupted, readerOf } from './reader.js';

const UNITS_AT_ONCE = 16;

/** One collector in one account and region: what is read, told and remembered as a whole. */
interface Unit {
  readonly name: string;
  readonly collector: AnyCollector;
  readonly target: CollectTarget;
}

/**
 * Reads one account: every collector in every region it is for, a bounded number at a time.
 *
 * @throws Problem `interrupted` when the signal is raised.
 */
export async function collectAccount(account: AccountInfo, options: CollectOptions): Promise<CollectedAccount> {
  const units = unitsOf(account, options);
  const memory = new CallMemory(options.send);
  let unitsDone = 0;
  let resources = 0;
  let locked: Gap | undefined;
  const resumed = new Set<string>();
  const tell = (unit: Unit, state: CollectProgress['state']) => {
    const counts = { unitsDone, unitsAll: units.length, calls: memory.calls, resources };
    options.onProgress?.({ accountId: account.accountId, unit: unit.name, state, ...counts });
  };
  const parts = await mapBounded(units, options.unitsAtOnce ?? UNITS_AT_ONCE, async (unit): Promise<Collected> => {
    if (locked !== undefined) return NOTHING;
    if (options.signal?.aborted === true) throw interrupted();
    tell(unit, 'started');
    const known = await options.journal?.find(unit.name);
    if (known !== undefined) resumed.add(unit.target.region);
    const part = known ?? (await collectUnit(unit, options, memory));
    locked ??= part.gaps.find(({ operation, service }) => service === 'sts' && operation === 'AssumeRole');
    unitsDone += 1;
    resources += part.resources.length;
    tell(unit, 'finished');
    return part;
  });
  const self = accountResource(account);
  if (locked !== undefined) return { account, resources: [self], gaps: [locked] };
  const collected = {
    resources: [self, ...parts.flatMap((part) => part.resources)],
    gaps: parts.flatMap((part) => part.gaps),
  };
  return { account, ...withClosedRegions(collected, new Set([...memory.answered, ...resumed])) };
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
    return places.map((region) => ({
      name: `${accountId}/${region}/${collector.service}/${collector.types.join('+')}`,
      collector,
      target: { accountId, region, partition, regions },
    }));
  });
}

/** Reads one unit and remembers it, but not one with gaps: next time they may be closed. */
async function collectUnit(unit: Unit, options: CollectOptions, memory: CallMemory): Promise<Collected> {
  const collected = await read(unit, options, memory);
  if (collected.gaps.length === 0) await options.journal?.finish(unit.name, collected);
  return collected;
}

async function read({ collector, target }: Unit, options: CollectOptions, memory: CallMemory): Promise<Collected> {
  // Batches of one listing that fail alike are one gap.
  const gaps = new Map<string, Gap>();
  const onGap = (gap: Gap) => {
    const key = `${gap.operation} ${gap.resourceArn ?? ''} ${gap.error.code}`;
    if (!gaps.has(key)) gaps.set(key, gap);
  };
  const reader = readerOf({
    service: collector.service,
    types: collector.types,
    target,
    memory,
    onGap,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.only === undefined ? {} : { only: options.only }),
  });
  const resources: Resource[] = [];
  try {
    for await (const resource of collector.collect(reader as never, target)) resources.push(resource);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    onGap(unexpected(collector, target, error));
  }
  return { resources, gaps: [...gaps.values()] };
}

/** An answer of another shape than AWS's own (other servers give them) must not end the whole scan, nor go unsaid. */
function unexpected({ service, types }: AnyCollector, { accountId, region }: CollectTarget, error: TypeError): Gap {
  const cause = { code: 'UnexpectedAnswer', message: error.message };
  return { accountId, region, service, operation: '*', types, error: cause };
}
