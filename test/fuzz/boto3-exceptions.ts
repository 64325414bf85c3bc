import type { ServiceName } from '../../src/reference/services.js';
import type { OperationModel } from '../../src/twin/protocols/service-model.js';

/** Calls that do not go there and back unchanged, each with its reason. */
export const BOTO3_DIFFERENCES: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /^ec2:GetConsoleOutput output\.Output/, reason: 'boto3 decodes the text from base64' },
  { pattern: /^ec2:\w+ input\.UserData/, reason: 'boto3 encodes the text as base64' },
  { pattern: /^lambda:\w+ output\.Status(Code)?: undefined became 20\d$/, reason: 'the HTTP status is always there' },
  {
    pattern: /^lambda:\w+ input\.Error: undefined became \{\}$/,
    reason: 'an absent payload is sent as an empty object',
  },
  { pattern: /^s3:\w+ output\.\w+: undefined became \{\}$/, reason: 'an absent payload is read as an empty structure' },
  { pattern: /^s3:\w+ output\.\w+: undefined became ''$/, reason: 'an absent payload of text is read as empty text' },
  {
    pattern: /^s3:\w+ ValueError: invalid literal for int/,
    reason: 'boto3 reads part numbers, text to the model, as numbers',
  },
  {
    pattern: /^s3:List(Directory)?Buckets /,
    reason: 'boto3 tells the two apart by host only, and one address has one host',
  },
  { pattern: /^s3:WriteGetObjectResponse /, reason: 'goes to an Object Lambda host' },
  { pattern: /^logs:DeleteAccountPolicy output\.dryRunResult/, reason: 'newer than the installed botocore' },
];

/** Members that boto3 fills in when its caller did not. */
const made: ReadonlyMap<ServiceName, readonly string[]> = new Map<ServiceName, readonly string[]>([
  ['ec2', ['PresignedUrl', 'DestinationRegion']],
  // A presigned copy of the request, for the region that the snapshot is in.
  ['rds', ['PreSignedUrl']],
  ['s3', ['ChecksumAlgorithm', 'ChecksumCRC32', 'ContentLength', 'ContentMD5', 'ContentType', 'EncodingType']],
]);

type Fields = Record<string, unknown>;

/** What arrived, without what boto3 adds by itself. */
export function withoutBoto3Additions(
  service: ServiceName,
  { input: { members } }: OperationModel,
  sent: Fields,
  arrived: Fields,
): Fields {
  const tokens = members.filter(({ traits }) => traits.idempotencyToken).map(({ name }) => name);
  const added = new Set([...tokens, ...(made.get(service) ?? [])]);
  return Object.fromEntries(Object.entries(arrived).filter(([key]) => sent[key] !== undefined || !added.has(key)));
}
