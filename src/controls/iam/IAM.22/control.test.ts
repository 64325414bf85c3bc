import { type Case, daysAgo, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const user = (configuration: Loose) => ({
  resources: [
    resource(
      'AWS::IAM::User',
      'arn:aws:iam::111122223333:user/mori',
      { UserName: 'mori', LoginProfile: null, AccessKeys: [], ...configuration },
      { region: 'global' },
    ),
  ],
});
const password = (created: number, used?: number) => ({
  LoginProfile: { UserName: 'mori', CreateDate: daysAgo(created) },
  ...(used === undefined ? {} : { PasswordLastUsed: daysAgo(used) }),
});
const key = (created: number, used?: number, Status = 'Active') => ({
  AccessKeyId: 'AKIAEXAMPLE',
  Status,
  CreateDate: daysAgo(created),
  LastUsed:
    used === undefined
      ? { Region: 'N/A', ServiceName: 'N/A' }
      : { LastUsedDate: daysAgo(used), Region: 'eu-west-1', ServiceName: 's3' },
});
const keyPath = 'AccessKeys[0].LastUsed.LastUsedDate';

const cases: readonly Case[] = [
  { name: 'no credentials', given: user({}), expect: 'PASSED' },
  { name: 'a password used lately', given: user(password(900, 44)), expect: 'PASSED' },
  {
    name: 'a password last used 45 days ago',
    given: user(password(900, 45)),
    expect: 'FAILED',
    path: 'PasswordLastUsed',
    says: 'not used for 45 days',
  },
  { name: 'a new password, never used', given: user(password(44)), expect: 'PASSED' },
  {
    name: 'an old password, never used',
    given: user(password(45)),
    expect: 'FAILED',
    path: 'LoginProfile.CreateDate',
    says: 'never used',
  },
  { name: 'a password set anew after its last use', given: user(password(3, 900)), expect: 'PASSED' },
  { name: 'a key used lately', given: user({ AccessKeys: [key(900, 44)] }), expect: 'PASSED' },
  { name: 'a key last used 45 days ago', given: user({ AccessKeys: [key(900, 45)] }), expect: 'FAILED', path: keyPath },
  { name: 'a new key, never used', given: user({ AccessKeys: [key(3)] }), expect: 'PASSED' },
  {
    name: 'an old key, never used',
    given: user({ AccessKeys: [key(900)] }),
    expect: 'FAILED',
    path: keyPath,
    says: 'AKIAEXAMPLE',
  },
  { name: 'an old inactive key', given: user({ AccessKeys: [key(900, 900, 'Inactive')] }), expect: 'PASSED' },
  {
    name: 'a good password and an unused key',
    given: user({ ...password(900, 1), AccessKeys: [key(900)] }),
    expect: 'FAILED',
    path: keyPath,
  },
  {
    name: 'login profile not read',
    given: user({ LoginProfile: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'LoginProfile',
  },
  { name: 'keys not read', given: user({ AccessKeys: undefined }), expect: 'NOT_AVAILABLE', path: 'AccessKeys' },
  {
    name: 'a key’s last use not read',
    given: user({ AccessKeys: [{ ...key(900), LastUsed: undefined }] }),
    expect: 'NOT_AVAILABLE',
    path: 'AccessKeys[0].LastUsed',
  },
  {
    name: 'keys not read, password unused',
    given: user({ ...password(900), AccessKeys: undefined }),
    expect: 'FAILED',
    path: 'LoginProfile.CreateDate',
  },
  {
    name: 'a password without a date',
    given: user({ LoginProfile: {} }),
    expect: 'NOT_AVAILABLE',
    path: 'LoginProfile.CreateDate',
  },
  {
    name: 'a last use that is no time',
    given: user({ ...password(900), PasswordLastUsed: 'no_information' }),
    expect: 'NOT_AVAILABLE',
    path: 'PasswordLastUsed',
  },
  { name: 'keys that are a text', given: user({ AccessKeys: 'none' }), expect: 'NOT_AVAILABLE', path: 'AccessKeys' },
  { name: 'a key that is null', given: user({ AccessKeys: [null] }), expect: 'NOT_AVAILABLE', path: 'AccessKeys[0]' },
];

specify(control, cases);
