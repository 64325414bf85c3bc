import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/base/ports.js';
import { demoOrganization } from '../../src/estate/demo/demo-organization.js';
import { Fork } from '../../src/estate/fork.js';
import { services, type ServiceName } from '../../src/reference/services.js';
import { inProcessDoor } from '../../src/twin/in-process-door.js';
import { serviceModel } from '../../src/twin/protocols/service-model.js';
import type { Shape } from '../../src/twin/protocols/shape.js';
import { catalogue } from '../../src/twin/services/catalogue.js';
import { Twin } from '../../src/twin/twin.js';
import { RandomValue } from './random-value.js';
import { seedOf } from './seed.js';

const seed = seedOf('HANDLER_SEED');
const ROUNDS = 6;
const now = new Date('2026-03-01T00:00:00.000Z');
/** One account: it manages the organization and shares one of everything, so that every operation can meet something. */
const demo = demoOrganization({ accounts: 1, seed: 1, now, scale: 0.3, regions: ['us-east-1'] });
const accountId = demo.header.managementAccountId ?? '';

/** Texts of the estate itself, by the name of the member they are found under: what makes a random call meet a resource. */
const known = new Map<string, string[]>();
function learn(value: unknown, name = ''): void {
  if (typeof value === 'string') known.set(name.toLowerCase(), [...(known.get(name.toLowerCase()) ?? []), value]);
  else if (Array.isArray(value)) for (const item of value) learn(item, name);
  else if (value !== null && typeof value === 'object')
    for (const [key, member] of Object.entries(value)) learn(member, key);
}
for (const { configuration } of demo.all({ accountId })) learn(configuration);

/** Page tokens are left out more often than not: one that no listing gave is refused, and nothing behind it is tried. */
const PAGE_TOKEN = /^(next|pagination)token$/i;

/** A random input in which names and ids are, more often than not, those of the estate. */
function meet(shape: Shape, value: unknown, name: string, random: SeededRandom): unknown {
  if (typeof value === 'string') {
    const singular = name
      .toLowerCase()
      .replace(/s$/, '')
      .replace(/^(bucket|name)$/, 'name');
    const candidates = known.get(singular) ?? known.get(name.toLowerCase());
    return candidates !== undefined && random.chance(0.8) ? random.pick(candidates) : value;
  }
  if (Array.isArray(value)) return value.map((item) => meet(shape, item, name, random));
  if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) return value;
  const kept = Object.entries(value).filter(([key]) => !PAGE_TOKEN.test(key) || random.chance(0.2));
  return Object.fromEntries(kept.map(([key, member]) => [key, meet(shape, member, key, random)]));
}

describe.each(Object.keys(services) as ServiceName[])(
  `every operation that %s answers (HANDLER_SEED=${seed})`,
  (name) => {
    it('answers, or refuses as AWS does; it never breaks, and never forgets the authorizer', async () => {
      const module = await services[name].load();
      const model = serviceModel(module);
      const { handlers } = await catalogue[name]();
      const answered = new Set<string>();
      const twin = new Twin({
        estate: new Fork(demo),
        clock: () => now,
        constraints: 'ignored',
        record: ({ operation, error }) => {
          if (error === undefined) answered.add(operation);
        },
      });
      const exported = module as unknown as Record<string, new (given: object) => object>;
      const Client = exported[Object.keys(exported).find((key) => key.endsWith('Client') && key !== '__Client') ?? ''];
      const settings = { region: 'us-east-1', credentials: twin.rootCredential(accountId), ...inProcessDoor(twin) };
      const client = new Client!(settings) as { send(command: object): Promise<unknown> };
      const random = new SeededRandom(seed);
      const values = new RandomValue(seed, true);
      for (const operation of Object.keys(handlers)) {
        const shape = model.operations.get(operation)?.input;
        if (shape === undefined) throw new Error(`AWS has no operation ${name}:${operation}`);
        for (let round = 0; round < ROUNDS; round++) {
          const input = meet(shape, values.structure(shape), '', random) as object;
          const Command = exported[`${operation}Command`];
          const error = await client.send(new Command!(input)).then(
            () => undefined,
            (thrown: unknown) => thrown as Error & { $metadata?: { httpStatusCode?: number } },
          );
          const status = error?.$metadata?.httpStatusCode;
          expect(
            status === undefined || status < 500,
            `${name}:${operation} ${JSON.stringify(input)}: ${error?.message}`,
          ).toBe(true);
        }
      }
      expect(answered.size, 'operations that answered at least once').toBeGreaterThan(0);
    });
  },
);
