import { Fork } from '../estate/fork.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import type { ServiceName } from '../reference/services.js';
import type { CallFacts } from './call-record.js';
import type { Context } from './context.js';
import { allowAll } from './authorizer.js';
import { Twin, type TwinOptions } from './twin.js';

/** A twin of one service that answers every operation with what it is told, and keeps what it was asked. */
export interface EchoTwin {
  readonly service: ServiceName;
  readonly twin: Twin;
  /** What the next call answers: an output, or an error to throw. */
  reply: { output: Record<string, unknown> } | { error: unknown };
  /** The input of the last call, as its handler saw it. */
  seen: Record<string, unknown> | undefined;
  readonly calls: CallFacts[];
}

/** For tests of the wire: see `testing.fixture.ts` for tests of services. */
export function echoTwin(service: ServiceName, options: Partial<TwinOptions> = {}): EchoTwin {
  const header = { partition: 'aws', collectedAt: '2026-03-01T00:00:00.000Z', accounts: [], types: [] };
  const calls: CallFacts[] = [];
  const handler = (input: Record<string, unknown>, context: Context): Record<string, unknown> => {
    context.authorize();
    echo.seen = input;
    if ('error' in echo.reply) throw echo.reply.error;
    return echo.reply.output;
  };
  // Every name but `then`, which would make it look like a promise.
  const handlers = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : handler) });
  const implementations = { [service]: () => Promise.resolve({ service, handlers }) };
  const estate = new Fork(new MemoryEstate(header, []));
  const record = (call: CallFacts) => void calls.push(call);
  const twin = new Twin({
    authorizer: allowAll,
    estate,
    implementations,
    clock: () => new Date(),
    record,
    ...options,
  });
  const echo: EchoTwin = { service, twin, reply: { output: {} }, seen: undefined, calls };
  return echo;
}
