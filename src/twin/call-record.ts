import type { ServiceName } from '../reference/services.js';
import type { Caller } from './caller.js';
import type { Shape } from './protocols/shape.js';

/** One permission that a handler asked the authorizer for. */
export interface AskedPermission {
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

/** What the twin knows of a call once it has been answered. */
export interface CallFacts {
  readonly service: ServiceName;
  readonly operation: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly caller: Caller;
  readonly accessKeyId: string | undefined;
  readonly region: string;
  readonly now: Date;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>> | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly asked: readonly AskedPermission[];
}

/** A call as CloudTrail records it. Source: CloudTrail user guide, "CloudTrail record contents". */
export interface CallRecord {
  readonly eventVersion: '1.11';
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly eventType: 'AwsApiCall';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management';
  /** The permissions the call was asked for: what a least-privilege policy is made of. */
  readonly additionalEventData: { readonly iamActions: readonly AskedPermission[] };
}

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Members that are secrets although not every model says so. */
const SECRET =
  /^(secretaccesskey|sessiontoken|password|oldpassword|newpassword|plaintext|privatekey|authorizationtoken)$/i;

/** Services whose event source is not `<prefix>.amazonaws.com`. */
const SOURCES: { readonly [Name in ServiceName]?: string } = {
  cloudwatch: 'monitoring.amazonaws.com',
  s3control: 's3.amazonaws.com',
};

/** Operations that CloudTrail calls reads, by their first word. */
const READ =
  /^(Get|List|Describe|Head|Lookup|Search|BatchGet|BatchDescribe|Check|Validate|Test|Select|Preview|Filter|Simulate|Estimate)(?=[A-Z]|$)/;

/** Reads by other names. */
const READS: { readonly [Name in ServiceName]?: RegExp } = {
  kms: /^(Decrypt|Encrypt|ReEncrypt|Generate.*|Sign|Verify.*|DeriveSharedSecret)$/,
  logs: /^StartQuery$/,
  sts: /^(AssumeRo.*|DecodeAuthorizationMessage)$/,
};

/**
 * The record CloudTrail would write. Secrets are masked. Reads have no response elements, but for STS, whose answer
 * says who the caller has become.
 *
 * @param eventId a new UUID.
 */
export function callRecord(facts: CallFacts, eventId: string): CallRecord {
  const { service, operation, error, output } = facts;
  const readOnly = READ.test(operation) || READS[service]?.test(operation) === true;
  const isTold = output !== undefined && (!readOnly || service === 'sts');
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(facts.caller, facts.accessKeyId),
    eventTime: facts.now.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    eventSource: SOURCES[service] ?? `${service}.amazonaws.com`,
    eventName: operation,
    awsRegion: facts.region,
    sourceIPAddress: facts.sourceIp,
    userAgent: facts.userAgent,
    ...(error === undefined ? {} : { errorCode: errorCode(facts, error.code), errorMessage: error.message }),
    requestParameters: parameters(facts.inputShape, facts.input),
    responseElements: isTold ? parameters(facts.outputShape, output) : null,
    requestID: facts.requestId,
    eventID: eventId,
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: facts.caller.accountId,
    eventCategory: 'Management',
    additionalEventData: { iamActions: facts.asked },
  };
}

/** EC2's codes are recorded with whose fault it was. */
function errorCode({ service }: CallFacts, code: string): string {
  if (service !== 'ec2') return code;
  return /^(Internal|NotImplemented|Service|Unavailable)/.test(code) ? `Server.${code}` : `Client.${code}`;
}

function userIdentity(caller: Caller, accessKeyId: string | undefined): Record<string, unknown> {
  const base = {
    principalId: caller.userId,
    arn: caller.arn,
    accountId: caller.accountId,
    accessKeyId: accessKeyId ?? '',
  };
  switch (caller.kind) {
    case 'root':
      return { type: 'Root', ...base };
    case 'user':
      return { type: 'IAMUser', ...base, userName: caller.arn.slice(caller.arn.lastIndexOf('/') + 1) };
    case 'role': {
      const arn = caller.roleArn ?? '';
      const issuer = {
        type: 'Role',
        principalId: caller.userId.split(':')[0],
        arn,
        accountId: caller.accountId,
        userName: arn.slice(arn.lastIndexOf('/') + 1),
      };
      return { type: 'AssumedRole', ...base, sessionContext: { sessionIssuer: issuer } };
    }
    case 'service':
      return { type: 'AWSService', invokedBy: caller.arn };
    case 'anonymous':
      return { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' };
  }
}

function parameters(shape: Shape, value: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  const shown = show(shape, value) as Record<string, unknown>;
  return Object.keys(shown).length === 0 ? null : shown;
}

/** CloudTrail writes member names with a small first letter. */
function show(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (shape.traits.sensitive) return HIDDEN;
  switch (shape.kind) {
    case 'struct':
    case 'union': {
      const shown: Record<string, unknown> = {};
      for (const { name, shape: inner, traits } of shape.members) {
        const field = (value as Record<string, unknown>)[name];
        if (field === undefined || field === null) continue;
        const secret = traits.sensitive !== undefined || SECRET.test(name);
        shown[`${name[0]?.toLowerCase()}${name.slice(1)}`] = secret ? HIDDEN : show(inner, field);
      }
      return shown;
    }
    case 'list':
      return (value as unknown[]).map((item) => show(shape.item.shape, item));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Record<string, unknown>).map(([key, item]) => [key, show(shape.value.shape, item)]),
      );
    case 'blob':
      return undefined;
    case 'timestamp':
      return value instanceof Date ? value.toISOString() : value;
    default:
      return value;
  }
}
