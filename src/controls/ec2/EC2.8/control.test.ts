import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const instance = (configuration: Loose) => ({
  resources: [
    resource('AWS::EC2::Instance', 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1', {
      State: { Name: 'running' },
      ...configuration,
    }),
  ],
});
const tokens = (HttpTokens: unknown) => ({ MetadataOptions: { HttpTokens, HttpEndpoint: 'enabled' } });
const path = 'MetadataOptions.HttpTokens';

const cases: readonly Case[] = [
  { name: 'required', given: instance(tokens('required')), expect: 'PASSED', path },
  { name: 'optional', given: instance(tokens('optional')), expect: 'FAILED', path },
  {
    name: 'optional, stopped',
    given: instance({ ...tokens('optional'), State: { Name: 'stopped' } }),
    expect: 'FAILED',
    path,
  },
  {
    name: 'optional, with the endpoint off',
    given: instance({ MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'disabled' } }),
    expect: 'FAILED',
    path,
  },
  {
    name: 'optional, terminated',
    given: instance({ ...tokens('optional'), State: { Name: 'terminated' } }),
    expect: undefined,
  },
  {
    name: 'optional, shutting down',
    given: instance({ ...tokens('optional'), State: { Name: 'shutting-down' } }),
    expect: undefined,
  },
  {
    name: 'optional, in no known state',
    given: instance({ ...tokens('optional'), State: undefined }),
    expect: 'FAILED',
    path,
  },
  { name: 'options not read', given: instance({}), expect: 'NOT_AVAILABLE', path: 'MetadataOptions' },
  { name: 'tokens not read', given: instance({ MetadataOptions: {} }), expect: 'NOT_AVAILABLE', path },
  { name: 'a word AWS does not know', given: instance(tokens('REQUIRED')), expect: 'NOT_AVAILABLE', path },
  { name: 'options that are a text', given: instance({ MetadataOptions: 'required' }), expect: 'NOT_AVAILABLE' },
];

specify(control, cases);
