import { shapeOf, traitsOf, type Shape, type Traits } from './shape.js';
import { compileRoutes, type Route } from './route.js';

/** The wire protocols of AWS. The request, not the service, says which one is spoken. */
export type Protocol = 'json' | 'cbor' | 'query' | 'ec2' | 'restJson' | 'restXml';

export interface OperationModel {
  readonly name: string;
  readonly traits: Traits;
  readonly input: Shape;
  readonly output: Shape;
}

/** An exception a service models: its members, and its code and status on the wire. */
export interface ErrorModel {
  readonly name: string;
  readonly shape: Shape;
  readonly code: string;
  readonly status: number;
}

export interface ServiceModel {
  /** The SDK's service id in lower case with dashes: `s3`, `cloudwatch-logs`. */
  readonly id: string;
  readonly sdkId: string;
  readonly namespace: string;
  readonly xmlns: string | undefined;
  /** The protocol its current SDK client speaks. */
  readonly protocol: Protocol;
  readonly jsonVersion: '1.0' | '1.1';
  /** Speaks JSON, but its errors carry the codes of the query protocol it spoke before. */
  readonly queryCompatible: boolean;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly errors: ReadonlyMap<string, ErrorModel>;
  readonly routes: readonly Route[];
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  AwsJson1_0Protocol: 'json',
  AwsJson1_1Protocol: 'json',
  AwsQueryProtocol: 'query',
  AwsEc2QueryProtocol: 'ec2',
  AwsRestJsonProtocol: 'restJson',
  AwsRestXmlProtocol: 'restXml',
  S3RestXmlProtocol: 'restXml',
  AwsSmithyRpcV2CborProtocol: 'cbor',
  SmithyRpcV2CborProtocol: 'cbor',
};

/** What is read of a client's settings; `protocolSettings` is not documented, and only read here. */
interface ClientSettings {
  readonly serviceId: string;
  readonly protocol: object;
  readonly protocolSettings?: {
    readonly defaultNamespace?: string;
    readonly xmlNamespace?: string;
    readonly awsQueryCompatible?: boolean;
  };
}

type ClientClass = new (settings: object) => { readonly config: ClientSettings };

/** Everything a server needs to speak a service is in its SDK client package. Read once a service. */
export function serviceModel(module: object): ServiceModel {
  const exported = module as Readonly<Record<string, unknown>>;
  const clientName = Object.keys(exported).find((name) => name.endsWith('Client') && name !== '__Client');
  const Client = exported[clientName ?? ''] as ClientClass;
  const { config } = new Client({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const protocolClass = config.protocol.constructor.name;
  const protocol = PROTOCOLS[protocolClass];
  if (protocol === undefined) throw new Error(`the SDK speaks an unknown protocol \`${protocolClass}\``);
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  for (const [name, schema] of Object.entries(exported)) {
    if (!name.endsWith('$') || !Array.isArray(schema)) continue;
    if (schema[0] === OPERATION) operations.set(String(schema[2]), operationModel(schema));
    else if (schema[0] === EXCEPTION) errors.set(String(schema[2]), errorModel(schema));
  }
  return {
    id: config.serviceId.toLowerCase().replaceAll(' ', '-'),
    sdkId: config.serviceId,
    namespace: config.protocolSettings?.defaultNamespace ?? '',
    xmlns: config.protocolSettings?.xmlNamespace,
    protocol,
    jsonVersion: protocolClass.includes('1_1') ? '1.1' : '1.0',
    queryCompatible: config.protocolSettings?.awsQueryCompatible === true,
    operations,
    errors,
    routes: compileRoutes([...operations.values()]),
  };
}

/** What the first item of a schema tuple means. */
const OPERATION = 9;
const EXCEPTION = -3;

function operationModel(schema: readonly unknown[]): OperationModel {
  let input: Shape | undefined;
  let output: Shape | undefined;
  return {
    name: String(schema[2]),
    traits: traitsOf(schema[3]),
    get input() {
      return (input ??= shapeOf(schema[4]));
    },
    get output() {
      return (output ??= shapeOf(schema[5]));
    },
  };
}

function errorModel(schema: readonly unknown[]): ErrorModel {
  const traits = traitsOf(schema[3]);
  const name = String(schema[2]);
  return {
    name,
    shape: shapeOf(schema),
    code: traits.awsQueryError?.[0] ?? name,
    status: traits.awsQueryError?.[1] ?? traits.httpError ?? (traits.error === 'server' ? 500 : 400),
  };
}
