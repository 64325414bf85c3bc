import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const user = (configuration: Loose) => ({
  resources: [
    resource(
      'AWS::IAM::User',
      'arn:aws:iam::111122223333:user/mori',
      { UserName: 'mori', UserPolicyList: [], AttachedManagedPolicies: [], GroupList: ['readers'], ...configuration },
      { region: 'global' },
    ),
  ],
});
const attached = [{ PolicyName: 'ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }];
const inline = (PolicyName: string) => [{ PolicyName, PolicyDocument: '%7B%7D' }];
const ses = { UserName: 'ses-smtp-user.20260101-120000', UserPolicyList: inline('AmazonSesSendingAccess') };

const cases: readonly Case[] = [
  { name: 'policies of its groups only', given: user({}), expect: 'PASSED' },
  {
    name: 'an attached policy',
    given: user({ AttachedManagedPolicies: attached }),
    expect: 'FAILED',
    path: 'AttachedManagedPolicies[0]',
    says: 'attached to the user: ReadOnlyAccess',
  },
  {
    name: 'an inline policy',
    given: user({ UserPolicyList: inline('own') }),
    expect: 'FAILED',
    path: 'UserPolicyList[0]',
    says: 'embedded in the user: own',
  },
  {
    name: 'both',
    given: user({ UserPolicyList: inline('own'), AttachedManagedPolicies: attached }),
    expect: 'FAILED',
    path: 'UserPolicyList[0]',
  },
  { name: 'a user that SES made', given: user(ses), expect: undefined },
  {
    name: 'a user that SES made, with more than its policy',
    given: user({ ...ses, AttachedManagedPolicies: attached }),
    expect: 'FAILED',
    path: 'AttachedManagedPolicies[0]',
  },
  {
    name: 'the name of a user that SES makes, with another policy',
    given: user({ ...ses, UserPolicyList: inline('own') }),
    expect: 'FAILED',
  },
  {
    name: 'inline policies not read',
    given: user({ UserPolicyList: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'UserPolicyList',
  },
  {
    name: 'attached policies not read, and an inline one',
    given: user({ AttachedManagedPolicies: undefined, UserPolicyList: inline('own') }),
    expect: 'FAILED',
    path: 'UserPolicyList[0]',
  },
  {
    name: 'attached policies that are a text',
    given: user({ AttachedManagedPolicies: 'none' }),
    expect: 'NOT_AVAILABLE',
    path: 'AttachedManagedPolicies',
  },
];

specify(control, cases);
