import type { ServiceName } from '../../reference/services.js';
import { AwsError } from '../aws-error.js';
import type { Protocol } from '../protocols/service-model.js';
import type { Traits } from '../protocols/shape.js';
import { breachText, type Breach } from './breach.js';

/** Makes the error a service answers to broken rules. */
type Refuse = (breaches: readonly [Breach, ...Breach[]], protocol: Protocol, input: TraitsOfInput) => AwsError;

/** The traits of the input's members, which say whether one travels in the body. */
type TraitsOfInput = (member: string) => Traits | undefined;

/** The services whose errors are not simply those of AWS's validation framework. */
const own: { readonly [Name in ServiceName]?: Refuse } = {
  accessanalyzer: (breaches) => accessAnalyzerRefusal(breaches),
  ec2: ([first]) => ec2Refusal(first),
  ecr: (breaches) => new AwsError('InvalidParameterException', frameworkText(breaches)),
  iam: (breaches, protocol) => iamRefusal(breaches) ?? framework(breaches, protocol),
  logs: (breaches) => new AwsError('InvalidParameterException', frameworkText(breaches)),
  organizations: ([first], protocol) => organizationsRefusal(first) ?? framework([first], protocol),
  s3: ([first], _protocol, traits) => s3Refusal(first, traits),
  s3control: ([first], _protocol, traits) => s3Refusal(first, traits),
  securityhub: ([first]) => new AwsError('InvalidInputException', securityHubText(first)),
  sqs: ([first], protocol) =>
    first.rule.kind === 'required'
      ? new AwsError('MissingParameter', `The request must contain the parameter ${first.member}.`)
      : framework([first], protocol),
};

/** The error of a service for an input that breaks rules. */
export function refusal(
  service: ServiceName,
  protocol: Protocol,
  breaches: readonly [Breach, ...Breach[]],
  traits: TraitsOfInput,
): AwsError {
  return (own[service] ?? framework)(breaches, protocol, traits);
}

/** `ValidationError` in the query protocol, `ValidationException` in all others. */
function framework(breaches: readonly Breach[], protocol: Protocol): AwsError {
  return new AwsError(protocol === 'query' ? 'ValidationError' : 'ValidationException', frameworkText(breaches), {
    status: 400,
  });
}

function frameworkText(breaches: readonly Breach[]): string {
  const count = `${breaches.length} validation error${breaches.length > 1 ? 's' : ''} detected`;
  return `${count}: ${breaches.map(breachText).join('; ')}`;
}

/** Access Analyzer also lists the fields. Source: its API reference, `ValidationException`. */
function accessAnalyzerRefusal(breaches: readonly [Breach, ...Breach[]]): AwsError {
  const fieldList = breaches.map((breach) => ({ name: breach.path, message: breachText(breach) }));
  const members = { reason: 'fieldValidationFailed', fieldList };
  return new AwsError('ValidationException', frameworkText(breaches), { status: 400, members });
}

function ec2Refusal({ rule, member, path, value }: Breach): AwsError {
  const name = path.slice(path.lastIndexOf('.') + 1);
  switch (rule.kind) {
    case 'required':
      return new AwsError('MissingParameter', `The request must contain the parameter ${member}`);
    case 'min':
      return invalid(
        `Value ( ${String(value)} ) for parameter ${name} is invalid. Expecting a value greater than ${rule.limit}.`,
      );
    case 'max':
      return invalid(
        `Value ( ${String(value)} ) for parameter ${name} is invalid. Expecting a value less than ${rule.limit}.`,
      );
    default:
      return invalid(
        member === 'InstanceType'
          ? `Invalid value '${String(value)}' for InstanceType.`
          : `Value (${[value].flat().map(String).join(', ')}) for parameter ${name} is invalid.`,
      );
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message, { status: 400 });
}

const IAM_NAME = '[\\w+=,.@-]+';
const IAM_PATH = '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)';

/** IAM explains its two most usual patterns in words. */
function iamRefusal([first, ...others]: readonly [Breach, ...Breach[]]): AwsError | undefined {
  if (others.length > 0 || first.rule.kind !== 'pattern') return undefined;
  if (first.rule.pattern === IAM_NAME) {
    const allowed = 'It must contain only alphanumeric characters and/or the following: +=,.@_-';
    return new AwsError('ValidationError', `The specified value for ${first.path} is invalid. ${allowed}`, {
      status: 400,
    });
  }
  if (first.rule.pattern === IAM_PATH) {
    const allowed = 'It must begin and end with / and contain only alphanumeric characters and/or / characters.';
    return new AwsError('ValidationError', `The specified value for ${first.path} is invalid. ${allowed}`, {
      status: 400,
    });
  }
  return undefined;
}

/** Source: Organizations API reference, `InvalidInputException`, the list of reasons. */
function organizationsRefusal({ rule }: Breach): AwsError | undefined {
  const because = (reason: string, message: string) =>
    new AwsError('InvalidInputException', message, { members: { Reason: reason } });
  switch (rule.kind) {
    case 'enum':
      return because('INVALID_ENUM', 'You specified an invalid value.');
    case 'pattern':
      return because('INVALID_PATTERN', "You provided a value that doesn't match the required pattern.");
    case 'lengthMax':
      return because('MAX_LENGTH_EXCEEDED', 'You provided a string parameter that is longer than allowed.');
    case 'lengthMin':
      return because('MIN_LENGTH_EXCEEDED', 'You provided a string parameter that is shorter than allowed.');
    case 'max':
      return because('MAX_VALUE_EXCEEDED', 'You provided a numeric value that is larger than allowed.');
    case 'min':
      return because('MIN_VALUE_EXCEEDED', 'You provided a numeric value that is smaller than allowed.');
    default:
      return undefined;
  }
}

/** S3 tells what was wrong with its XML only by saying that it was; parameters it names. */
function s3Refusal({ rule, path, member, value }: Breach, traitsOf: TraitsOfInput): AwsError {
  const traits = path.includes('.') ? undefined : traitsOf(member);
  const parameter = traits?.httpHeader ?? traits?.httpQuery;
  if (rule.kind === 'required') {
    if (traits?.httpPayload) return new AwsError('MissingRequestBodyError', 'Request Body is empty', { status: 400 });
    if (parameter !== undefined) {
      return new AwsError('InvalidRequest', `Missing required header for this request: ${parameter}`, { status: 400 });
    }
    return malformedXml();
  }
  if (parameter === undefined) return malformedXml();
  if (member === 'StorageClass') {
    return new AwsError('InvalidStorageClass', 'The storage class you specified is not valid', { status: 400 });
  }
  const members = { ArgumentName: parameter, ArgumentValue: String(value) };
  return new AwsError('InvalidArgument', 'Invalid Argument', { status: 400, members });
}

function malformedXml(): AwsError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema';
  return new AwsError('MalformedXML', message, { status: 400 });
}

/** Security Hub speaks like a JSON schema validator. */
function securityHubText({ rule, path, member }: Breach): string {
  const data = `data.${path.replaceAll(/\.(\d+)\.member/g, (_, place: string) => `[${Number(place) - 1}]`).replaceAll(/(^|\.)([a-z])/g, (_, dot: string, letter: string) => dot + letter.toUpperCase())}`;
  const name = data.slice('data.'.length).split(/[.[]/)[0] ?? member;
  return `Invalid parameter '${name}'. ${schemaText(rule, data, member)}`;
}

function schemaText(rule: Breach['rule'], data: string, member: string): string {
  switch (rule.kind) {
    case 'required':
      return `${data.slice(0, data.lastIndexOf('.'))} should have required property '${member}'`;
    case 'enum':
      return `${data} should be equal to one of the allowed values`;
    case 'pattern':
      return `${data} should match pattern "${rule.pattern}"`;
    case 'lengthMax':
      return `${data} should NOT be longer than ${rule.limit} characters`;
    case 'lengthMin':
      return `${data} should NOT be shorter than ${rule.limit} characters`;
    case 'max':
      return `${data} should be <= ${rule.limit}`;
    case 'min':
      return `${data} should be >= ${rule.limit}`;
    case 'items':
    case 'keys':
    case 'values':
      return `${data} should match its schema`;
  }
}
