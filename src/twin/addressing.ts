import { services, type ServiceName } from '../reference/services.js';
import type { CredentialScope } from './credential-scope.js';
import { formOf } from './protocols/envelope.js';
import { matchRoute } from './protocols/route.js';
import type { OperationModel, Protocol, ServiceModel } from './protocols/service-model.js';
import { decodePart, type WireRequest } from './protocols/wire.js';

/** S3 Control signs as `s3`; its paths begin with its version. */
const S3_CONTROL_PATH = '/v20180820/';

/** S3 under its other names: directory buckets, Outposts, Object Lambda. */
const S3_SIGNING_NAMES = new Set(['s3', 's3express', 's3-outposts', 's3-object-lambda']);

const bySigningName = new Map<string, ServiceName>(
  (Object.keys(services) as ServiceName[]).map((name) => [services[name].signingName, name]),
);

/** Which service an `X-Amz-Target` belongs to, by its part before the dot. */
const byTarget: Readonly<Record<string, ServiceName>> = {
  AWSEvents: 'events',
  AWSOrganizationsV20161128: 'organizations',
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  AmazonSQS: 'sqs',
  AmazonSSM: 'ssm',
  DynamoDB_20120810: 'dynamodb',
  GraniteServiceVersion20100801: 'cloudwatch',
  Logs_20140328: 'logs',
  StarlingDoveService: 'config',
  TrentService: 'kms',
  secretsmanager: 'secretsmanager',
};

/** The service a request is for: by its credential scope, or, unsigned, by target and host. */
export function addressedService(request: WireRequest, scope: CredentialScope | undefined): ServiceName | undefined {
  if (scope !== undefined) {
    if (S3_SIGNING_NAMES.has(scope.service)) return request.path.startsWith(S3_CONTROL_PATH) ? 's3control' : 's3';
    return bySigningName.get(scope.service);
  }
  const target = request.headers['x-amz-target']?.split('.')[0] ?? '';
  if (Object.hasOwn(byTarget, target)) return byTarget[target];
  const host = /^(?:[^.]+\.)*?([a-z0-9-]+)[.-](?:[a-z]{2}(?:-[a-z]+)+-\d\.)?amazonaws\.com/.exec(request.host)?.[1];
  const named = host === undefined ? undefined : bySigningName.get(host);
  if (named !== undefined) return named;
  if (isForm(request))
    return /^(AssumeRole|Get(Caller|Session))/.test(formOf(request).get('Action') ?? '') ? 'sts' : undefined;
  return 's3';
}

/** What a request asks for, once the service is known. */
export interface AddressedOperation {
  readonly protocol: Protocol;
  readonly operation: OperationModel | undefined;
  /** The operation's name as the client gave it, for the error when there is none. */
  readonly asked: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly form: ReadonlyMap<string, string> | undefined;
}

/** The request decides the protocol: old clients speak query to SQS and CloudWatch, new ones JSON or CBOR. */
export function protocolOf(service: ServiceModel, request: WireRequest): Protocol {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return 'cbor';
  if (request.headers['x-amz-target'] !== undefined) return 'json';
  const rest = service.protocol === 'restXml' || service.protocol === 'restJson';
  if (!rest && (isForm(request) || 'Action' in request.query)) return service.protocol === 'ec2' ? 'ec2' : 'query';
  return service.protocol;
}

/** The operation a request asks for. */
export function addressedOperation(service: ServiceModel, request: WireRequest): AddressedOperation {
  const protocol = protocolOf(service, request);
  const named = (asked: string, form?: ReadonlyMap<string, string>): AddressedOperation => ({
    protocol,
    operation: service.operations.get(asked),
    asked,
    labels: {},
    form,
  });
  switch (protocol) {
    case 'json':
      return named(request.headers['x-amz-target']?.split('.').pop() ?? '');
    case 'cbor':
      return named(/\/operation\/([A-Za-z0-9]+)$/.exec(request.path)?.[1] ?? '');
    case 'query':
    case 'ec2': {
      const form = formOf(request);
      return named(form.get('Action') ?? '', form);
    }
    case 'restJson':
    case 'restXml': {
      const { path, bucket } = service.id === 's3' ? s3Address(request) : { path: request.path, bucket: undefined };
      const match = matchRoute(service.routes, request, path, service.id === 's3' ? { bucket } : undefined);
      const asked = `${request.method} ${request.path}`;
      return { protocol, operation: match?.operation, asked, labels: match?.labels ?? {}, form: undefined };
    }
  }
}

/** S3's two ways of addressing: the bucket in the host, or first in the path. */
function s3Address(request: WireRequest): { path: string; bucket: string | undefined } {
  const host = request.host.replace(/:\d+$/, '');
  const virtual =
    /^(.+)\.s3[.-](?:.*\.)?amazonaws\.com(?:\.cn)?$/.exec(host)?.[1] ?? /^(.+)\.(?:s3\.)?localhost$/.exec(host)?.[1];
  if (virtual !== undefined) return { path: request.path, bucket: virtual };
  const match = /^\/([^/]+)(\/.*)?$/.exec(request.path);
  if (match === null) return { path: request.path, bucket: undefined };
  return { path: match[2] ?? '/', bucket: decodePart(match[1] ?? '') };
}

function isForm({ headers }: WireRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
}
