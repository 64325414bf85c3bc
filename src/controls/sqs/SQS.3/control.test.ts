import { expect, it } from 'vitest';
import { ACCOUNT, type Case, type Loose, resource, resultsOf, type Scene, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`;
const queue = (Attributes: Loose): Scene => ({ resources: [resource('AWS::SQS::Queue', ARN, { Attributes })] });
const read = { QueueArn: ARN, VisibilityTimeout: '30' };
const policy = (...Statement: readonly object[]) =>
  queue({ ...read, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
const allow = (more: object = {}) => ({
  Sid: 'Everyone',
  Effect: 'Allow',
  Principal: '*',
  Action: 'sqs:SendMessage',
  Resource: ARN,
  ...more,
});
const when = (Condition: object) => policy(allow({ Condition }));
const path = 'Attributes.Policy.Statement[0]';

const cases: readonly Case[] = [
  { name: 'everyone', given: policy(allow()), expect: 'FAILED', path, says: `anonymous may sqs:SendMessage on ${ARN}` },
  { name: 'everyone with an account', given: policy(allow({ Principal: { AWS: '*' } })), expect: 'FAILED', path },
  { name: 'every resource', given: policy(allow({ Resource: '*' })), expect: 'FAILED' },
  { name: 'another queue', given: policy(allow({ Resource: `${ARN}-other` })), expect: 'PASSED' },
  {
    name: 'the second statement',
    given: policy(allow({ Principal: { AWS: ACCOUNT } }), allow()),
    expect: 'FAILED',
    path: 'Attributes.Policy.Statement[1]',
  },
  { name: 'a named account', given: policy(allow({ Principal: { AWS: '444455556666' } })), expect: 'PASSED' },
  {
    name: 'a service',
    given: policy(allow({ Principal: { Service: 's3.amazonaws.com' } })),
    expect: 'PASSED',
  },
  { name: 'the organization', given: when({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }), expect: 'PASSED' },
  { name: 'any organization', given: when({ StringLike: { 'aws:PrincipalOrgID': 'o-*' } }), expect: 'FAILED' },
  { name: 'a source account', given: when({ StringEquals: { 'aws:SourceAccount': ACCOUNT } }), expect: 'PASSED' },
  { name: 'an endpoint', given: when({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }), expect: 'PASSED' },
  { name: 'a source', given: when({ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::photos' } }), expect: 'PASSED' },
  {
    name: 'any source of anybody',
    given: when({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:*' } }),
    expect: 'FAILED',
    says: 's3.amazonaws.com may',
  },
  {
    name: 'a deny of everyone outside who is no service',
    given: policy(
      allow(),
      allow({
        Effect: 'Deny',
        Condition: {
          StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT },
          Bool: { 'aws:PrincipalIsAWSService': 'false' },
        },
      }),
    ),
    expect: 'FAILED',
    says: 's3.amazonaws.com may',
  },
  {
    name: 'any source of one account',
    given: when({ ArnLike: { 'aws:SourceArn': `arn:aws:events:*:${ACCOUNT}:rule/*` } }),
    expect: 'PASSED',
  },
  {
    name: 'a condition whose meaning AWS leaves open',
    given: when({ StringEquals: { 'aws:CalledVia': 'x' }, 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'y' } }),
    expect: 'NOT_AVAILABLE',
    says: 'not decided',
  },
  { name: 'encryption in transit', given: when({ Bool: { 'aws:SecureTransport': 'true' } }), expect: 'FAILED' },
  {
    name: 'a deny of everyone outside',
    given: policy(
      allow(),
      allow({ Effect: 'Deny', Condition: { StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT } } }),
    ),
    expect: 'PASSED',
  },
  { name: 'no policy', given: queue(read), expect: 'PASSED', says: 'there is no queue policy' },
  { name: 'an empty policy', given: queue({ ...read, Policy: '' }), expect: 'PASSED' },
  {
    name: 'attributes that were not read',
    given: queue({ QueueArn: ARN }),
    expect: 'NOT_AVAILABLE',
    path: 'Attributes.Policy',
    says: 'was not read',
  },
  { name: 'attributes that are a list', given: queue([] as unknown as Loose), expect: 'NOT_AVAILABLE' },
  {
    name: 'a policy that is not JSON',
    given: queue({ ...read, Policy: '{' }),
    expect: 'NOT_AVAILABLE',
    says: 'cannot be read',
  },
  {
    name: 'a policy that is longer than any',
    given: policy(allow({ Sid: 'a'.repeat(33_000) })),
    expect: 'NOT_AVAILABLE',
    says: 'longer than',
  },
  { name: 'a policy that is a number', given: queue({ ...read, Policy: 1 }), expect: 'NOT_AVAILABLE' },
];

specify(control, cases);

it('names a few statements of a policy that has many, and takes no time for it', () => {
  const many = Array.from({ length: 150 }, (_, index) =>
    allow({ Sid: `S${index}`, Condition: { StringLike: { [`aws:PrincipalTag/k${index}`]: `*${index}*` } } }),
  );
  const [result] = resultsOf(control, policy(...many));
  expect(result?.status).toBe('FAILED');
  expect(result?.reasons.length).toBe(5);
});
