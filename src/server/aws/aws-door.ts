import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { canonicalJson } from '../../base/json.js';
import type { Hub } from '../../engine/hub/hub.js';
import type { IssuedToken } from '../../engine/hub/tokens.js';
import { Fork } from '../../estate/fork.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { FindingHub } from '../../findings/hub/finding-hub.js';
import type { Token } from '../../store/access/access-store.js';
import { allowAll } from '../../twin/authorizer.js';
import { AwsError } from '../../twin/aws-error.js';
import type { Caller } from '../../twin/caller.js';
import { credentialScope, type CredentialScope } from '../../twin/credential-scope.js';
import { answerOverHttp, withoutBody } from '../../twin/http-door.js';
import type { Handler, Implementation } from '../../twin/implement.js';
import { catalogue } from '../../twin/services/catalogue.js';
import type { WireResponse } from '../../twin/protocols/wire.js';
import { Twin } from '../../twin/twin.js';
import { actingName } from '../access/authenticator.js';
import { WindowLimit } from '../access/window-limit.js';
import { clientAddress, isFromHere } from '../access/loopback.js';
import { may } from '../access/permissions.js';
import { principalOf, type Principal } from '../access/principal.js';
import { scopedFindings } from '../access/scoped-findings.js';
import { isChange, needed } from './aws-permissions.js';

/** 100 findings of 240 KB, and the JSON around them. */
const BODY_BYTES_MAX = 26 * 1024 * 1024;
const CALLS_A_MINUTE = 3_000;
/** What the door has behind it; what strangers call services is not repeated. */
const KNOWN: ReadonlySet<string> = new Set(['securityhub', 'sts']);

/** Answers AWS's tools: `aws securityhub …` and `aws sts get-caller-identity`. */
export type AwsDoor = (request: IncomingMessage, response: ServerResponse) => void;

export interface AwsDoorOptions {
  readonly hub: Hub;
  /** Security Hub over the findings that the caller may see. */
  readonly securityHub: (findings: FindingHub) => Implementation;
  readonly failures: WindowLimit;
  /** Proxies whose `X-Forwarded-For` counts. */
  readonly trustProxy?: readonly string[];
  readonly onFailure: () => void;
  readonly onError: (error: unknown, requestId: string) => void;
}

/** Whether a request is signed as AWS's tools sign. */
export function isAwsRequest({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  return headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true || /[?&]X-Amz-Algorithm=AWS4-/.test(url);
}

/**
 * The door for AWS's tools. The wire layer is the twin's; behind it is not an estate but the hub. For each call there is a
 * twin that knows one access key and one caller: nothing of one call can be seen by another.
 */
export function openAwsDoor(options: AwsDoorOptions): AwsDoor {
  const calls = new WindowLimit(CALLS_A_MINUTE);
  const addressOf = clientAddress(options.trustProxy);
  return (request, response) => {
    const address = addressOf(request);
    const client = `${address} ${scopeIn(request)?.accessKeyId ?? ''}`;
    const now = options.hub.clock();
    calls.count(client, now);
    const wait = calls.waitSeconds(client, now);
    if (wait !== undefined) {
      refuse(response, 429, 'TooManyRequestsException', 'Rate exceeded', { 'retry-after': String(wait) });
      return;
    }
    admit(options, request, address).then(
      (twin) => answerOverHttp(twin, request, response, { bodyBytesMax: BODY_BYTES_MAX }),
      (error: unknown) => {
        options.onError(error, 'aws');
        refuse(response, 503, 'ServiceUnavailable', 'The hub cannot work now', {});
      },
    );
  };
}

/** An answer without a look at what was asked. */
function refuse(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>>,
): void {
  const all = { ...headers, 'content-type': 'application/json', 'x-amzn-errortype': type, connection: 'close' };
  response.writeHead(status, all).end(JSON.stringify({ __type: type, message }));
}

/** Finds who calls before any of the body is read: a stranger's is never kept in memory. */
async function admit(options: AwsDoorOptions, request: IncomingMessage, address: string) {
  const { hub, failures } = options;
  const scope = scopeIn(request);
  const client = `${address} ${scope?.accessKeyId ?? ''}`;
  const now = hub.clock();
  const wait = failures.waitSeconds(client, now);
  const known =
    scope === undefined || wait !== undefined ? undefined : await hub.tokens.signing(scope.accessKeyId, 'aws');
  const { headers, socket } = request;
  const isHere = isFromHere({ headers, socket, ip: address });
  const issued = known?.token.loopback === true && !isHere ? undefined : known;
  const twin = await twinFor(options, scope, issued, address);
  return {
    now,
    handle: async (wire: Parameters<Twin['handle']>[0], signature: 'verified') => {
      // A stranger gets the answer of a stranger, whatever they sent.
      const answer = await twin.handle(issued === undefined ? { ...wire, body: new Uint8Array() } : wire, signature);
      if (answer.status >= 400 && isOfAStranger(answer)) {
        failures.count(client, now);
        const call = `${KNOWN.has(scope?.service ?? '') ? scope?.service : 'another service'}: a stranger`;
        hub.audit.note({ at: now.toISOString(), by: 'unknown', from: address, call, status: answer.status });
        options.onFailure();
      }
      return answer;
    },
  };
}

/** REST protocols name the error in a header, others in the body. */
function isOfAStranger({ status, headers, body }: WireResponse): boolean {
  const told = `${headers['x-amzn-errortype'] ?? ''} ${String(body)}`;
  return (
    status === 401 || /(UnrecognizedClient|InvalidSignature|InvalidClientTokenId|SignatureDoesNotMatch)/.test(told)
  );
}

function scopeIn(request: IncomingMessage): CredentialScope | undefined {
  try {
    return credentialScope(withoutBody(request));
  } catch {
    return undefined;
  }
}

async function twinFor(
  { hub, securityHub }: AwsDoorOptions,
  scope: CredentialScope | undefined,
  issued: IssuedToken | undefined,
  address: string,
): Promise<Twin> {
  const { partition } = hub.organization;
  const accountId = issued?.token.account ?? hub.organization.accountId;
  const region = scope?.region ?? hub.organization.region;
  const implementations: { sts?: () => Promise<Implementation>; securityhub?: () => Promise<Implementation> } = {};
  if (issued !== undefined) {
    const principal = await principalOf(
      { ...issued.token, name: actingName(issued.token) },
      issued.token.id,
      hub.organization,
    );
    const guard = (service: Implementation) => guarded(service, hub, principal, issued.token, address);
    implementations.securityhub = () => Promise.resolve(guard(securityHub(scopedFindings(hub.findings, principal))));
    implementations.sts = async () => guard(await callerIdentity());
  } else {
    // Who is not known reaches nothing: there is nothing behind their names but the refusal.
    implementations.securityhub = () => Promise.resolve({ service: 'securityhub', handlers: {} });
    implementations.sts = () => Promise.resolve({ service: 'sts', handlers: {} });
  }
  const header = {
    partition,
    collectedAt: hub.clock().toISOString(),
    accounts: [{ accountId, name: accountId, path: [], regions: [region] }],
    types: [],
  };
  const twin = new Twin({
    estate: new Fork(new MemoryEstate(header, [])),
    implementations,
    clock: hub.clock,
    authorizer: allowAll,
  });
  if (issued !== undefined) {
    const { token, secret } = issued;
    twin.addCredential({
      accessKeyId: token.id,
      secretAccessKey: secret,
      caller: callerOf(token, partition, accountId),
    });
  }
  return twin;
}

function callerOf({ id, name }: Token, partition: string, accountId: string): Caller {
  const arn = `arn:${partition}:iam::${accountId}:user/hikeshi/${name.replace(/[^\w+=,.@-]/g, '-')}`;
  return { arn, accountId, userId: id, kind: 'user' };
}

/** STS says who one is, and hands out no other keys. */
async function callerIdentity(): Promise<Implementation> {
  const sts = await catalogue.sts();
  const { GetCallerIdentity } = sts.handlers;
  return { service: 'sts', handlers: GetCallerIdentity === undefined ? {} : { GetCallerIdentity } };
}

/** Every operation, only for those whose role and scope allow it; a change is recorded before it is carried out. */
function guarded(
  { service, handlers }: Implementation,
  hub: Hub,
  principal: Principal,
  token: Token,
  from: string,
): Implementation {
  const wrapped = Object.entries(handlers).map(([operation, handler]): [string, Handler<never, unknown>] => [
    operation,
    async (input, context) => {
      const noted = { by: principal.name, through: token.id, from, call: `${service}:${operation}` };
      const need = needed.get(operation);
      const isAllowed =
        need !== undefined &&
        may(principal.role, need.permission) &&
        (need.wide !== true || principal.accounts === undefined);
      if (!isAllowed) {
        hub.audit.note({ ...noted, at: hub.clock().toISOString(), status: 'AccessDeniedException' });
        const message = `User: ${context.caller.arn} is not authorized to perform: ${service}:${operation}`;
        throw new AwsError('AccessDeniedException', message, { status: 403 });
      }
      if (isChange(operation)) {
        await hub.audit.record({
          at: hub.clock().toISOString(),
          ...noted,
          role: principal.role,
          subjects: [context.accountId],
          bodySha256: createHash('sha256').update(canonicalJson(input)).digest('hex'),
        });
        return handler(input, context);
      }
      let status: number | string = 200;
      try {
        return await handler(input, context);
      } catch (error) {
        status = error instanceof AwsError ? error.code : 500;
        throw error;
      } finally {
        hub.audit.note({ ...noted, at: hub.clock().toISOString(), status });
      }
    },
  ]);
  return { service, handlers: Object.fromEntries(wrapped) };
}
