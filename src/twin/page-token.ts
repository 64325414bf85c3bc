import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ServiceName } from '../reference/services.js';
import { AwsError } from './aws-error.js';
import type { Page } from './context.js';
import type { Protocol } from './protocols/service-model.js';

/** What a page token is bound to. */
export interface Paging {
  readonly secret: string;
  readonly service: ServiceName;
  /** The operation, account and region that a token is good for. */
  readonly place: string;
  readonly protocol: Protocol;
}

/** Cuts a page out of a listing. The token carries a position and a MAC over it and the operation. */
export function pageOf<Item>(
  paging: Paging,
  all: readonly Item[],
  token: string | undefined,
  limit: number | undefined,
  max: number,
): Page<Item> {
  const start = token === undefined || token === '' ? 0 : positionOf(paging, token);
  const size = Math.max(1, Math.min(limit ?? max, max));
  const items = all.slice(start, start + size);
  const end = start + size;
  return end < all.length ? { items, next: tokenOf(paging, end) } : { items };
}

function tokenOf(paging: Paging, position: number): string {
  return Buffer.concat([Buffer.from(String(position).padStart(10, '0')), mac(paging, position)]).toString('base64url');
}

function positionOf(paging: Paging, token: string): number {
  const bytes = Buffer.from(token, 'base64url');
  const position = Number(bytes.subarray(0, 10).toString('latin1'));
  const given = bytes.subarray(10);
  if (Number.isSafeInteger(position)) {
    const wanted = mac(paging, position);
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return position;
  }
  throw refused(paging);
}

function mac({ secret, place }: Paging, position: number): Buffer {
  return createHmac('sha256', secret).update(`${place}:${position}`).digest().subarray(0, 12);
}

/** What each service says to a token that it did not give. Source: each API reference's errors. */
const refusals: { readonly [Name in ServiceName]?: readonly [code: string, message: string] } = {
  cloudtrail: ['InvalidNextTokenException', 'The token is invalid.'],
  cloudwatch: ['InvalidNextToken', 'The specified token is not valid.'],
  config: ['InvalidNextTokenException', 'The specified next token is not valid.'],
  dynamodb: ['ValidationException', 'The provided starting key is invalid'],
  ec2: ['InvalidNextToken', 'The token is invalid.'],
  ecr: ['InvalidParameterException', 'Invalid parameter: nextToken'],
  efs: ['BadRequest', 'The marker is not valid.'],
  iam: ['ValidationError', 'Invalid Marker.'],
  kms: ['InvalidMarkerException', 'The request was rejected because the marker is not valid.'],
  lambda: ['InvalidParameterValueException', 'The marker is not valid.'],
  logs: ['InvalidParameterException', 'The specified nextToken is invalid.'],
  organizations: ['InvalidInputException', 'You specified an invalid value for nextToken.'],
  rds: ['InvalidParameterValue', 'Invalid or expired marker.'],
  s3: ['InvalidArgument', 'The continuation token provided is incorrect'],
  s3control: ['InvalidRequestException', 'The next token is not valid.'],
  secretsmanager: ['InvalidNextTokenException', 'The NextToken value is invalid.'],
  securityhub: ['InvalidInputException', "Invalid parameter 'NextToken'."],
  sns: ['InvalidParameter', 'Invalid parameter: NextToken'],
  sqs: ['InvalidParameterValue', 'Invalid or expired next token.'],
  ssm: ['InvalidNextToken', 'The specified token is not valid.'],
};

function refused({ service, protocol }: Paging): AwsError {
  const fallback = protocol === 'query' ? 'ValidationError' : 'ValidationException';
  const [code, message] = refusals[service] ?? [fallback, 'The pagination token is invalid.'];
  return new AwsError(code, message, { status: 400 });
}
