import { describe, expect, it, test } from 'vitest';
import { services, type ServiceName } from '../../reference/services.js';
import { echoTwin } from '../echo.fixture.js';
import { inProcessDoor } from '../in-process-door.js';

interface Client {
  readonly send: (command: object) => Promise<unknown>;
}
type Classes = Readonly<Record<string, new (of: object) => Client>>;

/** The error that an input gets, as the SDK's client throws it; `undefined` when it is let through. */
async function errorOf(service: ServiceName, operation: string, input: object): Promise<Error | undefined> {
  const module = (await services[service].load()) as unknown as Classes;
  const name = Object.keys(module).find((key) => key.endsWith('Client') && key !== '__Client') ?? '';
  const { twin } = echoTwin(service);
  const Client = module[name] as Classes[string];
  const Command = module[`${operation}Command`] as Classes[string];
  const client = new Client({
    region: 'eu-west-1',
    credentials: twin.rootCredential('111122223333'),
    ...inProcessDoor(twin),
  });
  return client.send(new Command(input)).then(
    () => undefined,
    (error: Error) => error,
  );
}

const long = (length: number) => 'x'.repeat(length);
const one = (text: string) => `1 validation error detected: ${text}`;

describe("AWS's own words for", () => {
  test.each<[string, ServiceName, string, object, string, string]>([
    [
      'a number too small',
      'kms',
      'GenerateRandom',
      { NumberOfBytes: 0 },
      'ValidationException',
      one(
        "Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    ],
    [
      'a number too large',
      'ssm',
      'DescribeInstancePatches',
      { InstanceId: 'i-0123456789abcdef0', MaxResults: 101 },
      'ValidationException',
      one("Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100"),
    ],
    [
      'a missing member',
      'kms',
      'DescribeKey',
      {},
      'ValidationException',
      one("Value null at 'keyId' failed to satisfy constraint: Member must not be null"),
    ],
    [
      'a missing member inside a list',
      'kms',
      'TagResource',
      { KeyId: 'k', Tags: [{ TagKey: 'a', TagValue: 'b' }, { TagKey: 'c' }] },
      'ValidationException',
      one("Value null at 'tags.2.member.tagValue' failed to satisfy constraint: Member must not be null"),
    ],
    [
      'two broken rules',
      'sts',
      'AssumeRole',
      { RoleArn: 'arn:aws:iam::111122223333:role/r', RoleSessionName: 'a b' + long(70), DurationSeconds: 1 },
      'ValidationError',
      `3 validation errors detected: Value 'a b${long(70)}' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64; Value 'a b${long(70)}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*; Value '1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`,
    ],
    [
      'a value outside an enum',
      'cloudwatch',
      'DescribeAlarms',
      { StateValue: 'BAD' },
      'ValidationException',
      one(
        "Value 'BAD' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [OK, ALARM, INSUFFICIENT_DATA]",
      ),
    ],
    [
      'items of a list',
      'cloudwatch',
      'DescribeAlarms',
      { AlarmTypes: ['CompositeAlarm', 'Other'] },
      'ValidationException',
      one(
        "Value '[CompositeAlarm, Other]' at 'alarmTypes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [CompositeAlarm, MetricAlarm, LogAlarm]]",
      ),
    ],
    [
      'keys of a map',
      'logs',
      'TagLogGroup',
      { logGroupName: 'g', tags: { ['k'.repeat(129)]: 'v' } },
      'InvalidParameterException',
      one(
        `Value '{${'k'.repeat(129)}=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$]`,
      ),
    ],
    [
      'a list too long',
      'events',
      'PutEvents',
      { Entries: Array.from({ length: 11 }, () => ({ Source: 's' })) },
      'ValidationException',
      one(
        `Value '[${Array.from({ length: 11 }, () => '{Source=s}').join(', ')}]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10`,
      ),
    ],
    [
      'a secret, which is not repeated',
      'iam',
      'CreateLoginProfile',
      { UserName: 'u', Password: long(129) },
      'ValidationError',
      one("Value at 'password' failed to satisfy constraint: Member must have length less than or equal to 128"),
    ],
    [
      'a name in IAM',
      'iam',
      'CreateUser',
      { UserName: 'alice smith' },
      'ValidationError',
      'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
    [
      'a log group name',
      'logs',
      'CreateLogGroup',
      { logGroupName: 'a b' },
      'InvalidParameterException',
      one(
        "Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
      ),
    ],
    [
      'an enum in Organizations',
      'organizations',
      'ListPolicies',
      { Filter: 'X' },
      'InvalidInputException',
      'You specified an invalid value.',
    ],
    [
      'a pattern in Organizations',
      'organizations',
      'DescribeAccount',
      { AccountId: 'x' },
      'InvalidInputException',
      "You provided a value that doesn't match the required pattern.",
    ],
    [
      'a missing parameter of EC2',
      'ec2',
      'DeleteFlowLogs',
      {},
      'MissingParameter',
      'The request must contain the parameter FlowLogIds',
    ],
    [
      'a page size of EC2',
      'ec2',
      'DescribeInstanceTypes',
      { MaxResults: 1 },
      'InvalidParameterValue',
      'Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
    ],
    [
      'an enum in EC2',
      'ec2',
      'ModifyInstanceMetadataOptions',
      { InstanceId: 'i-1', HttpTokens: 'always' },
      'InvalidParameterValue',
      'Value (always) for parameter httpTokens is invalid.',
    ],
    [
      'an enum in the XML of S3',
      's3',
      'PutBucketVersioning',
      { Bucket: 'b-1', VersioningConfiguration: { Status: 'On' } },
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    ],
    [
      'an enum in a header of S3',
      's3',
      'PutBucketAcl',
      { Bucket: 'b-1', ACL: 'open' },
      'InvalidArgument',
      'Invalid Argument',
    ],
    [
      'a page size of Security Hub',
      'securityhub',
      'GetFindings',
      { MaxResults: 101 },
      'InvalidInputException',
      "Invalid parameter 'MaxResults'. data.MaxResults should be <= 100",
    ],
    [
      'a list of Security Hub',
      'securityhub',
      'GetFindings',
      { Filters: { Id: [{ Value: 'v', Comparison: 'LIKE' }] } },
      'InvalidInputException',
      "Invalid parameter 'Filters'. data.Filters.Id[0].Comparison should be equal to one of the allowed values",
    ],
    [
      'a missing parameter of SQS',
      'sqs',
      'GetQueueAttributes',
      {},
      'MissingParameter',
      'The request must contain the parameter QueueUrl.',
    ],
  ])('%s', async (_, service, operation, input, code, message) => {
    const error = await errorOf(service, operation, input);
    expect([error?.name, error?.message]).toEqual([code, message]);
  });
});

describe('validation', () => {
  test.each<[string, ServiceName, string, object]>([
    ['a good input', 'kms', 'GenerateRandom', { NumberOfBytes: 1024 }],
    [
      'a location that the SDK does not know yet',
      's3',
      'CreateBucket',
      { Bucket: 'b-1', CreateBucketConfiguration: { LocationConstraint: 'xx-new-1' } },
    ],
    ['a bad finding, which is judged by itself', 'securityhub', 'BatchImportFindings', { Findings: [{ Id: '' }] }],
    [
      'a policy document of the greatest length',
      'iam',
      'CreatePolicy',
      { PolicyName: 'p', PolicyDocument: `{"a":"${long(100_000)}"}` },
    ],
  ])('lets through %s', async (_, service, operation, input) => {
    expect(await errorOf(service, operation, input)).toBeUndefined();
  });

  it('counts characters, not code units', async () => {
    const tags = (count: number) => ({ KeyId: 'k', Tags: [{ TagKey: '😀'.repeat(count), TagValue: '' }] });
    expect(await errorOf('kms', 'TagResource', tags(128))).toBeUndefined();
    expect((await errorOf('kms', 'TagResource', tags(129)))?.message).toContain('length less than or equal to 128');
  });

  it('shortens a long value in its message', async () => {
    const error = await errorOf('kms', 'DescribeKey', { KeyId: long(1_000_000) });
    expect(error?.message).toMatch(/x\.\.\.' at 'keyId' failed/);
    expect(error?.message.length).toBeLessThan(3000);
  });

  it('stops after a hundred broken rules', async () => {
    const Tags = Array.from({ length: 5000 }, () => ({ TagKey: '', TagValue: '' }));
    const error = await errorOf('kms', 'TagResource', { KeyId: 'k', Tags });
    expect(error?.message).toMatch(/^100 validation errors detected/);
  });
});
