import type { EstateHeader, Resource } from '../estate/estate.js';
import { Fork } from '../estate/fork.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import type { TypeName } from '../estate/resource-types.js';
import { SeededRandom } from '../base/ports.js';
import type { KeyStore } from '../keys/key-store.js';
import { partitionOf } from '../reference/partitions.js';
import { services, type ServiceModules, type ServiceName } from '../reference/services.js';
import type { Authorizer } from './authorizer.js';
import type { CallFacts } from './call-record.js';
import { inProcessDoor } from './in-process-door.js';
import type { ServiceEvent } from './service-event.js';
import { Twin } from './twin.js';

type ClientOf<Module> = {
  [Key in Exclude<keyof Module & `${string}Client`, '__Client'>]: Module[Key] extends { readonly prototype: infer Made }
    ? Made
    : never;
}[Exclude<keyof Module & `${string}Client`, '__Client'>];

/** A twin over a few resources, and the real SDK's clients wired to it. For tests. */
export interface TestTwin {
  readonly twin: Twin;
  readonly fork: Fork;
  readonly calls: CallFacts[];
  readonly events: ServiceEvent[];
  /** Moves the twin's clock. */
  readonly advance: (milliseconds: number) => void;
  /** The SDK client of a service, in process, as root of an account. */
  readonly client: <Name extends ServiceName>(
    name: Name,
    as?: { accountId?: string; region?: string },
  ) => Promise<ClientOf<ServiceModules[Name]>>;
}

export interface TestTwinOptions {
  readonly accountId?: string;
  readonly region?: string;
  readonly resources?: readonly Resource[];
  readonly accounts?: readonly string[];
  readonly authorizer?: Authorizer;
  readonly now?: Date;
  readonly types?: readonly TypeName[];
  readonly keyStore?: KeyStore;
}

export function twinFor(options: TestTwinOptions = {}): TestTwin {
  const region = options.region ?? 'eu-west-1';
  const accountId = options.accountId ?? '111122223333';
  let nowMs = (options.now ?? new Date('2026-03-01T00:00:00.000Z')).getTime();
  const ids = new Set([
    accountId,
    ...(options.accounts ?? []),
    ...(options.resources ?? []).map((each) => each.accountId),
  ]);
  const header: EstateHeader = {
    partition: partitionOf(region),
    collectedAt: new Date(nowMs).toISOString(),
    accounts: [...ids].map((id) => ({ accountId: id, name: id, path: [], regions: [region] })),
    types: options.types ?? [],
  };
  const fork = new Fork(new MemoryEstate(header, options.resources ?? []));
  const calls: CallFacts[] = [];
  const events: ServiceEvent[] = [];
  const twin = new Twin({
    estate: fork,
    clock: () => new Date(nowMs),
    random: new SeededRandom(1).hex,
    record: (call) => calls.push(call),
    event: (event) => events.push(event),
    ...(options.authorizer === undefined ? {} : { authorizer: options.authorizer }),
    ...(options.keyStore === undefined ? {} : { keyStore: options.keyStore }),
  });
  const door = inProcessDoor(twin);
  return {
    twin,
    fork,
    calls,
    events,
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
    async client(name, as = {}) {
      const module = (await services[name].load()) as unknown as Record<string, new (settings: object) => unknown>;
      const className = Object.keys(module).find((key) => key.endsWith('Client') && key !== '__Client') ?? '';
      const Client = module[className];
      if (Client === undefined) throw new Error(`no client in ${name}`);
      const credentials = twin.rootCredential(as.accountId ?? accountId);
      return new Client({ region: as.region ?? region, credentials, ...door }) as never;
    },
  };
}
