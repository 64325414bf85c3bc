import { ACCOUNT, type Case, gapOf, type Loose, OTHER_ACCOUNT, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const GLOBAL = { region: 'global' };
const account = resource('AWS::::Account', `AWS::::Account:${ACCOUNT}`, { AccountId: ACCOUNT }, GLOBAL);
const policy = (arn: string) => ({ AttachedManagedPolicies: [{ PolicyName: 'AWSSupportAccess', PolicyArn: arn }] });
const support = policy('arn:aws:iam::aws:policy/AWSSupportAccess');
const none = { AttachedManagedPolicies: [] };

const role = (configuration: Loose, accountId = ACCOUNT) =>
  resource('AWS::IAM::Role', `arn:aws:iam::${accountId}:role/helper`, configuration, { ...GLOBAL, accountId });
const group = (configuration: Loose) =>
  resource('AWS::IAM::Group', `arn:aws:iam::${ACCOUNT}:group/helpers`, configuration, GLOBAL);
const user = (configuration: Loose) =>
  resource('AWS::IAM::User', `arn:aws:iam::${ACCOUNT}:user/mori`, configuration, GLOBAL);
const given = (...holders: ReturnType<typeof role | typeof group | typeof user>[]) => ({
  resources: [account, ...holders],
});

const cases: readonly Case[] = [
  { name: 'a role', given: given(role(none), role(support)), expect: 'PASSED', says: 'role/helper' },
  { name: 'a group', given: given(group(support)), expect: 'PASSED', says: 'group/helpers' },
  { name: 'a user', given: given(user(support)), expect: 'PASSED', says: 'user/mori' },
  { name: 'nobody', given: given(role(none), group(none), user(none)), expect: 'FAILED', says: 'attached to no role' },
  { name: 'an account without identities', given: given(), expect: 'FAILED' },
  { name: 'a role of another account', given: given(role(support, OTHER_ACCOUNT)), expect: 'FAILED' },
  {
    name: 'a policy of the account’s own of the same name',
    given: given(role(policy(`arn:aws:iam::${ACCOUNT}:policy/AWSSupportAccess`))),
    expect: 'FAILED',
  },
  {
    name: 'a role in China',
    given: { ...given(role(policy('arn:aws-cn:iam::aws:policy/AWSSupportAccess'))), partition: 'aws-cn' },
    expect: 'PASSED',
  },
  { name: 'what a role has not read', given: given(role({})), expect: 'NOT_AVAILABLE', says: 'was not read' },
  { name: 'what a role has not read, and a group', given: given(role({}), group(support)), expect: 'PASSED' },
  {
    name: 'users not read',
    given: { ...given(role(none)), gaps: [gapOf(['AWS::IAM::User'], 'global')] },
    expect: 'NOT_AVAILABLE',
    says: 'AccessDenied',
  },
  {
    name: 'users not read, and a role',
    given: { ...given(role(support)), gaps: [gapOf(['AWS::IAM::User'], 'global')] },
    expect: 'PASSED',
  },
];

specify(control, cases);
