import { type Case, type Loose, resource, type Scene, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const ARN = 'arn:aws:s3:::photos';
const bucket = (configuration: Loose): Scene => ({ resources: [resource('AWS::S3::Bucket', ARN, configuration)] });
const policy = (...Statement: readonly object[]) =>
  bucket({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
const refusal = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [ARN, `${ARN}/*`],
  Condition: insecure,
};
const allow = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${ARN}/*` };
const path = 'Policy';

const cases: readonly Case[] = [
  { name: 'AWS’s own example', given: policy(refusal), expect: 'PASSED', path, says: 'denies every request' },
  { name: 'beside an allow', given: policy(allow, refusal), expect: 'PASSED' },
  { name: 'everyone as an AWS principal', given: policy({ ...refusal, Principal: { AWS: '*' } }), expect: 'PASSED' },
  { name: 'all actions of all services', given: policy({ ...refusal, Action: '*' }), expect: 'PASSED' },
  { name: 'every resource', given: policy({ ...refusal, Resource: '*' }), expect: 'PASSED' },
  {
    name: 'two statements that do it together',
    given: policy({ ...refusal, Resource: ARN }, { ...refusal, Resource: `${ARN}/*` }),
    expect: 'PASSED',
  },
  { name: 'a deny of everything', given: policy({ ...refusal, Condition: undefined }), expect: 'PASSED' },
  {
    name: 'everything but TLS denied',
    given: policy({ ...refusal, Condition: { StringNotEquals: { 'aws:SecureTransport': 'true' } } }),
    expect: 'PASSED',
  },
  {
    name: 'no policy',
    given: bucket({ Policy: null, PolicyStatus: null }),
    expect: 'FAILED',
    path,
    says: 'there is no bucket policy',
  },
  { name: 'no policy, by its status alone', given: bucket({ PolicyStatus: null }), expect: 'FAILED' },
  { name: 'an allow alone', given: policy(allow), expect: 'FAILED', path, says: 'denies nothing' },
  {
    name: 'an allow on condition of TLS',
    given: policy({ ...allow, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    expect: 'FAILED',
  },
  {
    name: 'a deny of TLS',
    given: policy({ ...refusal, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    expect: 'FAILED',
  },
  {
    name: 'the objects alone',
    given: policy({ ...refusal, Resource: `${ARN}/*` }),
    expect: 'FAILED',
    says: `on ${ARN}`,
  },
  { name: 'the bucket alone', given: policy({ ...refusal, Resource: ARN }), expect: 'FAILED', says: `on ${ARN}/` },
  {
    name: 'another bucket',
    given: policy({ ...refusal, Resource: ['arn:aws:s3:::videos', 'arn:aws:s3:::videos/*'] }),
    expect: 'FAILED',
  },
  { name: 'some actions', given: policy({ ...refusal, Action: ['s3:GetObject', 's3:PutObject'] }), expect: 'FAILED' },
  { name: 'some principals', given: policy({ ...refusal, Principal: { AWS: '444455556666' } }), expect: 'FAILED' },
  {
    name: 'everyone but one',
    given: policy({
      ...refusal,
      Principal: undefined,
      NotPrincipal: { AWS: ['444455556666', 'arn:aws:iam::444455556666:user/old'] },
    }),
    expect: 'FAILED',
  },
  {
    name: 'everyone but one whose account is not spared, which spares nobody',
    given: policy({ ...refusal, Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::444455556666:user/old' } }),
    expect: 'PASSED',
  },
  {
    name: 'only from outside the office',
    given: policy({ ...refusal, Condition: { ...insecure, NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } }),
    expect: 'FAILED',
    says: 'aws:sourceip=198.51.100',
  },
  {
    name: 'AWS services spared',
    given: policy({ ...refusal, Condition: { Bool: { ...insecure.Bool, 'aws:PrincipalIsAWSService': 'false' } } }),
    expect: 'FAILED',
  },
  {
    name: 'an old version of TLS',
    given: policy({ ...refusal, Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }),
    expect: 'FAILED',
  },
  {
    name: 'a deny whose meaning AWS leaves open',
    given: policy(
      { ...refusal, Condition: { ...insecure, 'ForAllValues:StringEquals': { 'aws:CalledVia': 'x' } } },
      { ...refusal, Condition: { ...insecure, StringNotEquals: { 'aws:CalledVia': 'x' } } },
    ),
    expect: 'NOT_AVAILABLE',
    says: 'not decided',
  },
  { name: 'a policy that was not read', given: bucket({}), expect: 'NOT_AVAILABLE', path, says: 'was not read' },
  {
    name: 'a policy that is not JSON',
    given: bucket({ Policy: '{' }),
    expect: 'NOT_AVAILABLE',
    says: 'cannot be read',
  },
  { name: 'a policy that is a list', given: bucket({ Policy: [] }), expect: 'NOT_AVAILABLE', says: 'not a document' },
];

specify(control, cases);
