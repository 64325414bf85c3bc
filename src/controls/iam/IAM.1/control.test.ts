import { type Case, specify } from '../../testing.fixture.js';
import { deny, documentOf, managed, unreadable, WITH_MFA } from '../policy.fixture.js';
import { control } from './control.js';

const path = 'PolicyVersionList[0].Document';
const admin = { Sid: 'Admin', Action: '*' };
const given = (...statements: readonly object[]) => managed(documentOf(...statements));

const cases: readonly Case[] = [
  { name: 'everything on everything', given: given(admin), expect: 'FAILED', path, says: 'statement Admin' },
  { name: 'beside other statements', given: given({ Action: 's3:GetObject' }, admin), expect: 'FAILED', path },
  { name: 'in a list', given: given({ Action: ['s3:GetObject', '*'], Resource: ['*'] }), expect: 'FAILED', path },
  { name: 'as `*:*`', given: given({ Action: '*:*' }), expect: 'FAILED', path },
  {
    name: 'in two halves',
    given: given({ Action: 'iam:*' }, { NotAction: 'iam:*' }),
    expect: 'FAILED',
    path,
    says: 'every action on every resource',
  },
  { name: 'on a condition', given: given({ ...admin, ...WITH_MFA }), expect: 'FAILED', path },
  {
    name: 'with a deny of something',
    given: given(admin, deny({ Action: 'iam:*' })),
    expect: 'FAILED',
    path,
  },
  {
    name: 'with a deny of everything, on a condition',
    given: given(admin, deny({ Action: '*', ...WITH_MFA })),
    expect: 'FAILED',
    path,
  },
  {
    name: 'all but one action of another service',
    given: given({ NotAction: 'organizations:LeaveOrganization' }),
    expect: 'FAILED',
    path,
    says: 'all of IAM',
  },
  {
    name: 'with a deny of all but one service',
    given: given(admin, deny({ NotAction: 's3:*' })),
    expect: 'PASSED',
  },
  { name: 'everything but IAM', given: given({ NotAction: ['iam:*', 'organizations:*'] }), expect: 'PASSED' },
  { name: 'all of IAM and nothing else', given: given({ Action: 'iam:*' }), expect: 'PASSED' },
  { name: 'one service', given: given({ Action: 's3:*' }), expect: 'PASSED' },
  {
    name: 'every action on one bucket',
    given: given({ Action: '*', Resource: 'arn:aws:s3:::logs' }),
    expect: 'PASSED',
  },
  { name: 'a deny alone', given: given(deny(admin)), expect: 'PASSED' },
  {
    name: 'an older version alone',
    given: managed(documentOf({ Action: 's3:GetObject' })),
    expect: 'PASSED',
  },
  {
    name: 'a permissions boundary',
    given: managed(documentOf(admin), { AttachmentCount: 0, PermissionsBoundaryUsageCount: 2 }),
    expect: undefined,
  },
  {
    name: 'a permissions boundary that is attached as well',
    given: managed(documentOf(admin), { AttachmentCount: 1, PermissionsBoundaryUsageCount: 2 }),
    expect: 'FAILED',
    path,
  },
  { name: 'attached to nobody', given: managed(documentOf(admin), { AttachmentCount: 0 }), expect: 'FAILED', path },
  ...unreadable,
];

specify(control, cases);
