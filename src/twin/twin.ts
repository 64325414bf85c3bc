import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, RandomHex } from '../base/ports.js';
import { messageOf } from '../base/problem.js';
import type { Fork } from '../estate/fork.js';
import type { KeyStore } from '../keys/key-store.js';
import { needsNoPermission } from '../reference/iam-actions.js';
import { services, type ServiceName } from '../reference/services.js';
import { addressedOperation, addressedService, protocolOf, type AddressedOperation } from './addressing.js';
import { authenticate } from './authentication.js';
import type { Authorizer } from './authorizer.js';
import { PolicyAuthorizer } from './policy-authorizer.js';
import { AwsError } from './aws-error.js';
import type { CallFacts } from './call-record.js';
import type { Caller, Credential } from './caller.js';
import { credentialScope, type CredentialScope } from './credential-scope.js';
import type { Implementation } from './implement.js';
import { decodeInput, encodeOutput } from './protocols/envelope.js';
import { encodeError, failureOf } from './protocols/error-envelope.js';
import { serviceModel, type ServiceModel } from './protocols/service-model.js';
import { decodedRequest, type WireRequest, type WireResponse } from './protocols/wire.js';
import { escapeXml } from './protocols/xml-write.js';
import { RunningContext } from './running-context.js';
import type { ServiceEvent } from './service-event.js';
import { TwinKeys } from './twin-keys.js';
import { catalogue } from './services/catalogue.js';
import { validationOf, type Validation } from './validation/validation.js';

export interface TwinOptions {
  readonly estate: Fork;
  /** The services it speaks; all of the catalogue unless told. Each is loaded on its first call. */
  readonly implementations?: { readonly [Name in ServiceName]?: () => Promise<Implementation> };
  readonly clock: Clock;
  /** Ids and tokens come from here: a seeded one makes a rehearsal reproducible. */
  readonly random?: RandomHex;
  /** Decides every call; by the estate's own policies unless told. */
  readonly authorizer?: Authorizer;
  /** Whether inputs must keep AWS's enums, lengths, patterns and ranges; `ignored` for values newer than our list. */
  readonly constraints?: 'enforced' | 'ignored';
  /** Where the material of KMS keys is; fresh and in memory unless given. A fork of a twin gets a fork of the store. */
  readonly keyStore?: KeyStore;
  /** Told of every call once it is answered. */
  readonly record?: (call: CallFacts) => void;
  /** Told of what a service did by itself: KMS deleted a key whose waiting period was over. */
  readonly event?: (event: ServiceEvent) => void;
}

/** A service ready to answer. */
interface Loaded {
  readonly model: ServiceModel;
  readonly handlers: Implementation['handlers'];
  readonly validate: Validation;
}

/** A call on its way through the twin. */
interface Call {
  readonly name: ServiceName;
  readonly model: ServiceModel;
  readonly addressed: AddressedOperation;
  readonly scope: CredentialScope | undefined;
  /** As sent. */
  readonly sent: WireRequest;
  /** With the encodings of its body undone. */
  readonly request: WireRequest;
  readonly signature: 'verified' | 'claimed';
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
  private readonly authorizer: Authorizer;
  private readonly material: TwinKeys;

  constructor(options: TwinOptions) {
    this.options = options;
    this.authorizer = options.authorizer ?? new PolicyAuthorizer().authorize;
    this.estate = options.estate;
    this.random = options.random ?? ((bytes) => randomBytes(bytes).toString('hex'));
    this.material = new TwinKeys(options.clock(), options.keyStore);
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
   * @param signature `claimed` in process, where nobody else can call; `verified` on a socket.
   */
  async handle(sent: WireRequest, signature: 'verified' | 'claimed' = 'claimed'): Promise<WireResponse> {
    const requestId = randomUUID();
    let request = sent;
    let loaded: Loaded | undefined;
    try {
      const scope = credentialScope(sent);
      const name = addressedService(sent, scope);
      loaded = name === undefined ? undefined : await this.load(name);
      if (name === undefined || loaded === undefined) return unknownService(sent, scope?.service, requestId);
      const { model } = loaded;
      request = decodedRequest(sent, name === 's3');
      const addressed = addressedOperation(model, request);
      return await this.answer({ name, model, addressed, scope, sent, request, signature, requestId }, loaded);
    } catch (error) {
      if (loaded === undefined) return unreadable(error, requestId);
      return answerError(loaded.model, request, error, requestId);
    }
  }

  private async answer(call: Call, { handlers, validate }: Loaded): Promise<WireResponse> {
    const { name, model, addressed, sent, request, signature, requestId, scope } = call;
    const { operation, protocol } = addressed;
    if (operation === undefined) throw unknownOperation(model, addressed);
    const now = this.options.clock();
    const credential = scope === undefined ? undefined : this.keys.get(scope.accessKeyId);
    const caller = authenticate({
      service: name,
      protocol,
      operation: operation.name,
      request: sent,
      signature,
      scope,
      credential,
      partition: this.partition,
      now,
    });
    const context = this.contextOf(call, operation.name, caller, now);
    let input: Record<string, unknown> = {};
    let output: Record<string, unknown> | undefined;
    let failure: unknown;
    try {
      const handler = handlers[operation.name];
      if (handler === undefined) throw notImplemented(model, operation.name);
      input = decodeInput(protocol, model, operation, request, addressed.labels, addressed.form);
      validate(protocol, operation, input);
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
        sourceIp: sourceIpOf(request),
        userAgent: userAgentOf(request),
        input,
        output: failure === undefined ? output : undefined,
        error: failure === undefined ? undefined : failureOf(model, failure),
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
      authorizer: this.authorizer,
      sourceIp: sourceIpOf(call.request),
      userAgent: userAgentOf(call.request),
      random: this.random,
      pageSecret: this.pageSecret,
      keys: this.material,
      event: this.options.event,
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
      loaded = Promise.all([modelOf(name), implementation(), this.validation(name)]).then(
        ([model, { handlers }, validate]) => ({ model, handlers, validate }),
      );
      this.loaded.set(name, loaded);
    }
    return loaded;
  }

  private validation(name: ServiceName): Promise<Validation> {
    if (this.options.constraints === 'ignored') return validationOf(name, 'ignored');
    const known = validations.get(name) ?? validationOf(name, 'enforced');
    validations.set(name, known);
    return known;
  }

  /** The partition of the twin's estate: what a caller's region must belong to. */
  get partition(): string {
    return this.estate.header.partition;
  }

  /** The time it is on the twin. */
  get now(): Date {
    return this.options.clock();
  }
}

/** Models are the same for every twin: thousands of rehearsals read each schema once. */
const models = new Map<ServiceName, Promise<ServiceModel>>();

const validations = new Map<ServiceName, Promise<Validation>>();

function modelOf(name: ServiceName): Promise<ServiceModel> {
  const known = models.get(name) ?? services[name].load().then(serviceModel);
  models.set(name, known);
  return known;
}

function answerError(model: ServiceModel, request: WireRequest, error: unknown, requestId: string): WireResponse {
  try {
    return encodeError(protocolOf(model, request), model, error, requestId, request.method);
  } catch (unencodable) {
    // An exception whose members do not fit its own model: a bug of the handler, told without them.
    return encodeError(protocolOf(model, request), model, new Error(messageOf(unencodable)), requestId, request.method);
  }
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

function unknownService({ headers }: WireRequest, signingName: string | undefined, requestId: string): WireResponse {
  const message = `The twin has no service \`${signingName ?? 'of this unsigned request'}\`. docs/twin.md lists those it has.`;
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return jsonError(501, 'NotImplemented', message, requestId);
  }
  const body = `<ErrorResponse><Error><Type>Receiver</Type><Code>NotImplemented</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status: 501, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

function unreadable(error: unknown, requestId: string): WireResponse {
  if (error instanceof AwsError) return jsonError(error.status ?? 400, error.code, error.message, requestId);
  return jsonError(500, 'InternalFailure', messageOf(error), requestId);
}

function jsonError(status: number, type: string, message: string, requestId: string): WireResponse {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type, 'x-amzn-requestid': requestId };
  return { status, headers, body: JSON.stringify({ __type: type, message }) };
}

function sourceIpOf({ sourceIp }: WireRequest): string {
  return sourceIp ?? '127.0.0.1';
}

function userAgentOf({ headers }: WireRequest): string {
  return headers['user-agent'] ?? '';
}
