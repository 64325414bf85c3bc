import { getSchemaSerdePlugin } from '@smithy/core/schema';
import { toStored } from '../base/json.js';
import { oneLine } from '../base/one-line.js';
import { Problem } from '../base/problem.js';
import { GLOBAL } from '../estate/estate.js';
import type { ApiCall, Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { services, type ServiceName } from '../reference/services.js';
import type { Connection } from './connection.js';
import { ForeignAnswer, refuseForeignAnswers } from './foreign-answer.js';
import { rates } from './rates.js';
import { TokenBucket } from './token-bucket.js';

/** The little that is used of any SDK client. */
interface Client {
  send(command: object, options?: { abortSignal?: AbortSignal }): Promise<Record<string, unknown>>;
  destroy(): void;
  config: SerdeSettings;
  readonly middlewareStack: { remove(name: string): boolean; use(plugin: object): void };
}

type SerdeSettings = Parameters<typeof getSchemaSerdePlugin>[0];

type Constructor<Made> = new (settings: object) => Made;

/** How many times a call is tried when AWS throttles or fails. */
const ATTEMPTS_MAX = 8;

/**
 * The one place where SDK clients are built. Each (service, account, region) has its own client, connection pool,
 * adaptive retry and token bucket, made on first use.
 *
 * @returns `send`, which answers in stored form and throws `ApiError` for AWS's answers and for silence, and `close`.
 */
export function connect(connection: Connection, signal?: AbortSignal): { send: Send; close: () => void } {
  const clients = new Map<string, Promise<Client>>();
  const buckets = new Map<string, TokenBucket>();

  const clientOf = (service: ServiceName, accountId: string, region: string): Promise<Client> => {
    const key = `${service}/${accountId}/${region}`;
    const made = clients.get(key) ?? makeClient(service, accountId, region, connection);
    clients.set(key, made);
    return made;
  };

  const bucketOf = (service: ServiceName, accountId: string, region: string): TokenBucket => {
    const key = `${service}/${accountId}/${region}`;
    const { ratePerSecond, burst } = rates[service];
    const made = buckets.get(key) ?? new TokenBucket(ratePerSecond, burst, connection.pace);
    buckets.set(key, made);
    return made;
  };

  const send: Send = async (call, onAnswer) => {
    const region = call.region === GLOBAL ? connection.homeRegion : call.region;
    if (connection.polite) await bucketOf(call.service, call.accountId, region).take();
    const startedMs = connection.pace.nowMs();
    const report = (failedWith?: string) =>
      connection.onCall?.({
        service: call.service,
        operation: call.operation,
        accountId: call.accountId,
        region,
        durationMs: connection.pace.nowMs() - startedMs,
        ...(failedWith === undefined ? {} : { failedWith }),
      });
    try {
      const client = await clientOf(call.service, call.accountId, region);
      const output = await client.send(
        await commandOf(call),
        signal === undefined ? undefined : { abortSignal: signal },
      );
      report();
      const { requestId } = (output['$metadata'] ?? {}) as { requestId?: string };
      if (requestId !== undefined) onAnswer?.(requestId);
      return toStored(output);
    } catch (thrown) {
      const error = translate(thrown, call, signal);
      report(error instanceof ApiError ? error.code : 'Problem');
      throw error;
    }
  };

  const close = () => {
    for (const made of clients.values()) void made.then((client) => client.destroy()).catch(() => undefined);
    clients.clear();
  };
  return { send, close };
}

async function makeClient(
  service: ServiceName,
  accountId: string,
  region: string,
  connection: Connection,
): Promise<Client> {
  const ClientClass = await clientClassOf(service);
  const client = new ClientClass({
    region,
    credentials: connection.credentialsFor(accountId),
    maxAttempts: connection.polite ? ATTEMPTS_MAX : 1,
    ...(connection.polite ? { retryMode: 'adaptive' } : {}),
    ...(connection.endpoint === undefined ? {} : { endpoint: connection.endpoint, forcePathStyle: true }),
    // S3 Control puts the account id before the host, which no other server's name can bear: there it goes as it is.
    ...(service === 's3control' && connection.endpoint !== undefined
      ? { endpointProvider: () => ({ url: new URL(connection.endpoint ?? '') }) }
      : {}),
    ...(service === 's3' ? { requestChecksumCalculation: 'WHEN_REQUIRED', followRegionRedirects: true } : {}),
    ...(service === 'sqs' ? { useQueueUrlAsEndpoint: false } : {}),
    ...connection.door,
  });
  refuseForeignAnswers(client);
  if (connection.door !== undefined) lighten(client);
  return client;
}

/** Steps of the SDK's calls for what is only on a wire. */
const WIRE_STEPS = [
  'contentLengthMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'loggerMiddleware',
  'recursionDetectionMiddleware',
];

/**
 * Takes from a client that calls in this process what costs more than most of a twin's answers. Its settings are copied
 * three times a call: from the plain object that is a copy of them that costs a tenth.
 */
function lighten(client: Client): void {
  for (const step of WIRE_STEPS) client.middlewareStack.remove(step);
  client.config = { ...client.config };
  client.middlewareStack.use(getSchemaSerdePlugin(client.config));
}

/** A module of the SDK has up to 2,000 exports: its client is looked for once. */
const clientClasses = new Map<ServiceName, Promise<Constructor<Client>>>();

function clientClassOf(service: ServiceName): Promise<Constructor<Client>> {
  const made = clientClasses.get(service) ?? services[service].load().then((loaded) => clientClassIn(loaded));
  clientClasses.set(service, made);
  return made;
}

function clientClassIn(loaded: object): Constructor<Client> {
  const module = loaded as Record<string, unknown>;
  const name = Object.keys(module).find((key) => key.endsWith('Client') && key !== '__Client');
  return module[name ?? ''] as Constructor<Client>;
}

async function commandOf(call: ApiCall): Promise<object> {
  const module = (await services[call.service].load()) as Record<string, unknown>;
  const Command = module[`${call.operation}Command`] as Constructor<object> | undefined;
  if (Command === undefined) throw new Error(`the SDK has no operation ${call.service}:${call.operation}`);
  return new Command(structuredClone(call.input));
}

/** What the SDK throws, as an `ApiError` or, where the user must act first, a `Problem`. */
function translate(thrown: unknown, call: ApiCall, signal: AbortSignal | undefined): unknown {
  if (thrown instanceof ApiError || thrown instanceof Problem) return thrown;
  if (signal?.aborted === true) return new Problem('interrupted', 'interrupted', { exit: 'interrupted' });
  if (!(thrown instanceof Error)) return thrown;
  const fault = thrown as Error & {
    $metadata?: { httpStatusCode?: number; requestId?: string };
    $response?: unknown;
    code?: string;
    Code?: string;
  };
  if (fault instanceof ForeignAnswer) {
    return new ApiError(call, 'NotAnAwsAnswer', oneLine(fault.message), fault.$metadata.httpStatusCode);
  }
  if (fault.name === 'CredentialsProviderError' || fault.name === 'TokenProviderError') return thrown;
  if (fault.$metadata?.httpStatusCode !== undefined) {
    const code = fault.name === 'Error' ? (fault.Code ?? 'UnknownError') : fault.name;
    const { httpStatusCode, requestId } = fault.$metadata;
    return new ApiError(call, code, oneLine(fault.message), httpStatusCode, requestId);
  }
  if (isNetworkFault(fault))
    return new ApiError(call, 'NetworkingError', oneLine(`${fault.message} (${fault.code ?? fault.name})`));
  return thrown;
}

function isNetworkFault(fault: Error & { code?: string }): boolean {
  return (
    fault.name === 'TimeoutError' ||
    ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'].includes(
      fault.code ?? '',
    )
  );
}
