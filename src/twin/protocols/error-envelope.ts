import { cbor } from '@smithy/core/cbor';
import { AwsError } from '../aws-error.js';
import { CBOR_HEADERS, CBOR_TREE, JSON_TREE } from './envelope.js';
import type { ErrorModel, Protocol, ServiceModel } from './service-model.js';
import { encodeTree } from './tree.js';
import type { WireResponse } from './wire.js';
import { escapeXml, structBody } from './xml-write.js';

type Fields = Record<string, unknown>;

/** What is told of a failure: the same facts in every protocol. */
interface Fault {
  /** The exception's name in the service's model, or its bare code. */
  readonly name: string;
  /** The code that XML protocols say. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly model: ErrorModel | undefined;
  readonly members: Fields;
}

/**
 * Any thrown error on the wire: an `AwsError`, an SDK exception, or a bug, which is an InternalFailure with the error's
 * message but not its stack.
 */
export function encodeError(
  protocol: Protocol,
  service: ServiceModel,
  thrown: unknown,
  requestId: string,
  method: string,
): WireResponse {
  const fault = faultOf(service, thrown);
  const { status } = fault;
  const id = { 'x-amzn-requestid': requestId };
  switch (protocol) {
    case 'json':
      return {
        status,
        headers: {
          ...id,
          ...compatibility(service, fault),
          'content-type': `application/x-amz-json-${service.jsonVersion}`,
        },
        body: JSON.stringify(treeBody(service, fault, false)),
      };
    case 'cbor':
      return {
        status,
        headers: { ...id, ...compatibility(service, fault), ...CBOR_HEADERS },
        body: cbor.serialize(treeBody(service, fault, true)) as Uint8Array,
      };
    case 'query':
      return { status, headers: { ...id, 'content-type': 'text/xml' }, body: queryBody(service, fault, requestId) };
    case 'ec2': {
      const error = `<Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(fault.message)}</Message>`;
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
      return { status, headers: { ...id, 'content-type': 'text/xml;charset=UTF-8' }, body };
    }
    case 'restXml': {
      const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId, 'x-amz-id-2': requestId };
      return { status, headers, body: method === 'HEAD' ? '' : restXmlBody(service, fault, requestId) };
    }
    case 'restJson': {
      const headers = { ...id, 'content-type': 'application/json', 'x-amzn-errortype': fault.name };
      return {
        status,
        headers,
        body: JSON.stringify({ message: fault.message, Message: fault.message, ...fault.members }),
      };
    }
  }
}

/** The code and message a failure is answered with, as the record of the call keeps them. */
export function failureOf(service: ServiceModel, thrown: unknown): { code: string; message: string } {
  const { code, message } = faultOf(service, thrown);
  return { code, message };
}

function faultOf(service: ServiceModel, thrown: unknown): Fault {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const model = service.errors.get(error.name) ?? [...service.errors.values()].find(({ code }) => code === error.name);
  const isAws = thrown instanceof AwsError || '$fault' in error;
  if (model === undefined && !isAws) {
    const message = `The twin failed: ${error.message}`;
    return { name: 'InternalFailure', code: 'InternalFailure', message, status: 500, model, members: {} };
  }
  const own = thrown instanceof AwsError ? thrown : undefined;
  const members: Fields = { ...own?.members };
  for (const member of model?.shape.members ?? []) {
    const value = (error as unknown as Fields)[member.name];
    if (!/^message$/i.test(member.name) && value !== undefined && value !== null) members[member.name] = value;
  }
  return {
    name: model?.name ?? error.name,
    code: model?.code ?? error.name,
    message: error.message,
    status: own?.status ?? model?.status ?? 400,
    model,
    members,
  };
}

/** Services that spoke query before tell JSON clients the old code in a header. */
function compatibility(service: ServiceModel, { code, status }: Fault): Record<string, string> {
  return service.queryCompatible ? { 'x-amzn-query-error': `${code};${status >= 500 ? 'Receiver' : 'Sender'}` } : {};
}

function treeBody(service: ServiceModel, fault: Fault, isCbor: boolean): Fields {
  const encoded =
    fault.model === undefined
      ? fault.members
      : (encodeTree(isCbor ? CBOR_TREE : JSON_TREE, fault.model.shape, fault.members) as Fields);
  const type = isCbor || service.queryCompatible ? `${service.namespace}#${fault.name}` : fault.name;
  return { __type: type, message: fault.message, ...encoded };
}

function queryBody(service: ServiceModel, fault: Fault, requestId: string): string {
  const members = fault.model === undefined ? '' : structBody(fault.model.shape, fault.members);
  const type = `<Type>${fault.status >= 500 ? 'Receiver' : 'Sender'}</Type>`;
  const said = `<Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(fault.message)}</Message>${members}`;
  return `<ErrorResponse xmlns="${service.xmlns}"><Error>${type}${said}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function restXmlBody(service: ServiceModel, fault: Fault, requestId: string): string {
  const members = Object.entries(fault.members)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');
  const said = `<Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(fault.message)}</Message>${members}`;
  const ids = `<RequestId>${requestId}</RequestId><HostId>${requestId}</HostId>`;
  if (service.id === 's3') return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${said}${ids}</Error>`;
  const type = `<Type>${fault.status >= 500 ? 'Receiver' : 'Sender'}</Type>`;
  return `<ErrorResponse xmlns="${service.xmlns ?? ''}"><Error>${type}${said}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}
