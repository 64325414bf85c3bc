import { cbor, dateToTag } from '@smithy/core/cbor';
import { AwsError } from '../aws-error.js';
import { decodeQuery, parseForm } from './query.js';
import { decodeRest, encodeRest, parseJson } from './rest.js';
import type { OperationModel, Protocol, ServiceModel } from './service-model.js';
import { decodeTree, encodeTree, jsonTree, type TreeFormat } from './tree.js';
import { textOf, type WireRequest, type WireResponse } from './wire.js';
import { structBody } from './xml-write.js';

export const JSON_TREE = jsonTree(false);
export const CBOR_TREE: TreeFormat = {
  memberName: ({ name }) => name,
  blob: (bytes) => bytes,
  time: (date) => dateToTag(date),
  unblob(value) {
    if (value instanceof Uint8Array) return value;
    throw new AwsError('SerializationException', 'Expected a byte string');
  },
};

type Fields = Record<string, unknown>;

/** The form parameters of a query request; old clients also put them into the URL. */
export function formOf(request: WireRequest): Map<string, string> {
  const form = parseForm(textOf(request.body));
  if (!form.has('Action')) {
    for (const [name, value] of Object.entries(request.query)) form.set(name, String(value));
  }
  return form;
}

/** The operation's input, in the SDK's own types. */
export function decodeInput(
  protocol: Protocol,
  service: ServiceModel,
  operation: OperationModel,
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
  form: ReadonlyMap<string, string> | undefined,
): Fields {
  const { input } = operation;
  switch (protocol) {
    case 'json':
      if (request.body.length === 0 || input.kind === 'unit') return {};
      return (decodeTree(JSON_TREE, input, parseJson(request.body)) ?? {}) as Fields;
    case 'cbor':
      if (request.body.length === 0 || input.kind === 'unit') return {};
      return (decodeTree(CBOR_TREE, input, parseCbor(request.body)) ?? {}) as Fields;
    case 'query':
    case 'ec2':
      return decodeQuery(input, form ?? new Map(), protocol === 'ec2');
    case 'restJson':
    case 'restXml':
      return decodeRest(service, operation, request, labels);
  }
}

function parseCbor(body: Uint8Array): unknown {
  try {
    return cbor.deserialize(body) as unknown;
  } catch {
    throw new AwsError('SerializationException', 'Could not parse the request body into CBOR');
  }
}

/** The operation's answer on the wire. */
export function encodeOutput(
  protocol: Protocol,
  service: ServiceModel,
  operation: OperationModel,
  output: Fields,
  requestId: string,
): WireResponse {
  const shape = operation.output;
  const unit = shape.kind === 'unit';
  const id = { 'x-amzn-requestid': requestId };
  switch (protocol) {
    case 'json': {
      const body = unit ? '' : JSON.stringify(encodeTree(JSON_TREE, shape, output));
      return { status: 200, headers: { ...id, 'content-type': `application/x-amz-json-${service.jsonVersion}` }, body };
    }
    case 'cbor': {
      const body = unit ? new Uint8Array() : (cbor.serialize(encodeTree(CBOR_TREE, shape, output)) as Uint8Array);
      return { status: 200, headers: { ...id, ...CBOR_HEADERS }, body };
    }
    case 'query': {
      const result = unit ? '' : `<${operation.name}Result>${structBody(shape, output)}</${operation.name}Result>`;
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      const body = `<${operation.name}Response xmlns="${service.xmlns}">${result}${metadata}</${operation.name}Response>`;
      return { status: 200, headers: { ...id, 'content-type': 'text/xml' }, body };
    }
    case 'ec2': {
      const inner = unit ? '<return>true</return>' : structBody(shape, output);
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${operation.name}Response xmlns="${service.xmlns}"><requestId>${requestId}</requestId>${inner}</${operation.name}Response>`;
      return { status: 200, headers: { ...id, 'content-type': 'text/xml;charset=UTF-8' }, body };
    }
    case 'restJson':
    case 'restXml':
      return encodeRest(service, operation, output, requestId);
  }
}

export const CBOR_HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' } as const;
