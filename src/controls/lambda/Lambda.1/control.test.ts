import { ACCOUNT, type Case, type Loose, resource, type Scene, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:resize`;
const lambda = (configuration: Loose): Scene => ({
  resources: [resource('AWS::Lambda::Function', ARN, { FunctionName: 'resize', ...configuration })],
});
const policy = (...Statement: readonly object[]) =>
  lambda({ Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement }) });
const allow = (more: object = {}) => ({
  Sid: 'Everyone',
  Effect: 'Allow',
  Principal: '*',
  Action: 'lambda:InvokeFunction',
  Resource: ARN,
  ...more,
});
const when = (Condition: object) => policy(allow({ Condition }));
const s3 = (Condition?: object) => policy(allow({ Principal: { Service: 's3.amazonaws.com' }, Condition }));
const path = 'Policy.Statement[0]';

const cases: readonly Case[] = [
  { name: 'everyone', given: policy(allow()), expect: 'FAILED', path, says: 'anonymous may lambda:InvokeFunction on' },
  { name: 'everyone as an AWS principal', given: policy(allow({ Principal: { AWS: '*' } })), expect: 'FAILED', path },
  { name: 'everyone, of a version', given: policy(allow({ Resource: `${ARN}:7` })), expect: 'FAILED', path },
  { name: 'another function', given: policy(allow({ Resource: `${ARN}-large` })), expect: 'PASSED' },
  { name: 'a named account', given: policy(allow({ Principal: { AWS: '444455556666' } })), expect: 'PASSED' },
  { name: 'the organization', given: when({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }), expect: 'PASSED' },
  { name: 'a source account', given: when({ StringEquals: { 'AWS:SourceAccount': ACCOUNT } }), expect: 'PASSED' },
  {
    name: 'a condition whose meaning AWS leaves open',
    given: when({ StringEquals: { 'aws:CalledVia': 'x' }, 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'y' } }),
    expect: 'NOT_AVAILABLE',
    says: 'not decided',
  },
  { name: 'any source', given: when({ ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::*' } }), expect: 'FAILED' },
  {
    name: 'a token that anyone can send',
    given: when({ StringEquals: { 'lambda:EventSourceToken': 't' } }),
    expect: 'FAILED',
  },
  {
    name: 'a function URL for everyone',
    given: policy(
      allow({
        Action: 'lambda:InvokeFunctionUrl',
        Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
      }),
    ),
    expect: 'FAILED',
    says: 'lambda:functionurlauthtype=NONE',
  },
  {
    name: 'a function URL for all with an account',
    given: when({ StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } }),
    expect: 'FAILED',
  },
  {
    name: 'a function URL for the organization',
    given: when({ StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM', 'aws:PrincipalOrgID': 'o-1' } }),
    expect: 'PASSED',
  },
  { name: 'S3 for anybody', given: s3(), expect: 'FAILED', path, says: 's3.amazonaws.com may lambda:InvokeFunction' },
  { name: 'S3 for a bucket', given: s3({ ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::photos' } }), expect: 'FAILED' },
  { name: 'S3 for an account', given: s3({ StringEquals: { 'AWS:SourceAccount': ACCOUNT } }), expect: 'PASSED' },
  { name: 'S3 for any account', given: s3({ StringLike: { 'AWS:SourceAccount': '*' } }), expect: 'FAILED' },
  { name: 'S3 for an organization', given: s3({ StringEquals: { 'aws:SourceOrgID': 'o-1' } }), expect: 'PASSED' },
  {
    name: 'another service for anybody',
    given: policy(allow({ Principal: { Service: 'events.amazonaws.com' } })),
    expect: 'PASSED',
  },
  {
    name: 'a deny of everyone outside',
    given: policy(
      allow(),
      allow({ Effect: 'Deny', Condition: { StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT } } }),
    ),
    expect: 'PASSED',
  },
  { name: 'no policy', given: lambda({ Policy: null }), expect: 'PASSED', says: 'there is no function policy' },
  {
    name: 'a policy that was not read',
    given: lambda({}),
    expect: 'NOT_AVAILABLE',
    path: 'Policy',
    says: 'was not read',
  },
  {
    name: 'a policy that is not JSON',
    given: lambda({ Policy: '{' }),
    expect: 'NOT_AVAILABLE',
    says: 'cannot be read',
  },
];

specify(control, cases);
