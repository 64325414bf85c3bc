import { type Case, specify } from '../../testing.fixture.js';
import { deny, documentOf, managed, unreadable, WITH_MFA } from '../policy.fixture.js';
import { control } from './control.js';

const path = 'PolicyVersionList[0].Document';
const given = (...statements: readonly object[]) => managed(documentOf(...statements));
const ec2 = { Sid: 'Machines', Action: 'ec2:*' };
const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');

const cases: readonly Case[] = [
  { name: 'a service', given: given(ec2), expect: 'FAILED', path, says: '`ec2` by statement Machines' },
  { name: 'in a list', given: given({ Action: ['s3:GetObject', 'EC2:*'] }), expect: 'FAILED', path },
  {
    name: 'on one resource',
    given: given({ Action: 's3:*', Resource: 'arn:aws:s3:::logs/*' }),
    expect: 'FAILED',
    path,
  },
  { name: 'on a condition', given: given({ ...ec2, ...WITH_MFA }), expect: 'FAILED', path },
  { name: 'everything', given: given({ Action: '*' }), expect: 'FAILED', path, says: 'services it does not name' },
  { name: 'all but one service', given: given({ NotAction: 'iam:*' }), expect: 'FAILED', path },
  { name: 'services by a prefix', given: given({ Action: 's3*:*' }), expect: 'FAILED', path, says: '`s3*`' },
  { name: 'with two stars', given: given({ Action: 'ec2:**' }), expect: 'FAILED', path },
  {
    name: 'letter by letter',
    given: given(...letters.map((letter) => ({ Action: `sqs:${letter}*` }))),
    expect: 'FAILED',
    path,
    says: '`sqs`',
  },
  { name: 'with a deny of some of it', given: given(ec2, deny({ Action: 'ec2:Delete*' })), expect: 'FAILED', path },
  {
    name: 'with a deny of all of it, on a condition',
    given: given(ec2, deny({ Action: 'ec2:*', ...WITH_MFA })),
    expect: 'FAILED',
    path,
  },
  { name: 'with a deny of all of it', given: given(ec2, deny({ Action: 'ec2:*' })), expect: 'PASSED' },
  { name: 'a prefix of actions', given: given({ Action: 'ec2:Describe*' }), expect: 'PASSED' },
  { name: 'several prefixes', given: given({ Action: ['ec2:Describe*', 'ec2:Get*', 's3:List*'] }), expect: 'PASSED' },
  { name: 'all that ends in a word', given: given({ NotAction: '*:Get*' }), expect: 'PASSED' },
  {
    name: 'halves on different resources',
    given: given(
      { Action: letters.slice(0, 13).map((letter) => `sqs:${letter}*`), Resource: 'arn:aws:sqs:*:*:a' },
      { Action: letters.slice(13).map((letter) => `sqs:${letter}*`), Resource: 'arn:aws:sqs:*:*:b' },
    ),
    expect: 'PASSED',
  },
  { name: 'a deny alone', given: given(deny(ec2)), expect: 'PASSED' },
  {
    name: 'a permissions boundary',
    given: managed(documentOf(ec2), { AttachmentCount: 0, PermissionsBoundaryUsageCount: 1 }),
    expect: undefined,
  },
  ...unreadable,
];

specify(control, cases);
