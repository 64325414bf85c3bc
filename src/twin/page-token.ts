import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './aws-error.js';
import type { Page } from './context.js';
import type { Protocol } from './protocols/service-model.js';

/** What a page token is bound to. */
export interface Paging {
  readonly secret: string;
  readonly service: string;
  readonly operation: string;
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

function mac({ secret, service, operation }: Paging, position: number): Buffer {
  return createHmac('sha256', secret).update(`${service}:${operation}:${position}`).digest().subarray(0, 12);
}

function refused({ service, protocol }: Paging): AwsError {
  if (protocol === 'ec2') return new AwsError('InvalidNextToken', 'The token is invalid.');
  if (service === 'iam') return new AwsError('ValidationError', 'Invalid Marker.', { status: 400 });
  if (service === 'kms')
    return new AwsError('InvalidMarkerException', 'The request was rejected because the marker is not valid.');
  if (service === 's3')
    return new AwsError('InvalidArgument', 'The continuation token provided is incorrect', { status: 400 });
  if (service === 'ssm' || service === 'config' || service === 'cloudwatch' || service === 'securityhub') {
    const code =
      service === 'ssm'
        ? 'InvalidNextToken'
        : service === 'config'
          ? 'InvalidNextTokenException'
          : service === 'cloudwatch'
            ? 'InvalidNextToken'
            : 'InvalidInputException';
    return new AwsError(code, 'The specified token is not valid.');
  }
  if (service === 'organizations')
    return new AwsError('InvalidInputException', 'You specified an invalid value for the NextToken parameter.');
  if (service === 'logs' || service === 'lambda') {
    return new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  return new AwsError('ValidationException', 'The pagination token is invalid.');
}
