import type { ServiceName } from '../../src/reference/services.js';
import type { OperationModel } from '../../src/twin/protocols/service-model.js';

/** Errors that cannot be told from another, each with its reason. */
export const SKIPPED_ERRORS: ReadonlyMap<string, string> = new Map([
  ['cloudwatch:DashboardNotFoundError', 'shares the query code ResourceNotFound with ResourceNotFoundException'],
]);

/** Operations that are not sent, each with its reason. */
export const SKIPPED_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['s3:WriteGetObjectResponse', 'the client only sends it to an Object Lambda host that it makes of a token'],
]);

type Fields = Record<string, unknown>;

/** What the SDK's clients refuse, rewrite or add by themselves, so that it cannot go there and back unchanged. */
interface Rewriting {
  readonly service: ServiceName;
  readonly member: RegExp;
  readonly reason: string;
  /** What is sent in its place; nothing unless told. */
  readonly instead?: unknown;
}

const inputs: readonly Rewriting[] = [
  { service: 'ec2', member: /^SourceRegion$/, reason: 'becomes a host name', instead: 'us-west-2' },
  { service: 'events', member: /^EndpointId$/, reason: 'becomes a host name, which random text is not' },
  { service: 's3', member: /^Bucket$/, reason: 'the client checks the name', instead: 'my-bucket' },
  { service: 's3', member: /^(Content(MD5|Length)|Checksum.*|MpuObjectSize)$/, reason: 'the client computes it' },
  { service: 's3', member: /SSECustomerKey/, reason: 'the client encodes the key and adds its MD5' },
  { service: 's3', member: /^(RequestRoute|RequestToken)$/, reason: 'becomes a host name' },
  { service: 's3control', member: /^OutpostId$/, reason: 'leads to an Outposts host' },
  { service: 's3control', member: /^(Bucket|Name)$/, reason: 'the client checks the name', instead: 'my-name' },
];

const outputs: readonly Rewriting[] = [
  { service: 's3', member: /^Checksum|^ContentLength$/, reason: 'the client checks the body against it' },
  { service: 's3', member: /^Expires(String)?$/, reason: 'the client answers the header under both names' },
];

/** Members that a client fills in when its caller did not. */
const made: ReadonlyMap<ServiceName, readonly string[]> = new Map<ServiceName, readonly string[]>([
  // A presigned copy of the request, for the region that the snapshot is in.
  ['ec2', ['PresignedUrl', 'DestinationRegion']],
  // StopDurableExecution: an absent payload is sent as an empty object.
  ['lambda', ['Error']],
  ['s3', ['ContentType']],
]);

/** What arrived, without what the client made up. */
export function withoutMade(
  name: ServiceName,
  { input: { members } }: OperationModel,
  sent: Fields,
  seen: Fields,
): Fields {
  const tokens = members.filter(({ traits }) => traits.idempotencyToken).map((member) => member.name);
  const all = new Set([...tokens, ...(made.get(name) ?? [])]);
  return Object.fromEntries(Object.entries(seen).filter(([key]) => sent[key] !== undefined || !all.has(key)));
}

/** An input without what the client rewrites: applied to what is sent and to what arrived. */
export function withoutRewritten(name: ServiceName, { input: { members } }: OperationModel, input: Fields): Fields {
  const kept = apply(name, inputs, input);
  // Becomes a host name, so the client wants a good one even where the model does not require it.
  if (name === 's3control' && members.some((member) => member.name === 'AccountId')) kept['AccountId'] = '111122223333';
  return kept;
}

/** An answer without what every HTTP response has. */
export function withoutFraming(name: ServiceName, answer: Fields): Fields {
  return apply(name, outputs, answer);
}

/** An output that the client answers as it is. */
export function answerable(name: ServiceName, { output: { members } }: OperationModel, output: Fields): Fields {
  const answer = apply(name, outputs, output);
  for (const { name: member, traits, shape } of members) {
    // A status outside 2xx is an error; a body of bytes is never absent, nor without its type.
    if (traits.httpResponseCode && answer[member] !== undefined) answer[member] = 202;
    if (traits.httpPayload && shape.kind === 'blob') {
      answer[member] ??= new Uint8Array([1, 2, 3]);
      if (members.some((each) => each.name === 'ContentType')) answer['ContentType'] ??= 'text/plain';
    }
    // S3 answers its long copies with a body or not at all, and the client knows; no headers are no metadata.
    if (name === 's3' && traits.httpPayload && /^Copy(Part|Object)Result$/.test(member))
      answer[member] ??= { ETag: '"e"' };
    if (traits.httpPrefixHeaders !== undefined) answer[member] ??= {};
  }
  return answer;
}

function apply(name: ServiceName, rewritings: readonly Rewriting[], fields: Fields): Fields {
  const kept = Object.entries(fields).flatMap(([key, value]) => {
    const rewriting = rewritings.find(({ service, member }) => service === name && member.test(key));
    if (rewriting === undefined) return [[key, value] as const];
    return rewriting.instead === undefined ? [] : [[key, rewriting.instead] as const];
  });
  return Object.fromEntries(kept);
}
