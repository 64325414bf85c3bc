import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, RandomHex } from '../base/ports.js';
import type { Fork } from '../estate/fork.js';
import { partitionOf } from '../reference/partitions.js';
import { needsNoPermission } from '../reference/iam-actions.js';
import { services, type ServiceName } from '../reference/services.js';
import { addressedOperation, addressedService, protocolOf, type AddressedOperation } from './addressing.js';
import { authenticate } from './authentication.js';
import { allowAll, type Authorizer } from './authorizer.js';
import { AwsError } from './aws-error.js';
import type { CallFacts } from './call-record.js';
import type { Caller, Credential } from './caller.js';
import { credentialScope, type CredentialScope } from './credential-scope.js';
import type { Implementation } from './implement.js';
import { decodeInput, encodeOutput } from './protocols/envelope.js';
import { encodeError } from './protocols/error-envelope.js';
import { serviceModel, type ServiceModel } from './protocols/service-model.js';
import type { WireRequest, WireResponse } from './protocols/wire.js';
import { RunningContext } from './running-context.js';
import { catalogue } from './services/catalogue.js';
import { validate } from './validation.js';

export interface TwinOptions {
  readonly estate: Fork;
  /** The services it speaks; all of the catalogue unless told. Each is loaded on its first call. */
  readonly implementations?: { readonly [Name in ServiceName]?: () => Promise<Implementation> };
  readonly clock: Clock;
  /** Ids and tokens come from here: a seeded one makes a rehearsal reproducible. */
  readonly random?: RandomHex;
  readonly authorizer?: Authorizer;
  /** Told of every call once it is answered. */
  readonly record?: (call: CallFacts) => void;
}

/** A service ready to answer. */
interface Loaded {
  readonly model: ServiceModel;
  readonly handlers: Implementation['handlers'];
}

/** A call on its way through the twin. */
interface Call {
  readonly name: ServiceName;
  readonly model: ServiceModel;
  readonly addressed: AddressedOperation;
  readonly scope: CredentialScope | undefined;
  readonly request: WireRequest;
  readonly rawBody: Uint8Array | undefined;
  readonly requestId: string;
}

/** An estate made runnable: it answers the AWS API, over any of its protocols, and changes the fork it is given. */
export class Twin {
  readonly estate: Fork;
  private readonly options: TwinOptions;
  private readonly random: RandomHex;
  private readonly loaded = new Map<ServiceName, Promise<Loaded>>();
  private readonly keys = new Map<string, Credential>();
  private readonly pageSecret = randomBytes(16).toString('hex');

  constructor(options: TwinOptions) {
    this.options = options;
    this.estate = options.estate;
    this.random = options.random ?? ((bytes) => randomBytes(bytes).toString('hex'));
  }

  /** Makes an access key work. */
  addCredential(credential: Credential): void {
    this.keys.set(credential.accessKeyId, credential);
  }

  /** An access key of an account's root user, made when first asked for: how a rehearsal calls in. */
  rootCredential(accountId: string): Credential {
    const accessKeyId = `ROOT${accountId}`;
    const known = this.keys.get(accessKeyId);
    if (known !== undefined) return known;
    const arn = `arn:${this.estate.header.partition}:iam::${accountId}:root`;
    const caller: Caller = { arn, accountId, userId: accountId, kind: 'root' };
    const made = { accessKeyId, secretAccessKey: this.random(20), caller };
    this.keys.set(accessKeyId, made);
    return made;
  }

  /**
   * Answers one request. Never throws: a failure is answered in the protocol of the request.
   *
   * @param rawBody the body as sent, when the signature is to be verified; left out in process, where it is only claimed.
   */
  async handle(request: WireRequest, rawBody?: Uint8Array): Promise<WireResponse> {
    const requestId = randomUUID();
    const scope = credentialScope(request);
    let loaded: Loaded | undefined;
    let name: ServiceName | undefined;
    try {
      name = addressedService(request, scope);
      loaded = name === undefined ? undefined : await this.load(name);
      if (name === undefined || loaded === undefined) return unknownService(scope?.service, requestId);
      const addressed = addressedOperation(loaded.model, request);
      const call: Call = { name, model: loaded.model, addressed, scope, request, rawBody, requestId };
      return await this.answer(call, loaded.handlers);
    } catch (error) {
      if (loaded === undefined) return unreadable(error, requestId);
      return encodeError(protocolOf(loaded.model, request), loaded.model, error, requestId, request.method);
    }
  }

  private async answer(call: Call, handlers: Implementation['handlers']): Promise<WireResponse> {
    const { name, model, addressed, request, requestId, scope } = call;
    const { operation, protocol } = addressed;
    if (operation === undefined) throw unknownOperation(model, addressed);
    const now = this.options.clock();
    const credential = scope === undefined ? undefined : this.keys.get(scope.accessKeyId);
    const caller = authenticate({ ...call, service: name, protocol, operation: operation.name, credential, now });
    const context = this.contextOf(call, operation.name, caller, now);
    let input: Record<string, unknown> = {};
    let output: Record<string, unknown> | undefined;
    let failure: unknown;
    try {
      const handler = handlers[operation.name];
      if (handler === undefined) throw notImplemented(model, operation.name);
      input = decodeInput(protocol, model, operation, request, addressed.labels, addressed.form);
      validate(name, model, protocol, operation, input);
      output = ((await handler(input as never, context)) ?? {}) as Record<string, unknown>;
      if (context.asked.length === 0 && !needsNoPermission(name, operation.name)) {
        throw new Error(`${name}:${operation.name} answered without asking the authorizer`);
      }
      return encodeOutput(protocol, model, operation, output, requestId);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.options.record?.({
        service: name,
        operation: operation.name,
        inputShape: operation.input,
        outputShape: operation.output,
        caller,
        accessKeyId: scope?.accessKeyId,
        region: context.region,
        now,
        requestId,
        sourceIp: request.sourceIp ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
        input,
        output: failure === undefined ? output : undefined,
        error: failure instanceof Error ? { code: failure.name, message: failure.message } : undefined,
        asked: context.asked,
      });
    }
  }

  private contextOf(call: Call, operation: string, caller: Caller, now: Date): RunningContext {
    return new RunningContext({
      service: call.name,
      operation,
      protocol: call.addressed.protocol,
      caller,
      region: call.scope?.region ?? 'us-east-1',
      requestId: call.requestId,
      endpoint: call.request.endpoint,
      now,
      estate: this.estate,
      authorizer: this.options.authorizer ?? allowAll,
      random: this.random,
      pageSecret: this.pageSecret,
      credentials: {
        add: (credential) => void this.keys.set(credential.accessKeyId, credential),
        remove: (accessKeyId) => void this.keys.delete(accessKeyId),
      },
    });
  }

  private load(name: ServiceName): Promise<Loaded> | undefined {
    const implementation = (this.options.implementations ?? catalogue)[name];
    if (implementation === undefined) return undefined;
    let loaded = this.loaded.get(name);
    if (loaded === undefined) {
      loaded = Promise.all([modelOf(name), implementation()]).then(([model, { handlers }]) => ({ model, handlers }));
      this.loaded.set(name, loaded);
    }
    return loaded;
  }

  /** The partition of the twin's estate: what a caller's region must belong to. */
  get partition(): string {
    return this.estate.header.partition || partitionOf('us-east-1');
  }
}

/** Models are the same for every twin: thousands of rehearsals read each schema once. */
const models = new Map<ServiceName, Promise<ServiceModel>>();

function modelOf(name: ServiceName): Promise<ServiceModel> {
  const known = models.get(name) ?? services[name].load().then(serviceModel);
  models.set(name, known);
  return known;
}

function unknownOperation(model: ServiceModel, { protocol, asked }: AddressedOperation): AwsError {
  const message = `${model.sdkId} has no operation ${asked === '' ? 'that this request names' : asked}`;
  if (protocol === 'query' || protocol === 'ec2') return new AwsError('InvalidAction', message, { status: 400 });
  return new AwsError('UnknownOperationException', message, { status: 404 });
}

/** Never a false success: what the twin does not implement, it says it does not implement. */
function notImplemented(model: ServiceModel, operation: string): AwsError {
  const message = `The twin does not implement ${model.sdkId}:${operation}. docs/twin.md lists what it does.`;
  return new AwsError('NotImplemented', message, { status: 501 });
}

function unknownService(signingName: string | undefined, requestId: string): WireResponse {
  const message = `The twin has no service \`${signingName ?? 'of this unsigned request'}\`. docs/twin.md lists those it has.`;
  return jsonError(501, 'NotImplemented', message, requestId);
}

function unreadable(error: unknown, requestId: string): WireResponse {
  if (error instanceof AwsError) return jsonError(error.status ?? 400, error.code, error.message, requestId);
  return jsonError(500, 'InternalFailure', error instanceof Error ? error.message : String(error), requestId);
}

function jsonError(status: number, type: string, message: string, requestId: string): WireResponse {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type, 'x-amzn-requestid': requestId };
  return { status, headers, body: JSON.stringify({ __type: type, message }) };
}
