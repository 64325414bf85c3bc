import { AwsError } from '../aws-error.js';
import { bytesOf, fromText, toText } from './scalar.js';
import type { OperationModel, ServiceModel } from './service-model.js';
import type { Member, Shape } from './shape.js';
import { decodeTree, encodeTree, jsonTree } from './tree.js';
import { textOf, type WireRequest, type WireResponse } from './wire.js';
import { parseXml, readStruct } from './xml-read.js';
import { escapeXml, rootXml } from './xml-write.js';

const JSON_TREE = jsonTree(true);

type Fields = Record<string, unknown>;

/** Whether a member travels outside the body. */
function isBound({ traits }: Member): boolean {
  return (
    traits.httpLabel !== undefined ||
    traits.httpQuery !== undefined ||
    traits.httpHeader !== undefined ||
    traits.httpPrefixHeaders !== undefined ||
    traits.httpQueryParams !== undefined ||
    traits.httpResponseCode !== undefined
  );
}

const bodyShapes = new WeakMap<Shape, Shape>();

/** A structure without what travels outside the body. Made once a structure. */
function bodyShape(shape: Shape): Shape {
  let inner = bodyShapes.get(shape);
  if (inner === undefined) {
    inner = { ...shape, members: shape.members.filter((member) => !isBound(member)) };
    bodyShapes.set(shape, inner);
  }
  return inner;
}

/** The input of a REST operation: labels, query, headers, and the body or payload. */
export function decodeRest(
  service: ServiceModel,
  operation: OperationModel,
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
): Fields {
  const input: Fields = {};
  for (const member of operation.input.members) {
    const value = boundValue(member, request, labels);
    if (value !== undefined) input[member.name] = value;
  }
  const payload = operation.input.members.find(({ traits }) => traits.httpPayload);
  if (request.body.length === 0) return input;
  if (payload !== undefined) input[payload.name] = decodePayload(service, payload, request.body);
  else if (operation.input.members.some((member) => !isBound(member))) {
    Object.assign(input, decodeRestBody(service, operation, request.body));
  }
  return input;
}

function boundValue(member: Member, request: WireRequest, labels: Readonly<Record<string, string>>): unknown {
  const { traits, shape } = member;
  if (traits.httpLabel) {
    const label = labels[member.name];
    return label === undefined ? undefined : fromText(shape, label);
  }
  if (traits.httpQuery !== undefined) {
    const value = request.query[traits.httpQuery];
    if (value === undefined) return undefined;
    if (shape.kind === 'list') return [value].flat().map((item) => fromText(shape.item.shape, item));
    return fromText(shape, String([value].flat()[0]));
  }
  if (traits.httpHeader !== undefined) {
    const text = request.headers[traits.httpHeader.toLowerCase()];
    if (text === undefined) return undefined;
    if (shape.kind === 'list')
      return splitHeader(text, shape.item.shape.kind).map((item) => fromText(shape.item.shape, item));
    return traits.mediaType === undefined ? fromText(shape, text) : Buffer.from(text, 'base64').toString('utf8');
  }
  if (traits.httpPrefixHeaders !== undefined) return prefixed(request.headers, traits.httpPrefixHeaders.toLowerCase());
  if (traits.httpQueryParams) {
    const bound = new Set(['x-id']);
    const entries = Object.entries(request.query).filter(([name]) => !bound.has(name));
    return Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        shape.value.shape.kind === 'list' ? [value].flat() : String([value].flat()[0]),
      ]),
    );
  }
  return undefined;
}

/** A list in a header: commas separate, quotes protect; an HTTP date has a comma of its own. */
function splitHeader(text: string, kind: string): string[] {
  if (kind === 'timestamp') return text.split(/(?<=GMT)\s*,\s*/);
  return [...text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/g)]
    .map(([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim() ?? '')
    .filter((item, index, all) => item !== '' || index < all.length - 1);
}

function prefixed(headers: Readonly<Record<string, string>>, prefix: string): Fields | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

function decodePayload(service: ServiceModel, member: Member, body: Uint8Array): unknown {
  const { shape } = member;
  if (shape.kind === 'blob') return body;
  if (shape.kind === 'string') return textOf(body);
  if (service.protocol === 'restXml') return readXml(() => readStruct(shape, parseXml(textOf(body))));
  return decodeTree(JSON_TREE, shape, parseJson(body));
}

function decodeRestBody(service: ServiceModel, operation: OperationModel, body: Uint8Array): Fields {
  if (service.protocol === 'restXml')
    return readXml(() => readStruct(operation.input, parseXml(textOf(body)), isBound));
  return (decodeTree(JSON_TREE, bodyShape(operation.input), parseJson(body)) ?? {}) as Fields;
}

export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(body)) as unknown;
  } catch {
    throw new AwsError('SerializationException', 'Could not parse the request body into JSON');
  }
}

function readXml<T>(read: () => T): T {
  try {
    return read();
  } catch {
    const message = 'The XML you provided was not well-formed or did not validate against our published schema';
    throw new AwsError('MalformedXML', message, { status: 400 });
  }
}

/** The answer of a REST operation: status, headers, and the body or payload. */
export function encodeRest(
  service: ServiceModel,
  operation: OperationModel,
  output: Fields,
  requestId: string,
): WireResponse {
  const headers: Record<string, string> =
    service.protocol === 'restXml'
      ? { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId }
      : { 'x-amzn-requestid': requestId };
  let status = operation.traits.http?.[2] ?? 200;
  for (const member of operation.output.members) {
    const value = output[member.name];
    if (value === undefined || value === null) continue;
    if (member.traits.httpResponseCode) status = Number(value);
    else writeHeaders(headers, member, value);
  }
  const payload = operation.output.members.find(({ traits }) => traits.httpPayload);
  if (payload === undefined) return { status, headers, body: encodeRestBody(service, operation, output, headers) };
  const streamed = payload.shape.streaming === true;
  return { status, headers, body: encodePayload(service, payload, output[payload.name], headers), streamed };
}

function writeHeaders(headers: Record<string, string>, { traits, shape }: Member, value: unknown): void {
  if (traits.httpHeader !== undefined) {
    headers[traits.httpHeader.toLowerCase()] =
      shape.kind === 'list'
        ? (value as unknown[]).map((item) => toText(shape.item.shape, item, 'http-date')).join(', ')
        : toText(shape, value, 'http-date');
  } else if (traits.httpPrefixHeaders !== undefined) {
    for (const [name, text] of Object.entries(value as Fields)) {
      headers[(traits.httpPrefixHeaders + name).toLowerCase()] = String(text);
    }
  }
}

function encodePayload(
  service: ServiceModel,
  { shape, traits }: Member,
  value: unknown,
  headers: Record<string, string>,
): string | Uint8Array {
  if (value === undefined || value === null) return '';
  if (shape.kind === 'blob' || shape.kind === 'string') {
    headers['content-type'] ??= shape.kind === 'string' ? 'text/plain' : 'application/octet-stream';
    return shape.kind === 'string' ? toText(shape, value, 'date-time') : bytesOf(value);
  }
  if (service.protocol === 'restXml') {
    headers['content-type'] = 'application/xml';
    return rootXml(traits.xmlName ?? shape.traits.xmlName ?? shape.name, shape, value as Fields, service.xmlns);
  }
  headers['content-type'] = 'application/json';
  return JSON.stringify(encodeTree(JSON_TREE, shape, value));
}

function encodeRestBody(
  service: ServiceModel,
  operation: OperationModel,
  output: Fields,
  headers: Record<string, string>,
): string {
  const { output: shape } = operation;
  if (service.protocol !== 'restXml') {
    headers['content-type'] = 'application/json';
    return JSON.stringify(encodeTree(JSON_TREE, bodyShape(shape), output) ?? {});
  }
  if (shape.members.every(isBound)) return '';
  headers['content-type'] = 'application/xml';
  // S3's oldest oddity: the root element is the value itself.
  if (operation.name === 'GetBucketLocation') {
    const location = escapeXml((output['LocationConstraint'] as string | undefined) ?? '');
    return `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="${service.xmlns}">${location}</LocationConstraint>`;
  }
  return rootXml(shape.traits.xmlName ?? shape.name, shape, output, service.xmlns, isBound);
}
