import { type Case, gapOf, type Loose, resource, specify } from '../../testing.fixture.js';
import { deny, documentOf, WITH_MFA } from '../../iam/policy.fixture.js';
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
const inline = (...documents: readonly string[]) =>
  documents.map((document, index) => ({
    PolicyName: `own-${index}`,
    PolicyDocument: encodeURIComponent(document),
  }));

const bad = documentOf({ Action: ['s3:GetObject', 'kms:Decrypt'] });
const good = documentOf({ Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:111122223333:key/*' });
const path = 'RolePolicyList[0].PolicyDocument';

const cases: readonly Case[] = [
  {
    name: 'a role’s policy',
    given: role({ RolePolicyList: inline(bad) }),
    expect: 'FAILED',
    path,
    says: 'own-0: kms:Decrypt',
  },
  {
    name: 'a group’s policy',
    given: group({ GroupPolicyList: inline(bad) }),
    expect: 'FAILED',
    path: 'GroupPolicyList[0].PolicyDocument',
  },
  {
    name: 'a user’s policy',
    given: user({ UserPolicyList: inline(bad) }),
    expect: 'FAILED',
    path: 'UserPolicyList[0].PolicyDocument',
  },
  {
    name: 'the second policy',
    given: role({ RolePolicyList: inline(good, bad) }),
    expect: 'FAILED',
    path: 'RolePolicyList[1].PolicyDocument',
  },
  {
    name: 'a document that is not encoded',
    given: role({ RolePolicyList: [{ PolicyName: 'own', PolicyDocument: bad }] }),
    expect: 'FAILED',
    path,
  },
  {
    name: 'on a condition',
    given: role({ RolePolicyList: inline(documentOf({ Action: 'kms:Decrypt', ...WITH_MFA })) }),
    expect: 'FAILED',
    path,
  },
  { name: 'everything', given: role({ RolePolicyList: inline(documentOf({ Action: '*' })) }), expect: 'FAILED', path },
  { name: 'keys of an account', given: role({ RolePolicyList: inline(good) }), expect: 'PASSED' },
  {
    name: 'a deny in the same policy',
    given: role({
      RolePolicyList: inline(documentOf({ Action: 'kms:*' }, deny({ Action: ['kms:Decrypt', 'kms:ReEncrypt*'] }))),
    }),
    expect: 'PASSED',
  },
  {
    name: 'a deny in another policy',
    given: role({ RolePolicyList: inline(bad, documentOf(deny({ Action: 'kms:*' }))) }),
    expect: 'FAILED',
    path,
  },
  { name: 'no inline policy', given: role({ RolePolicyList: [], AttachedManagedPolicies: [] }), expect: 'PASSED' },
  { name: 'policies not read', given: group({}), expect: 'NOT_AVAILABLE', path: 'GroupPolicyList' },
  {
    name: 'a document not read',
    given: role({ RolePolicyList: [{ PolicyName: 'own' }] }),
    expect: 'NOT_AVAILABLE',
    path,
  },
  { name: 'a document that is none', given: role({ RolePolicyList: inline('{') }), expect: 'NOT_AVAILABLE', path },
  {
    name: 'a document that is none, and a bad one',
    given: role({ RolePolicyList: inline('{', bad) }),
    expect: 'FAILED',
    path: 'RolePolicyList[1].PolicyDocument',
  },
  {
    name: 'a policy that is a text',
    given: role({ RolePolicyList: ['own'] }),
    expect: 'NOT_AVAILABLE',
    path: 'RolePolicyList[0]',
  },
  {
    name: 'groups not read',
    given: { resources: [], gaps: [gapOf(['AWS::IAM::Group'], 'global')] },
    expect: 'NOT_AVAILABLE',
  },
];

specify(control, cases);
