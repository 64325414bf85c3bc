import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Fork } from '../../src/estate/fork.js';
import { MemoryEstate } from '../../src/estate/memory-estate.js';
import { services, type ServiceName } from '../../src/reference/services.js';
import { allowAll } from '../../src/twin/authorizer.js';
import type { Context } from '../../src/twin/context.js';
import { serve } from '../../src/twin/http-door.js';
import type { Implementation } from '../../src/twin/implement.js';
import { serviceModel, type ServiceModel } from '../../src/twin/protocols/service-model.js';
import type { Shape } from '../../src/twin/protocols/shape.js';
import { Twin } from '../../src/twin/twin.js';
import { comparable, difference } from './same-value.js';
import { answerable, withoutFraming } from './known-exceptions.js';
import { BOTO3_DIFFERENCES, withoutBoto3Additions } from './boto3-exceptions.js';
import { RandomValue } from './random-value.js';
import { seedOf } from './seed.js';

/** A second client, made independently from AWS's own models: boto3, where this machine has it. */
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;
const seed = seedOf('FUZZ_SEED');

/** S3 Control puts the account before the host, which an address of this machine cannot carry. */
const names = (Object.keys(services) as ServiceName[]).filter((name) => name !== 's3control');

interface Line {
  readonly known?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly output?: Record<string, unknown>;
  readonly error?: string;
}

interface Seen {
  readonly input: Record<string, unknown>;
  readonly output: Record<string, unknown>;
}

/** A twin of every service that answers at random, and keeps what each operation was asked and answered. */
function randomTwin(models: ReadonlyMap<ServiceName, ServiceModel>, seen: Map<string, Seen>): Twin {
  const implementations = Object.fromEntries(
    names.map((service) => {
      const random = new RandomValue(seed, true);
      const handler = (input: Record<string, unknown>, context: Context) => {
        context.authorize();
        const operation = models.get(service)?.operations.get(context.operation);
        const output =
          operation === undefined ? {} : answerable(service, operation, random.structure(operation.output));
        seen.set(`${service}:${context.operation}`, { input, output });
        return output;
      };
      const handlers = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : handler) });
      return [service, () => Promise.resolve<Implementation>({ service, handlers })];
    }),
  );
  const header = { partition: 'aws', collectedAt: '', accounts: [], types: [] };
  const estate = new Fork(new MemoryEstate(header, []));
  return new Twin({ estate, implementations, clock: () => new Date(), constraints: 'ignored', authorizer: allowAll });
}

/** Values in the one form that both sides can be brought to; of structures only the members botocore knows. */
function common(shape: Shape, value: unknown, known: Readonly<Record<string, readonly string[]>>): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'struct':
    case 'union': {
      const names = known[shape.name];
      const members = shape.members.filter(({ name }) => names === undefined || names.includes(name));
      return Object.fromEntries(
        members.map((member) => [
          member.name,
          common(member.shape, (value as Record<string, unknown>)[member.name], known),
        ]),
      );
    }
    case 'list':
      return (value as unknown[]).map((item) => common(shape.item.shape, item, known));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [key, common(shape.value.shape, item, known)]),
      );
    case 'blob':
      return Buffer.from(
        value instanceof Uint8Array ? value : Buffer.from(tagged(value, '$bytes') as string, 'base64'),
      ).toString('hex');
    case 'timestamp':
      return value instanceof Date ? value.getTime() : tagged(value, '$time');
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value.valueOf());
    default:
      return typeof value === 'bigint' ? Number(value) : value;
  }
}

function tagged(value: unknown, tag: string): unknown {
  return (value as Record<string, unknown>)[tag];
}

/** Two thousand calls of Python, one after another. */
const TIMEOUT_MS = 240_000;

describe.skipIf(!hasBoto3)('boto3 (not on every machine)', () => {
  it(
    `sends and reads what the twin reads and sends, seed ${seed}`,
    async () => {
      const models = new Map(
        await Promise.all(names.map(async (name) => [name, serviceModel(await services[name].load())] as const)),
      );
      const seen = new Map<string, Seen>();
      const twin = randomTwin(models, seen);
      const { accessKeyId, secretAccessKey } = twin.rootCredential('111122223333');
      const door = await serve(twin, { port: 0 });
      const driver = join(import.meta.dirname, 'boto3-driver.py');
      const run = await promisify(execFile)(
        'python3',
        [driver, door.url, String(seed), accessKeyId, secretAccessKey, ...names],
        {
          maxBuffer: 512 * 1024 * 1024,
        },
      );
      await door.close();
      const [first, ...lines] = run.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
      const known = first?.known ?? {};
      const failed = lines.flatMap((line) => problemOf(line, models, seen, known[line.service] ?? {}) ?? []);
      expect(lines.length).toBeGreaterThan(1900);
      const unexpected = failed.filter((text) => !BOTO3_DIFFERENCES.some(({ pattern }) => pattern.test(text)));
      expect(unexpected, `replay: FUZZ_SEED=${seed} npx vitest run test/fuzz/boto3.test.ts`).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

function problemOf(
  { service, operation, input, output, error }: Line,
  models: ReadonlyMap<ServiceName, ServiceModel>,
  seen: ReadonlyMap<string, Seen>,
  known: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  const model = models.get(service)?.operations.get(operation);
  if (model === undefined) return undefined;
  const at = `${service}:${operation}`;
  const call = seen.get(at);
  if (error !== undefined || call === undefined) return `${at} ${error ?? 'was not called'}`;
  const sent = common(model.input, input, known) as Record<string, unknown> | undefined;
  const arrived = common(model.input, call.input, known) as Record<string, unknown> | undefined;
  const there = difference(
    comparable(sent ?? {}),
    comparable(withoutBoto3Additions(service, model, sent ?? {}, arrived ?? {})),
    'input',
  );
  const answered = common(model.output, call.output, known) as Record<string, unknown> | undefined;
  const read = withoutFraming(service, (common(model.output, output, known) ?? {}) as Record<string, unknown>);
  const back = difference(comparable(answered ?? {}), comparable(read), 'output');
  const problem = there ?? back;
  return problem === undefined ? undefined : `${at} ${problem}`;
}
