import { ACCOUNT, type Case, type Loose, resource, type Scene, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const ARN = `arn:aws:sns:eu-west-1:${ACCOUNT}:jobs`;
const topic = (Attributes: Loose): Scene => ({ resources: [resource('AWS::SNS::Topic', ARN, { Attributes })] });
const read = { TopicArn: ARN, Owner: ACCOUNT };
const policy = (...Statement: readonly object[]) =>
  topic({ ...read, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
const allow = (more: object = {}) => ({
  Sid: 'Everyone',
  Effect: 'Allow',
  Principal: '*',
  Action: 'sns:Publish',
  Resource: ARN,
  ...more,
});
const when = (Condition: object) => policy(allow({ Condition }));
const path = 'Attributes.Policy.Statement[0]';

const cases: readonly Case[] = [
  { name: 'everyone', given: policy(allow()), expect: 'FAILED', path, says: `anonymous may sns:Publish on ${ARN}` },
  { name: 'everyone with an account', given: policy(allow({ Principal: { AWS: '*' } })), expect: 'FAILED', path },
  { name: 'every resource', given: policy(allow({ Resource: '*' })), expect: 'FAILED' },
  { name: 'another topic', given: policy(allow({ Resource: `${ARN}-other` })), expect: 'PASSED' },
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
  {
    name: 'the policy of a new topic',
    given: policy(
      allow({
        Action: ['SNS:Publish', 'SNS:Subscribe'],
        Principal: { AWS: '*' },
        Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT } },
      }),
    ),
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
  { name: 'no policy', given: topic(read), expect: 'PASSED', says: 'there is no topic policy' },
  { name: 'an empty policy', given: topic({ ...read, Policy: '' }), expect: 'PASSED' },
  {
    name: 'attributes that were not read',
    given: topic({ TopicArn: ARN }),
    expect: 'NOT_AVAILABLE',
    path: 'Attributes.Policy',
    says: 'was not read',
  },
  { name: 'attributes that are a list', given: topic([] as unknown as Loose), expect: 'NOT_AVAILABLE' },
  {
    name: 'a policy that is not JSON',
    given: topic({ ...read, Policy: '{' }),
    expect: 'NOT_AVAILABLE',
    says: 'cannot be read',
  },
  { name: 'a policy that is a number', given: topic({ ...read, Policy: 1 }), expect: 'NOT_AVAILABLE' },
];

specify(control, cases);
