import { type Case, gapOf, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const GLOBAL = { region: 'global' };
const role = (configuration: Loose) => ({
  resources: [resource('AWS::IAM::Role', 'arn:aws:iam::111122223333:role/worker', configuration, GLOBAL)],
});
const group = (configuration: Loose) => ({
  resources: [resource('AWS::IAM::Group', 'arn:aws:iam::111122223333:group/readers', configuration, GLOBAL)],
});
const user = (configuration: Loose) => ({
  resources: [resource('AWS::IAM::User', 'arn:aws:iam::111122223333:user/mori', configuration, GLOBAL)],
});
const attached = (...arns: readonly string[]) => ({
  AttachedManagedPolicies: arns.map((PolicyArn) => ({ PolicyName: 'some', PolicyArn })),
});
const SHELL = 'arn:aws:iam::aws:policy/AWSCloudShellFullAccess';
const OTHER = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const path = 'AttachedManagedPolicies[0].PolicyArn';

const cases: readonly Case[] = [
  { name: 'a role', given: role(attached(SHELL)), expect: 'FAILED', path },
  { name: 'a group', given: group(attached(SHELL)), expect: 'FAILED', path },
  { name: 'a user', given: user(attached(SHELL)), expect: 'FAILED', path },
  {
    name: 'beside others',
    given: role(attached(OTHER, SHELL)),
    expect: 'FAILED',
    path: 'AttachedManagedPolicies[1].PolicyArn',
  },
  {
    name: 'in China',
    given: { ...role(attached('arn:aws-cn:iam::aws:policy/AWSCloudShellFullAccess')), partition: 'aws-cn' },
    expect: 'FAILED',
    path,
  },
  { name: 'another policy', given: role(attached(OTHER)), expect: 'PASSED' },
  {
    name: 'a policy of the account’s own of the same name',
    given: role(attached('arn:aws:iam::111122223333:policy/AWSCloudShellFullAccess')),
    expect: 'PASSED',
  },
  { name: 'a user whose group has it', given: user({ ...attached(), GroupList: ['shell'] }), expect: 'PASSED' },
  { name: 'no policy', given: user(attached()), expect: 'PASSED' },
  { name: 'policies not read', given: user({}), expect: 'NOT_AVAILABLE', path: 'AttachedManagedPolicies' },
  { name: 'a policy that is a text', given: role({ AttachedManagedPolicies: ['all'] }), expect: 'NOT_AVAILABLE', path },
  {
    name: 'users not read',
    given: { resources: [], gaps: [gapOf(['AWS::IAM::User'], 'global')] },
    expect: 'NOT_AVAILABLE',
  },
];

specify(control, cases);
