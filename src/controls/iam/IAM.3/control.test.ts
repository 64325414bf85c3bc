import { type Case, daysAgo, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const user = (AccessKeys: unknown) => ({
  resources: [
    resource(
      'AWS::IAM::User',
      'arn:aws:iam::111122223333:user/mori',
      { UserName: 'mori', AccessKeys },
      { region: 'global' },
    ),
  ],
});
const key = (days: number, Status: unknown = 'Active') => ({
  AccessKeyId: 'AKIAEXAMPLE',
  Status,
  CreateDate: daysAgo(days),
});
const path = 'AccessKeys[0].CreateDate';

const cases: readonly Case[] = [
  { name: 'a key of 10 days', given: user([key(10)]), expect: 'PASSED', path: 'AccessKeys' },
  { name: 'a key of exactly 90 days', given: user([key(90)]), expect: 'PASSED' },
  { name: 'a key of 90 days and a minute', given: user([key(90.001)]), expect: 'FAILED', path },
  {
    name: 'an old key',
    given: user([key(400)]),
    expect: 'FAILED',
    path,
    says: 'AKIAEXAMPLE is active and 400 days old',
  },
  { name: 'an old inactive key', given: user([key(400, 'Inactive')]), expect: 'PASSED' },
  {
    name: 'a new key and an old one',
    given: user([key(1), key(400)]),
    expect: 'FAILED',
    path: 'AccessKeys[1].CreateDate',
  },
  { name: 'no keys', given: user([]), expect: 'PASSED' },
  { name: 'keys not read', given: user(undefined), expect: 'NOT_AVAILABLE', path: 'AccessKeys' },
  { name: 'a key without a date', given: user([{ Status: 'Active' }]), expect: 'NOT_AVAILABLE', path },
  {
    name: 'a key with a date that is none',
    given: user([{ Status: 'Active', CreateDate: 'yesterday' }]),
    expect: 'NOT_AVAILABLE',
    path,
  },
  { name: 'a key from the future', given: user([key(-400)]), expect: 'NOT_AVAILABLE', path },
  { name: 'a key made while the estate was read', given: user([key(-0.01)]), expect: 'PASSED' },
  {
    name: 'a key in no known state',
    given: user([key(400, 'On')]),
    expect: 'NOT_AVAILABLE',
    path: 'AccessKeys[0].Status',
  },
  { name: 'a key that is a text', given: user(['AKIA']), expect: 'NOT_AVAILABLE', path: 'AccessKeys[0]' },
  {
    name: 'an unclear key beside an old one',
    given: user(['AKIA', key(400)]),
    expect: 'FAILED',
    path: 'AccessKeys[1].CreateDate',
  },
];

specify(control, cases);
