import { Agent } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { services, type ServiceName } from '../../src/reference/services.js';
import { inProcessDoor } from '../../src/twin/in-process-door.js';
import { serve } from '../../src/twin/http-door.js';
import { serviceModel, type OperationModel, type ServiceModel } from '../../src/twin/protocols/service-model.js';
import type { Shape } from '../../src/twin/protocols/shape.js';
import { echoTwin, type EchoTwin } from '../../src/twin/echo.fixture.js';
import {
  answerable,
  SKIPPED_ERRORS,
  SKIPPED_OPERATIONS,
  withoutFraming,
  withoutMade,
  withoutRewritten,
} from './known-exceptions.js';
import { RandomValue } from './random-value.js';
import { seedOf } from './seed.js';
import { comparable, difference } from './same-value.js';

/**
 * Every operation of every service, there and back through the real SDK client: a random input must reach the handler
 * unchanged, and a random output the caller. Another seed: `FUZZ_SEED=7 npx vitest run test/fuzz`.
 */
const seed = seedOf('FUZZ_SEED');
const names = (process.env['FUZZ_SERVICE']?.split(',') ?? Object.keys(services)) as ServiceName[];
const replay = (name: ServiceName) =>
  `replay: FUZZ_SEED=${seed} FUZZ_SERVICE=${name} npx vitest run test/fuzz/wire.test.ts`;

/** Operations and modelled errors there are, to notice a service that quietly lost some. */
const ALL = { operations: 2539, errors: 940 };

const LOOPBACK = { address: '127.0.0.1', family: 4 };

const doors = {
  'in process': (echo: EchoTwin) =>
    Promise.resolve({ settings: inProcessDoor(echo.twin), close: () => Promise.resolve() }),
  'over HTTP, signatures verified': async (echo: EchoTwin) => {
    const door = await serve(echo.twin, { port: 0 });
    // S3 and S3 Control put the bucket and the account before the host: every such name leads to this machine.
    const httpAgent = new Agent({ keepAlive: true, lookup: (_host, _options, found) => found(null, [LOOPBACK]) });
    const endpoint = door.url.replace('127.0.0.1', 'localhost');
    const settings = { endpoint, requestHandler: { httpAgent }, useQueueUrlAsEndpoint: false, maxAttempts: 1 };
    return { settings, close: () => door.close() };
  },
};

interface Client {
  readonly send: (command: object) => Promise<Record<string, unknown>>;
  readonly destroy: () => void;
}
type Module = Readonly<Record<string, new (input: object) => Client & Error>>;

function clientOf(module: Module, echo: EchoTwin, settings: object): Client {
  const name = Object.keys(module).find((key) => key.endsWith('Client') && key !== '__Client') ?? '';
  const Client = module[name];
  if (Client === undefined) throw new Error('the package has no client');
  return new Client({
    region: 'us-east-1',
    credentials: echo.twin.rootCredential('111122223333'),
    ...(echo.service === 'sqs' ? { md5: false } : {}),
    ...settings,
  });
}

async function roundTrip(
  name: ServiceName,
  module: Module,
  client: Client,
  echo: EchoTwin,
  operation: OperationModel,
  random: RandomValue,
): Promise<string | undefined> {
  const input = withoutRewritten(name, operation, random.structure(operation.input));
  const output = answerable(name, operation, random.structure(operation.output));
  const Command = module[`${operation.name}Command`];
  if (Command === undefined) return 'the package has no command';
  echo.seen = undefined;
  echo.reply = { output };
  const answer = await client.send(new Command(structuredClone(input)));
  const blob = operation.output.members.find(({ traits, shape }) => traits.httpPayload && shape.kind === 'blob');
  if (blob !== undefined && answer[blob.name] && !(answer[blob.name] instanceof Uint8Array)) {
    answer[blob.name] = await (
      answer[blob.name] as { transformToByteArray(): Promise<Uint8Array> }
    ).transformToByteArray();
  }
  const seen = withoutMade(name, operation, input, echo.seen ?? {});
  for (const { name: member, traits } of operation.output.members) {
    if (traits.httpResponseCode && output[member] === undefined) delete answer[member];
  }
  const there = difference(comparable(input), comparable(withoutRewritten(name, operation, seen)), 'input');
  return there ?? difference(comparable(output), comparable(withoutFraming(name, answer)), 'output');
}

async function throwEvery(
  name: ServiceName,
  module: Module,
  model: ServiceModel,
  client: Client,
  echo: EchoTwin,
  random: RandomValue,
): Promise<{ covered: number; failed: string[] }> {
  const failed: string[] = [];
  let covered = 0;
  const operation = [...model.operations.values()].find(
    (each) =>
      !each.input.members.some(({ required }) => required) &&
      !isStream(each.output) &&
      each.name !== 'ListDirectoryBuckets',
  );
  const Command = module[`${operation?.name}Command`];
  for (const error of model.errors.values()) {
    const Exception = module[error.name] as unknown as (new (of: object) => Error) | undefined;
    const isBase = error.name.endsWith('ServiceException') && error.shape.members.length === 0;
    if (Exception === undefined || Command === undefined || isBase || SKIPPED_ERRORS.has(`${name}:${error.name}`))
      continue;
    covered += 1;
    const message = 'why <&> é';
    const members: Record<string, unknown> = {};
    for (const member of error.shape.members) {
      const isOther = !/^message$/i.test(member.name) && member.traits.httpHeader === undefined;
      if (isOther) members[member.name] = random.value(member.shape, 1, 'body', member);
    }
    echo.reply = { error: new Exception({ message, $metadata: {}, ...members }) };
    const caught = (await client.send(new Command(REQUIRED_OF_ALL)).catch((thrown: unknown) => thrown)) as Record<
      string,
      unknown
    >;
    const shown = Object.fromEntries(Object.keys(members).map((key) => [key, caught[key]]));
    const problem =
      caught instanceof Exception && caught.message === message
        ? difference(comparable(members), comparable(shown))
        : `came back as ${String(caught['name'])}: ${String(caught['message'])}`;
    if (problem !== undefined) failed.push(`${error.name} ${problem}`);
  }
  return { covered, failed };
}

/** S3 and S3 Control ask for these even where the model does not. */
const REQUIRED_OF_ALL = { Bucket: 'my-bucket', AccountId: '111122223333' };

/** An event stream: bytes that come in frames, which the twin does not speak. */
function isStream({ members }: Shape): boolean {
  return members.some(
    ({ traits, shape }) => (traits.streaming ?? shape.traits.streaming) !== undefined && shape.kind === 'union',
  );
}

describe.each(Object.entries(doors))('%s', (_, open) => {
  const covered = { operations: 0, errors: 0 };

  it.each(names)('every operation and error of %s comes through', async (name) => {
    const module = (await services[name].load()) as unknown as Module;
    const model = serviceModel(module);
    const echo = echoTwin(name, { constraints: 'ignored' });
    const { settings, close } = await open(echo);
    const client = clientOf(module, echo, settings);
    const isForm = ['query', 'ec2', 'restXml'].includes(model.protocol);
    const random = new RandomValue(seed, isForm);
    const failed: string[] = [];
    for (const operation of model.operations.values()) {
      if (
        isStream(operation.input) ||
        isStream(operation.output) ||
        SKIPPED_OPERATIONS.has(`${name}:${operation.name}`)
      )
        continue;
      covered.operations += 1;
      const problem = await roundTrip(name, module, client, echo, operation, random).catch(
        (error: Error) => `threw ${error.name}: ${error.message}`,
      );
      if (problem !== undefined) failed.push(`${operation.name} ${problem}`);
    }
    const errors = await throwEvery(name, module, model, client, echo, random);
    covered.errors += errors.covered;
    client.destroy();
    await close();
    expect([...failed, ...errors.failed], replay(name)).toEqual([]);
  });

  it('covered all there are', () => {
    if (process.env['FUZZ_SERVICE'] !== undefined) return;
    expect(covered).toEqual(ALL);
  });

  afterAll(() => process.stdout.write(`seed ${seed}: ${covered.operations} operations, ${covered.errors} errors\n`));
});
