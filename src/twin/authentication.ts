import type { ServiceName } from '../reference/services.js';
import { AwsError } from './aws-error.js';
import type { Caller, Credential } from './caller.js';
import type { CredentialScope } from './credential-scope.js';
import type { Protocol } from './protocols/service-model.js';
import type { WireRequest } from './protocols/wire.js';
import { verifySignature } from './sigv4.js';

/** Operations that are called without credentials. */
const UNSIGNED = /^AssumeRoleWith(SAML|WebIdentity)$/;

const ANONYMOUS: Caller = { arn: '*', accountId: '', userId: '', kind: 'anonymous' };

/** What authentication looks at. */
export interface Authentication {
  readonly service: ServiceName;
  readonly protocol: Protocol;
  readonly operation: string;
  readonly request: WireRequest;
  /** The body as sent, before content encodings were undone; `undefined` in process, where signatures are only claimed. */
  readonly rawBody: Uint8Array | undefined;
  readonly scope: CredentialScope | undefined;
  readonly credential: Credential | undefined;
  readonly now: Date;
}

/**
 * Who makes the call.
 *
 * @throws AwsError with the service's own code when the key is unknown, its token is wrong or expired, or the signature
 * does not match.
 */
export function authenticate(of: Authentication): Caller {
  const { scope, credential, protocol, service } = of;
  if (scope === undefined) {
    if (service === 's3' || UNSIGNED.test(of.operation)) return ANONYMOUS;
    const code = isXml(protocol) ? 'MissingAuthenticationToken' : 'MissingAuthenticationTokenException';
    throw new AwsError(code, 'Request is missing Authentication Token', { status: 403 });
  }
  if (credential === undefined || credential.sessionToken !== scope.sessionToken) throw unknownKey(of);
  if (credential.expiration !== undefined && credential.expiration <= of.now) {
    const code = isXml(protocol) ? 'ExpiredToken' : 'ExpiredTokenException';
    throw new AwsError(code, 'The security token included in the request is expired', { status: 403 });
  }
  if (of.rawBody !== undefined) verify(of, scope, credential, of.rawBody);
  return credential.caller;
}

function verify(of: Authentication, scope: CredentialScope, credential: Credential, rawBody: Uint8Array): void {
  switch (verifySignature(of.request, scope, credential.secretAccessKey, rawBody, of.now)) {
    case 'valid':
      return;
    case 'skewed': {
      if (of.service === 's3') {
        const message = 'The difference between the request time and the current time is too large.';
        throw new AwsError('RequestTimeTooSkewed', message, { status: 403 });
      }
      throw mismatch(of, 'Signature expired: the request was signed too long ago or in the future');
    }
    case 'expired':
      throw new AwsError('AccessDenied', 'Request has expired', { status: 403 });
    case 'mismatch':
      throw mismatch(
        of,
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      );
  }
}

function mismatch({ protocol, service }: Authentication, message: string): AwsError {
  if (protocol === 'ec2') {
    return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', { status: 401 });
  }
  const code = isXml(protocol) || service === 's3' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException';
  return new AwsError(code, message, { status: 403 });
}

function unknownKey({ protocol, service }: Authentication): AwsError {
  if (service === 's3') {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    return new AwsError('InvalidAccessKeyId', message, { status: 403 });
  }
  if (protocol === 'ec2') {
    return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', { status: 401 });
  }
  const code = protocol === 'query' || protocol === 'restXml' ? 'InvalidClientTokenId' : 'UnrecognizedClientException';
  return new AwsError(code, 'The security token included in the request is invalid.', { status: 403 });
}

function isXml(protocol: Protocol): boolean {
  return protocol === 'query' || protocol === 'ec2' || protocol === 'restXml';
}
