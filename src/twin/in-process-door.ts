import { HttpResponse, type HttpRequest } from '@smithy/core/protocols';
import { Readable } from 'node:stream';
import type { WireRequest } from './protocols/wire.js';
import type { Twin } from './twin.js';

/**
 * SDK client settings whose every call ends in this twin: there is no socket, so nothing can reach AWS. Requests are
 * signed by only stating the access key, because hashing would cost more than the twin itself.
 */
export function inProcessDoor(twin: Twin): Readonly<Record<string, unknown>> {
  return {
    requestHandler: new InProcessHandler(twin),
    httpAuthSchemes: [
      {
        schemeId: 'aws.auth#sigv4',
        identityProvider: (settings: IdentitySettings) => settings.getIdentityProvider('aws.auth#sigv4'),
        signer: { sign: claim },
      },
      {
        schemeId: 'smithy.api#noAuth',
        identityProvider: () => () => Promise.resolve({}),
        signer: { sign: (request: HttpRequest) => Promise.resolve(request) },
      },
    ],
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
    retryStrategy: ONCE,
    ...NOT_LOOKED_UP,
  };
}

/**
 * What each SDK client would otherwise look for in the environment and in `~/.aws` on its first call: it costs more than
 * the call, and what is found there must not change how a twin answers.
 */
const NOT_LOOKED_UP = {
  authSchemePreference: [],
  defaultsMode: 'legacy',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: () => Promise.resolve(undefined),
  // Without `info` the SDK does not copy what is sent and answered, at every call, for a log that nobody reads.
  logger: {},
};

/** What a twin says of a call it says again: it is asked once, and no tokens are counted. */
const ONCE = { retry: <Sent, Got>(next: (sent: Sent) => Promise<Got>, sent: Sent): Promise<Got> => next(sent) };

/** Who calls, where the client did not say so. */
const USER_AGENT = 'aws-sdk-js/3 hikeshi';

interface IdentitySettings {
  getIdentityProvider(scheme: string): unknown;
}

/** What a signer is told of the endpoint: its own region and signing name, where they differ from the client's. */
interface SigningProperties {
  readonly context?: {
    readonly endpointV2?: {
      readonly properties?: { readonly authSchemes?: readonly { signingRegion?: string; signingName?: string }[] };
    };
  };
  readonly config: { region(): Promise<string>; readonly defaultSigningName: string };
}

async function claim(
  request: HttpRequest,
  identity: { readonly accessKeyId: string; readonly sessionToken?: string },
  properties: SigningProperties,
): Promise<HttpRequest> {
  const scheme = properties.context?.endpointV2?.properties?.authSchemes?.[0];
  const region = scheme?.signingRegion ?? (await properties.config.region());
  const service = scheme?.signingName ?? properties.config.defaultSigningName;
  request.headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${identity.accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=`;
  if (identity.sessionToken !== undefined) request.headers['x-amz-security-token'] = identity.sessionToken;
  return request;
}

class InProcessHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  private readonly twin: Twin;

  constructor(twin: Twin) {
    this.twin = twin;
  }

  async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    const headers: Record<string, string> = { 'user-agent': USER_AGENT };
    for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
    const wire: WireRequest = {
      method: request.method,
      path: request.path,
      query: plainQuery(request.query),
      headers,
      host: request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`,
      body: await bytesOfBody(request.body),
    };
    const answer = await this.twin.handle(wire);
    const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    const body = answer.streamed ? Readable.from([bytes]) : bytes;
    return { response: new HttpResponse({ statusCode: answer.status, headers: { ...answer.headers }, body }) };
  }

  destroy(): void {}
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

function plainQuery(query: HttpRequest['query'] | undefined): WireRequest['query'] {
  const plain: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(query ?? {})) plain[name] = value ?? '';
  return plain;
}

async function bytesOfBody(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const chunks: Buffer[] = [];
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }
  throw new TypeError('the in-process door takes text, bytes and streams');
}
