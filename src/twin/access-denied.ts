import type { ServiceName } from '../reference/services.js';
import { AwsError } from './aws-error.js';
import type { Caller } from './caller.js';
import type { Protocol } from './protocols/service-model.js';

/** A question to the authorizer that was answered no. */
export interface Denial {
  readonly service: ServiceName;
  readonly protocol: Protocol;
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  /** Why, as AWS tells it: `because no identity-based policy allows the s3:PutObject action`. */
  readonly reason: string;
}

/**
 * The service's own way to say no.
 *
 * Source: IAM user guide, "Troubleshoot access denied error messages"; each API reference's "Common errors".
 */
export function accessDenied(denial: Denial): AwsError {
  const { service, protocol, caller, action, resource, reason } = denial;
  if (service === 's3' && caller.kind === 'anonymous') return refused('AccessDenied', 'Access Denied', 403);
  const name = service === 's3' || service === 's3control' ? `"${resource}"` : resource;
  const on = resource === '*' ? '' : ` on resource: ${name}`;
  const message = `User: ${caller.arn} is not authorized to perform: ${action}${on} ${reason}`;
  switch (protocol) {
    case 'ec2':
      return refused('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, 403);
    case 'query':
      return refused(service === 'sns' ? 'AuthorizationError' : 'AccessDenied', message, 403);
    case 'restXml':
      return refused('AccessDenied', message, 403);
    case 'restJson':
      return refused('AccessDeniedException', message, 403);
    case 'json':
    case 'cbor':
      return refused('AccessDeniedException', message, 400);
  }
}

function refused(code: string, message: string, status: number): AwsError {
  return new AwsError(code, message, { status });
}
