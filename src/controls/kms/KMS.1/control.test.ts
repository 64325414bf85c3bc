import { type Case, specify } from '../../testing.fixture.js';
import { deny, documentOf, managed, unreadable, WITH_MFA } from '../../iam/policy.fixture.js';
import { control } from './control.js';

const path = 'PolicyVersionList[0].Document';
const given = (...statements: readonly object[]) => managed(documentOf(...statements));
const decrypt = { Sid: 'Read', Action: 'kms:Decrypt' };
const OWN = 'arn:aws:kms:*:111122223333:key/*';

const cases: readonly Case[] = [
  {
    name: 'Decrypt',
    given: given(decrypt),
    expect: 'FAILED',
    path,
    says: 'kms:Decrypt on all keys is allowed, by statement Read',
  },
  {
    name: 'ReEncryptFrom',
    given: given({ Action: 'kms:ReEncryptFrom' }),
    expect: 'FAILED',
    path,
    says: 'kms:ReEncryptFrom',
  },
  { name: 'in other letters', given: given({ Action: ['s3:GetObject', 'KMS:decrypt'] }), expect: 'FAILED', path },
  { name: 'a pattern', given: given({ Action: 'kms:D*' }), expect: 'FAILED', path },
  {
    name: 'all of KMS',
    given: given({ Action: 'kms:*' }),
    expect: 'FAILED',
    path,
    says: 'kms:Decrypt and kms:ReEncryptFrom',
  },
  { name: 'everything', given: given({ Action: '*' }), expect: 'FAILED', path },
  { name: 'all but another service', given: given({ NotAction: 's3:*' }), expect: 'FAILED', path },
  {
    name: 'on every ARN of a key',
    given: given({ ...decrypt, Resource: 'arn:aws:kms:*:*:key/*' }),
    expect: 'FAILED',
    path,
  },
  { name: 'on every ARN of KMS', given: given({ ...decrypt, Resource: 'arn:aws:kms:*' }), expect: 'FAILED', path },
  {
    name: 'on all but one',
    given: given({ ...decrypt, NotResource: 'arn:aws:kms:us-east-1:111122223333:key/1' }),
    expect: 'FAILED',
    path,
  },
  { name: 'in two lists', given: given({ ...decrypt, Resource: [OWN, '*'] }), expect: 'FAILED', path },
  { name: 'on a condition', given: given({ ...decrypt, ...WITH_MFA }), expect: 'FAILED', path },
  {
    name: 'with a deny of one key',
    given: given(decrypt, deny({ ...decrypt, Resource: 'arn:aws:kms:*:*:key/1' })),
    expect: 'FAILED',
    path,
  },
  {
    name: 'with a deny on a condition',
    given: given(decrypt, deny({ ...decrypt, ...WITH_MFA })),
    expect: 'FAILED',
    path,
  },
  { name: 'in China', given: given({ ...decrypt, Resource: 'arn:aws-cn:kms:*:*:key/*' }), expect: 'FAILED', path },
  { name: 'with a deny', given: given(decrypt, deny({ Action: 'kms:Decrypt' })), expect: 'PASSED' },
  {
    name: 'with a deny of all others',
    given: given(decrypt, deny({ ...decrypt, Resource: undefined, NotResource: OWN })),
    expect: 'PASSED',
  },
  { name: 'keys of an account', given: given({ ...decrypt, Resource: OWN }), expect: 'PASSED' },
  {
    name: 'keys of a region',
    given: given({ ...decrypt, Resource: 'arn:aws:kms:eu-west-1:*:key/*' }),
    expect: 'PASSED',
  },
  {
    name: 'one key',
    given: given({ ...decrypt, Resource: 'arn:aws:kms:eu-west-1:111122223333:key/1' }),
    expect: 'PASSED',
  },
  {
    name: 'encryption',
    given: given({ Action: ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncryptTo'] }),
    expect: 'PASSED',
  },
  { name: 'all but KMS', given: given({ NotAction: 'kms:*' }), expect: 'PASSED' },
  {
    name: 'keys by the caller’s tag',
    given: given({ ...decrypt, Resource: 'arn:aws:kms:*:*:key/${aws:PrincipalTag/key}' }),
    expect: 'PASSED',
  },
  {
    name: 'a permissions boundary',
    given: managed(documentOf(decrypt), { AttachmentCount: 0, PermissionsBoundaryUsageCount: 1 }),
    expect: undefined,
  },
  { name: 'attached to nobody', given: managed(documentOf(decrypt), { AttachmentCount: 0 }), expect: 'FAILED', path },
  ...unreadable,
];

specify(control, cases);
