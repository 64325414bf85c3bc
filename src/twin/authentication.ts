import type { ServiceName } from '../reference/services.js';
import { partitionOf } from '../reference/partitions.js';
import { AwsError } from './aws-error.js';
import type { Caller, Credential } from './caller.js';
import type { CredentialScope } from './credential-scope.js';
import type { Protocol } from './protocols/service-model.js';
import type { WireRequest } from './protocols/wire.js';
import { parseStamp, stampOf, verifySignature } from './sigv4.js';

/** Operations that are called without credentials. */
const UNSIGNED = /^AssumeRoleWith(SAML|WebIdentity)$/;

const ANONYMOUS: Caller = { arn: 'anonymous', accountId: '', userId: '', kind: 'anonymous' };

/** What authentication looks at. */
export interface Authentication {
  readonly service: ServiceName;
  readonly protocol: Protocol;
  readonly operation: string;
  /** The request as sent: signatures are over the encoded body. */
  readonly request: WireRequest;
  /** In process, signatures are only claimed: nobody else can call. */
  readonly signature: 'verified' | 'claimed';
  readonly scope: CredentialScope | undefined;
  readonly credential: Credential | undefined;
  /** The partition the twin's accounts are in: keys of one mean nothing in another. */
  readonly partition: string;
  readonly now: Date;
}

/**
 * Who makes the call.
 *
 * Source: IAM user guide, "Troubleshoot Signature Version 4"; each API reference's "Common errors".
 * @throws AwsError with the service's own code when the key is unknown, its token is wrong or expired, or the signature
 * does not match.
 */
export function authenticate(of: Authentication): Caller {
  const { scope, credential } = of;
  if (scope === undefined) return unsigned(of);
  const isOurs = partitionOf(scope.region) === of.partition;
  if (!isOurs || credential === undefined || credential.sessionToken !== scope.sessionToken) throw unknownKey(of);
  if (credential.expiration !== undefined && credential.expiration <= of.now) throw expiredToken(of);
  if (of.signature === 'verified') verify(of, scope, credential);
  return credential.caller;
}

function unsigned(of: Authentication): Caller {
  if (of.request.headers['authorization'] !== undefined) {
    if (of.service === 's3') throw refused('InvalidArgument', 'Unsupported Authorization Type', 400);
    const message = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.";
    throw refused(isXml(of.protocol) ? 'IncompleteSignature' : 'IncompleteSignatureException', message, 400);
  }
  if (of.service === 's3' || UNSIGNED.test(of.operation)) return ANONYMOUS;
  throw refused(...named(of, 'MissingAuthenticationToken', 'Request is missing Authentication Token'));
}

function verify(of: Authentication, scope: CredentialScope, credential: Credential): void {
  const verdict = verifySignature(of.request, scope, credential.secretAccessKey, of.now);
  switch (verdict) {
    case 'valid':
      return;
    case 'old':
    case 'early':
      throw skewed(of, verdict, stampOf(of.request, scope));
    case 'expired':
      throw refused('AccessDenied', 'Request has expired', 403);
    case 'badExpiry': {
      const message = 'X-Amz-Expires must be a number of seconds between 1 and 604800';
      throw refused('AuthorizationQueryParametersError', message, 400);
    }
    case 'bodyMismatch': {
      const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
      throw of.service === 's3' ? refused('XAmzContentSHA256Mismatch', message, 400) : mismatch(of);
    }
    case 'mismatch':
      throw mismatch(of);
  }
}

function mismatch(of: Authentication): AwsError {
  if (of.protocol === 'ec2') return notValidated();
  const message =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
  if (isXml(of.protocol)) return refused('SignatureDoesNotMatch', message, 403);
  return refused('InvalidSignatureException', message, statusOf(of.protocol));
}

/** How far from its own clock AWS accepts a signature, as its messages say. */
const SKEW_TEXT = '15 min.';

function skewed(of: Authentication, verdict: 'old' | 'early', stamp: string): AwsError {
  if (of.service === 's3') {
    const members = { RequestTime: stamp, ServerTime: of.now.toISOString(), MaxAllowedSkewMilliseconds: 900_000 };
    const message = 'The difference between the request time and the current time is too large.';
    return new AwsError('RequestTimeTooSkewed', message, { status: 403, members });
  }
  if (of.protocol === 'ec2') return refused('RequestExpired', 'Request has expired.', 400);
  const now = compact(of.now.getTime());
  const signed = parseStamp(stamp) ?? 0;
  const message =
    verdict === 'old'
      ? `Signature expired: ${stamp} is now earlier than ${compact(of.now.getTime() - 900_000)} (${now} - ${SKEW_TEXT})`
      : `Signature not yet current: ${compact(signed)} is still later than ${compact(of.now.getTime() + 900_000)} (${now} + ${SKEW_TEXT})`;
  if (isXml(of.protocol)) return refused('SignatureDoesNotMatch', message, 403);
  return refused('InvalidSignatureException', message, statusOf(of.protocol));
}

function compact(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function unknownKey(of: Authentication): AwsError {
  if (of.service === 's3') {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    return refused('InvalidAccessKeyId', message, 403);
  }
  if (of.protocol === 'ec2') return notValidated();
  const message = 'The security token included in the request is invalid.';
  if (isXml(of.protocol)) return refused('InvalidClientTokenId', message, 403);
  return refused('UnrecognizedClientException', message, statusOf(of.protocol));
}

function expiredToken(of: Authentication): AwsError {
  if (of.service === 's3') return refused('ExpiredToken', 'The provided token has expired.', 400);
  if (of.protocol === 'ec2') return refused('RequestExpired', 'Request has expired.', 400);
  return refused(...named(of, 'ExpiredToken', 'The security token included in the request is expired'));
}

function notValidated(): AwsError {
  return refused('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
}

/** The JSON protocols put `Exception` behind the code and answer 400; the others answer 403. */
function named({ protocol }: Authentication, code: string, message: string): [string, string, number] {
  return [isXml(protocol) ? code : `${code}Exception`, message, statusOf(protocol)];
}

function statusOf(protocol: Protocol): number {
  return protocol === 'json' || protocol === 'cbor' ? 400 : 403;
}

function isXml(protocol: Protocol): boolean {
  return protocol === 'query' || protocol === 'ec2' || protocol === 'restXml';
}

function refused(code: string, message: string, status: number): AwsError {
  return new AwsError(code, message, { status });
}
